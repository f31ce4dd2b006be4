namespace Pcm.Backends;

/// <summary>What one frame of a WAV file is: the sample format, the channels, the rate, and what a WAV says besides.</summary>
/// <remarks>
/// <para>
/// A WAV carries eight of the <see cref="PcmFormat"/> values (<see cref="CarriedFormats"/>): its 8-bit samples are unsigned, its wider
/// ones signed, and everything is little-endian. S8, big-endian and unsigned wider formats have no code in a WAV; convert first.
/// </para>
/// <para>
/// Fewer valid bits than the container are the <em>high</em> bits of the sample in a WAV, so 24 valid bits in 32 are
/// <see cref="PcmFormat.S32LE"/> with <see cref="ValidBits"/> 24 and not ALSA's S24_LE, whose 24 bits are the low ones.
/// </para>
/// Thread safety: immutable.
/// </remarks>
public sealed record WavFormat
{
    /// <summary>Describes frames that use every bit of their samples and name no speaker positions.</summary>
    /// <param name="sampleFormat">One of <see cref="CarriedFormats"/>.</param>
    /// <param name="channels">Samples in a frame, at least 1; a frame has at most 65535 bytes.</param>
    /// <param name="rate">Frames per second, at least 1; a second has at most 4294967295 bytes.</param>
    /// <exception cref="ArgumentException">A WAV has no code for <paramref name="sampleFormat"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The channels or the rate do not fit a WAV header.</exception>
    public WavFormat(PcmFormat sampleFormat, int channels, int rate)
    {
        if (!CanCarry(sampleFormat))
        {
            throw new ArgumentException($"A WAV cannot carry {sampleFormat}: it has {DescribeCarriedFormats()}.", nameof(sampleFormat));
        }

        int sampleBytes = BitsOf(sampleFormat) / 8;
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, ushort.MaxValue / sampleBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, MaxRate(channels * sampleBytes));
        SampleFormat = sampleFormat;
        Channels = channels;
        Rate = rate;
        ValidBits = ContainerBits;
    }

    /// <summary>Every sample format that a WAV can carry.</summary>
    public static ReadOnlySpan<PcmFormat> CarriedFormats =>
    [
        PcmFormat.U8, PcmFormat.S16LE, PcmFormat.S24In3LE, PcmFormat.S32LE,
        PcmFormat.Float32LE, PcmFormat.Float64LE, PcmFormat.ALaw, PcmFormat.MuLaw,
    ];

    /// <summary>The format of one sample.</summary>
    public PcmFormat SampleFormat { get; }

    /// <summary>Samples in a frame.</summary>
    public int Channels { get; }

    /// <summary>Frames per second.</summary>
    public int Rate { get; }

    /// <summary>
    /// Which speaker each channel is for, as the bits of Microsoft's <c>dwChannelMask</c> (1 front left, 2 front right, 4 front centre, ..);
    /// 0 names none. Any value is carried as it is: more bits than channels are legal and the surplus is meaningless.
    /// </summary>
    public uint ChannelMask { get; init; }

    /// <summary>
    /// Bits of a sample that carry signal, counted from the most significant: [1 .. <see cref="ContainerBits"/>] for integer samples,
    /// always all of them for the others.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside that range.</exception>
    public int ValidBits
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, IsInteger(SampleFormat) ? 1 : ContainerBits);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ContainerBits);
            field = value;
        }
    }

    /// <summary>Bits that a sample takes in the file.</summary>
    public int ContainerBits => BitsOf(SampleFormat);

    /// <summary>Bytes in a frame.</summary>
    public int FrameBytes => Channels * ContainerBits / 8;

    /// <summary>Whether a WAV has a code for <paramref name="format"/>.</summary>
    /// <param name="format">Any format.</param>
    public static bool CanCarry(PcmFormat format) => CarriedFormats.Contains(format);

    internal static bool IsInteger(PcmFormat format) => format is PcmFormat.U8 or PcmFormat.S16LE or PcmFormat.S24In3LE or PcmFormat.S32LE;

    // The header's byte rate has 32 bits.
    internal static int MaxRate(int frameBytes) => (int)Math.Min(int.MaxValue, uint.MaxValue / (uint)frameBytes);

    private static int BitsOf(PcmFormat format) => format switch
    {
        PcmFormat.S16LE => 16,
        PcmFormat.S24In3LE => 24,
        PcmFormat.S32LE or PcmFormat.Float32LE => 32,
        PcmFormat.Float64LE => 64,
        _ => 8,
    };

    private static string DescribeCarriedFormats() => string.Join(", ", CarriedFormats.ToArray());
}
