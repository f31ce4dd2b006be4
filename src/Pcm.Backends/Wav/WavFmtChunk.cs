using System.Buffers.Binary;

namespace Pcm.Backends;

/// <summary>The body of the <c>fmt </c> chunk: WAVEFORMAT, WAVEFORMATEX or WAVEFORMATEXTENSIBLE.</summary>
internal static class WavFmtChunk
{
    /// <summary>Bytes of WAVEFORMAT with its bits per sample: the least a chunk has.</summary>
    public const int MinBytes = 16;

    /// <summary>Bytes of WAVEFORMATEX: what a coding other than PCM needs.</summary>
    public const int ExBytes = 18;

    /// <summary>Bytes of WAVEFORMATEXTENSIBLE: the most that is looked at.</summary>
    public const int ExtensibleBytes = 40;

    private const ushort TagPcm = 0x0001;          // WAVE_FORMAT_PCM
    private const ushort TagFloat = 0x0003;        // WAVE_FORMAT_IEEE_FLOAT
    private const ushort TagALaw = 0x0006;         // WAVE_FORMAT_ALAW
    private const ushort TagMuLaw = 0x0007;        // WAVE_FORMAT_MULAW
    private const ushort TagExtensible = 0xFFFE;   // WAVE_FORMAT_EXTENSIBLE

    private const ushort ExtensionBytes = ExtensibleBytes - ExBytes;

    private const int ChannelsAt = 2;
    private const int RateAt = 4;
    private const int ByteRateAt = 8;
    private const int BlockAlignAt = 12;
    private const int BitsAt = 14;
    private const int ExtensionBytesAt = 16;
    private const int ValidBitsAt = 18;
    private const int ChannelMaskAt = 20;
    private const int SubFormatAt = 24;
    private const int SubFormatTailAt = 26;

    // KSDATAFORMAT_SUBTYPE_WAVEFORMATEX: every subformat GUID here is a format tag followed by these 14 bytes.
    private static ReadOnlySpan<byte> SubFormatTail => [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

    /// <summary>Understands the body of a chunk.</summary>
    /// <param name="body">Its first [16 .. 40] bytes, all of them when it has no more.</param>
    /// <param name="chunkBytes">The size that the chunk declares.</param>
    /// <param name="offset">Where the body starts in the file.</param>
    /// <exception cref="WavException">The fields contradict each other, or name what cannot be carried.</exception>
    // The byte rate (nAvgBytesPerSec) is not looked at: writers get it wrong, and it follows from the rest.
    public static WavFormat Parse(ReadOnlySpan<byte> body, long chunkBytes, long offset)
    {
        ushort tag = U16(body, 0);
        int codeAt = 0;
        int validBits = 0;
        uint channelMask = 0;
        if (tag == TagExtensible)
        {
            CheckExtension(body, chunkBytes, offset);
            validBits = U16(body, ValidBitsAt);
            channelMask = BinaryPrimitives.ReadUInt32LittleEndian(body[ChannelMaskAt..]);
            tag = U16(body, SubFormatAt);
            codeAt = SubFormatAt;
        }

        int bits = U16(body, BitsAt);
        PcmFormat sampleFormat = ToSampleFormat(tag, bits, codeAt, offset);
        int channels = CheckFrame(body, bits, offset);
        int rate = CheckRate(body, channels * bits / 8, offset);
        CheckValidBits(sampleFormat, validBits, bits, offset);
        return new WavFormat(sampleFormat, channels, rate)
        {
            // 0 is what writers leave that have nothing to say about it.
            ValidBits = validBits == 0 ? bits : validBits,
            ChannelMask = channelMask,
        };
    }

    /// <summary>Writes the body that <paramref name="format"/> needs, and returns its size.</summary>
    /// <param name="destination">At least 40 bytes.</param>
    /// <param name="format">What to describe.</param>
    public static int Write(Span<byte> destination, WavFormat format)
    {
        bool extensible = NeedsExtensible(format);
        ushort tag = ToTag(format.SampleFormat);
        int bytes = extensible ? ExtensibleBytes : tag == TagPcm ? MinBytes : ExBytes;
        BinaryPrimitives.WriteUInt16LittleEndian(destination, extensible ? TagExtensible : tag);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[ChannelsAt..], (ushort)format.Channels);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[RateAt..], (uint)format.Rate);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ByteRateAt..], (uint)format.Rate * (uint)format.FrameBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[BlockAlignAt..], (ushort)format.FrameBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[BitsAt..], (ushort)format.ContainerBits);
        if (bytes >= ExBytes)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(destination[ExtensionBytesAt..], extensible ? ExtensionBytes : (ushort)0);
        }

        if (extensible)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(destination[ValidBitsAt..], (ushort)format.ValidBits);
            BinaryPrimitives.WriteUInt32LittleEndian(destination[ChannelMaskAt..], format.ChannelMask);
            BinaryPrimitives.WriteUInt16LittleEndian(destination[SubFormatAt..], tag);
            SubFormatTail.CopyTo(destination[SubFormatTailAt..]);
        }

        return bytes;
    }

    /// <summary>Whether the samples are not integers: such a file has a <c>fact</c> chunk.</summary>
    public static bool NeedsFact(WavFormat format) => !WavFormat.IsInteger(format.SampleFormat);

    // Microsoft's rule ("Multiple channel audio data and WAVE files"): more than two channels, more than 16 bits of PCM,
    // fewer valid bits than the container has, or named speakers. Float and G.711 have an unambiguous tag of their own up to two channels.
    private static bool NeedsExtensible(WavFormat format) =>
        format.Channels > 2
        || format.ChannelMask != 0
        || format.ValidBits != format.ContainerBits
        || (WavFormat.IsInteger(format.SampleFormat) && format.ContainerBits > 16);

    private static void CheckExtension(ReadOnlySpan<byte> body, long chunkBytes, long offset)
    {
        if (chunkBytes < ExtensibleBytes)
        {
            throw new WavException(offset, $"an extensible 'fmt ' chunk of {chunkBytes} bytes", $"at least {ExtensibleBytes}");
        }

        ushort extensionBytes = U16(body, ExtensionBytesAt);
        if (extensionBytes < ExtensionBytes || extensionBytes > chunkBytes - ExBytes)
        {
            throw new WavException(
                offset + ExtensionBytesAt,
                $"an extension of {extensionBytes} bytes in a 'fmt ' chunk of {chunkBytes}",
                $"[{ExtensionBytes} .. {chunkBytes - ExBytes}]");
        }

        if (!body[SubFormatTailAt..].SequenceEqual(SubFormatTail))
        {
            throw new WavException(
                offset + SubFormatAt,
                $"subformat {new Guid(body[SubFormatAt..])}",
                "PCM, float, A-law or mu-law: 0000xxxx-0000-0010-8000-00aa00389b71");
        }
    }

    private static PcmFormat ToSampleFormat(ushort tag, int bits, int codeAt, long offset)
    {
        PcmFormat? format = (tag, bits) switch
        {
            (TagPcm, 8) => PcmFormat.U8,
            (TagPcm, 16) => PcmFormat.S16LE,
            (TagPcm, 24) => PcmFormat.S24In3LE,
            (TagPcm, 32) => PcmFormat.S32LE,
            (TagFloat, 32) => PcmFormat.Float32LE,
            (TagFloat, 64) => PcmFormat.Float64LE,
            (TagALaw, 8) => PcmFormat.ALaw,
            (TagMuLaw, 8) => PcmFormat.MuLaw,
            _ => null,
        };
        return format ?? throw (tag switch
        {
            TagPcm => WrongBits("PCM", bits, "8, 16, 24 or 32 (fewer valid bits go into an extensible header)", offset),
            TagFloat => WrongBits("IEEE float", bits, "32 or 64", offset),
            TagALaw or TagMuLaw => WrongBits("G.711", bits, "8", offset),
            _ => new WavException(
                offset + codeAt,
                $"format tag 0x{tag:X4}",
                "0x0001 (PCM), 0x0003 (IEEE float), 0x0006 (A-law), 0x0007 (mu-law), or 0xFFFE (extensible) with one of those as its subformat"),
        });
    }

    private static WavException WrongBits(string coding, int bits, string expected, long offset) =>
        new(offset + BitsAt, $"{coding} samples of {bits} bits", expected);

    private static int CheckFrame(ReadOnlySpan<byte> body, int bits, long offset)
    {
        int channels = U16(body, ChannelsAt);
        if (channels == 0)
        {
            throw new WavException(offset + ChannelsAt, "0 channels", "at least 1");
        }

        int frameBytes = U16(body, BlockAlignAt);
        return frameBytes == channels * bits / 8
            ? channels
            : throw new WavException(
                offset + BlockAlignAt,
                $"frames (block align) of {frameBytes} bytes for {channels} channels of {bits} bits",
                $"{channels * bits / 8}");
    }

    private static int CheckRate(ReadOnlySpan<byte> body, int frameBytes, long offset)
    {
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(body[RateAt..]);
        int max = WavFormat.MaxRate(frameBytes);
        return rate >= 1 && rate <= max
            ? (int)rate
            : throw new WavException(offset + RateAt, $"a rate of {rate} frames per second", $"[1 .. {max}] for frames of {frameBytes} bytes");
    }

    private static void CheckValidBits(PcmFormat sampleFormat, int validBits, int bits, long offset)
    {
        if (validBits > bits || (validBits != 0 && validBits != bits && !WavFormat.IsInteger(sampleFormat)))
        {
            throw new WavException(
                offset + ValidBitsAt,
                $"{validBits} valid bits in a {sampleFormat} sample",
                WavFormat.IsInteger(sampleFormat) ? $"[1 .. {bits}], or 0 for all" : $"{bits}, or 0 for all");
        }
    }

    private static ushort ToTag(PcmFormat format) => format switch
    {
        PcmFormat.Float32LE or PcmFormat.Float64LE => TagFloat,
        PcmFormat.ALaw => TagALaw,
        PcmFormat.MuLaw => TagMuLaw,
        _ => TagPcm,
    };

    private static ushort U16(ReadOnlySpan<byte> body, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(body[offset..]);
}
