using System.Buffers.Binary;

namespace Pcm;

/// <summary>What the core knows about each <see cref="PcmFormat"/>: widths, byte order, sign, silence and ALSA's name.</summary>
/// <remarks>
/// The values 29 and 30 have no name but lie inside the kernel's range: they have no width and no silence, yet count as linear
/// (unsigned, big-endian), because the kernel's table holds zeros there. A value outside [0 .. <see cref="Count"/>) has no property at all.
/// Thread safety: static and stateless.
/// </remarks>
public static class PcmFormatInfo
{
    /// <summary>Format numbers are [0 .. Count): one more than the kernel's last format.</summary>
    public const int Count = 53;

    private const byte No = 0;
    private const byte Yes = 1;
    private const byte NotApplicable = 2;

    private static ReadOnlySpan<byte> Widths =>
    [
        8, 8, 16, 16, 16, 16, 24, 24, 24, 24, 32, 32, 32, 32, 32, 32, 64, 64, 32, 32, // S8 .. IEC958_SUBFRAME_BE
        8, 8, 4, 0, 0, 20, 20, 20, 20, 0, 0, 0,                                       // MU_LAW .. SPECIAL
        24, 24, 24, 24, 20, 20, 20, 20, 18, 18, 18, 18, 3, 3, 5, 5,                   // S24_3LE .. G723_40_1B
        8, 16, 32, 16, 32,                                                            // DSD
    ];

    private static ReadOnlySpan<byte> PhysicalWidths =>
    [
        8, 8, 16, 16, 16, 16, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 64, 64, 32, 32,
        8, 8, 4, 0, 0, 32, 32, 32, 32, 0, 0, 0,
        24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 3, 8, 5, 8,
        8, 16, 32, 16, 32,
    ];

    private static ReadOnlySpan<byte> LittleEndian =>
    [
        2, 2, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0,
        2, 2, 2, 2, 2, 1, 0, 1, 0, 0, 0, 2,
        1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 2, 2, 2, 2,
        1, 1, 1, 1, 1, // DSD: the kernel's table says little-endian for the _BE pair too
    ];

    private static ReadOnlySpan<byte> Signed =>
    [
        1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0, 2,
        1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 2, 2, 2, 2,
        0, 0, 0, 0, 0,
    ];

    // One silent sample: its bytes in memory order, the first in the low byte. The 64-bit formats are all zero.
    private static ReadOnlySpan<uint> Silence =>
    [
        0, 0x80, 0, 0, 0x8000, 0x80, 0, 0, 0x800000, 0x8000, 0, 0, 0x80000000, 0x80, 0, 0, 0, 0, 0, 0,
        0x7F, 0x55, 0, 0, 0, 0, 0, 0x80000, 0x800, 0, 0, 0,
        0, 0, 0x800000, 0x80, 0, 0, 0x80000, 0x08, 0, 0, 0x20000, 0x02, 0, 0, 0, 0,
        0x69, 0x6969, 0x69696969, 0x6969, 0x69696969,
    ];

    private static readonly string?[] s_alsaNames =
    [
        "S8", "U8", "S16_LE", "S16_BE", "U16_LE", "U16_BE", "S24_LE", "S24_BE", "U24_LE", "U24_BE",
        "S32_LE", "S32_BE", "U32_LE", "U32_BE", "FLOAT_LE", "FLOAT_BE", "FLOAT64_LE", "FLOAT64_BE", "IEC958_SUBFRAME_LE", "IEC958_SUBFRAME_BE",
        "MU_LAW", "A_LAW", "IMA_ADPCM", "MPEG", "GSM", "S20_LE", "S20_BE", "U20_LE", "U20_BE", null, null, "SPECIAL",
        "S24_3LE", "S24_3BE", "U24_3LE", "U24_3BE", "S20_3LE", "S20_3BE", "U20_3LE", "U20_3BE",
        "S18_3LE", "S18_3BE", "U18_3LE", "U18_3BE", "G723_24", "G723_24_1B", "G723_40", "G723_40_1B",
        "DSD_U8", "DSD_U16_LE", "DSD_U32_LE", "DSD_U16_BE", "DSD_U32_BE",
    ];

    /// <summary>Significant bits of a sample; 0 when the format has no fixed width (the kernel's -EINVAL).</summary>
    public static int WidthBits(this PcmFormat format) => IsInRange(format) ? Widths[(int)format] : 0;

    /// <summary>Bits a sample takes in memory; 0 when the format has no fixed width. Below 8 for the packed formats (IMA_ADPCM 4, G723 3 and 5).</summary>
    public static int PhysicalWidthBits(this PcmFormat format) => IsInRange(format) ? PhysicalWidths[(int)format] : 0;

    /// <summary>Whether samples are little-endian; null when byte order does not apply.</summary>
    public static bool? IsLittleEndian(this PcmFormat format) => ToNullable(IsInRange(format) ? LittleEndian[(int)format] : NotApplicable);

    /// <summary>Whether samples are signed; null when sign does not apply (float, compressed).</summary>
    public static bool? IsSigned(this PcmFormat format) => ToNullable(IsInRange(format) ? Signed[(int)format] : NotApplicable);

    /// <summary>Whether samples are linear: those whose sign is defined.</summary>
    public static bool IsLinear(this PcmFormat format) => format.IsSigned() is not null;

    /// <summary>Bytes that <paramref name="samples"/> samples take, rounded down; 0 when the format has no fixed width.</summary>
    /// <param name="format">The format.</param>
    /// <param name="samples">Samples (frames times channels), [0 .. 2^56).</param>
    public static long BytesFor(this PcmFormat format, long samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        return checked(samples * format.PhysicalWidthBits()) / 8;
    }

    /// <summary>Fills <paramref name="samples"/> with silence in <paramref name="format"/>.</summary>
    /// <param name="format">The format.</param>
    /// <param name="samples">Whole samples; an empty span is left alone in every format.</param>
    /// <returns><see cref="PcmError.InvalidArgument"/> when the format has no silence (no fixed width, or no format).</returns>
    /// <exception cref="ArgumentException">The span ends within a sample.</exception>
    /// <remarks>Context: any; no wait, no allocation.</remarks>
    public static PcmError FillSilence(this PcmFormat format, Span<byte> samples)
    {
        if (samples.IsEmpty)
        {
            return PcmError.None;
        }

        int bits = format.PhysicalWidthBits();
        if (bits == 0)
        {
            return PcmError.InvalidArgument;
        }

        // A byte of the packed formats (below 8 bits) holds parts of several samples, all silent.
        int sampleBytes = Math.Max(bits / 8, 1);
        if (samples.Length % sampleBytes != 0)
        {
            throw new ArgumentException($"{samples.Length} bytes are no whole number of {sampleBytes}-byte samples.", nameof(samples));
        }

        uint pattern = Silence[(int)format];
        if (sampleBytes == 1 || pattern == 0)
        {
            samples.Fill((byte)pattern);
        }
        else
        {
            FillPattern(pattern, sampleBytes, samples);
        }

        return PcmError.None;
    }

    /// <summary>ALSA's name, such as <c>S16_LE</c>; null for a value that has none.</summary>
    public static string? AlsaName(this PcmFormat format) => IsInRange(format) ? s_alsaNames[(int)format] : null;

    /// <summary>
    /// Reads a format's name, in any case: ALSA's (<c>S16_LE</c>), .NET's (<c>S16LE</c>),
    /// or ALSA's without the byte order (<c>S16</c>), which means this machine's.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="format">The format, or zero.</param>
    /// <returns>False when no format has the name.</returns>
    public static bool TryParse(ReadOnlySpan<char> name, out PcmFormat format)
    {
        ReadOnlySpan<char> order = BitConverter.IsLittleEndian ? "_LE" : "_BE";
        for (int value = 0; value < Count; value++)
        {
            format = (PcmFormat)value;
            if (s_alsaNames[value] is string alsa
                && (name.Equals(alsa, StringComparison.OrdinalIgnoreCase)
                    || name.Equals(Enum.GetName(format), StringComparison.OrdinalIgnoreCase)
                    || (alsa.EndsWith(order, StringComparison.Ordinal) && name.Equals(alsa.AsSpan(0, alsa.Length - order.Length), StringComparison.OrdinalIgnoreCase))))
            {
                return true;
            }
        }

        format = default;
        return false;
    }

    private static bool IsInRange(PcmFormat format) => (uint)format < Count;

    private static bool? ToNullable(byte value) => value switch
    {
        No => false,
        Yes => true,
        _ => null,
    };

    private static void FillPattern(uint pattern, int sampleBytes, Span<byte> samples)
    {
        Span<byte> sample = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(sample, pattern);
        sample[..sampleBytes].CopyTo(samples);
        for (int filled = sampleBytes; filled < samples.Length; filled *= 2)
        {
            samples[..Math.Min(filled, samples.Length - filled)].CopyTo(samples[filled..]);
        }
    }
}
