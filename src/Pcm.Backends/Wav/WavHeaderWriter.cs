using System.Buffers.Binary;

namespace Pcm.Backends;

/// <summary>Lays out everything in a WAV before its first sample. The layout depends on the format and the room only, so it can be rewritten in place.</summary>
/// <param name="format">What the frames are.</param>
/// <param name="roomForSizes64">Whether a <c>JUNK</c> chunk keeps the place of a later <c>ds64</c> (EBU Tech 3306, "on-the-fly" conversion).</param>
/// <param name="maxRiffBytes">The largest RIFF size written as RIFF, at most 0xFFFFFFFE; above it, the file is an RF64.</param>
internal sealed class WavHeaderWriter(WavFormat format, bool roomForSizes64, uint maxRiffBytes)
{
    /// <summary>The largest size that a RIFF can state: one more is <see cref="WavHeader.NoSize"/>.</summary>
    public const uint RiffLimit = WavHeader.NoSize - 1;

    /// <summary>No header is longer: RIFF 12, ds64 8 + 28, fmt 8 + 40, fact 8 + 4, data 8.</summary>
    public const int MaxBytes = 116;

    private const int RiffBytes = 12;
    private const int FactBytes = 4;

    /// <summary>The header of a file whose sizes are not known (yet).</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/>.</param>
    /// <returns>The size of the header.</returns>
    public int WriteUnsized(Span<byte> destination) => Write(destination, new Sizes("RIFF", WavHeader.NoSize, WavHeader.NoSize, WavHeader.NoSize), ds64: default);

    /// <summary>The header of a file with <paramref name="dataBytes"/> of audio; only where there is room for 64-bit sizes.</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/>.</param>
    /// <param name="dataBytes">Whole frames.</param>
    /// <returns>The size of the header, the same as <see cref="WriteUnsized"/>'s.</returns>
    public int WriteSized(Span<byte> destination, long dataBytes)
    {
        int headerBytes = WriteUnsized(destination);
        long frames = dataBytes / format.FrameBytes;
        long riffBytes = headerBytes - WavHeader.ChunkHeaderBytes + dataBytes + (dataBytes & 1);
        var factFrames = (uint)Math.Min(frames, WavHeader.NoSize);
        if (riffBytes <= maxRiffBytes)
        {
            return Write(destination, new Sizes("RIFF", (uint)riffBytes, (uint)dataBytes, factFrames), ds64: default);
        }

        Span<byte> ds64 = stackalloc byte[WavHeader.Ds64Bytes];
        ds64.Clear();   // the last field, the length of the table, stays 0
        BinaryPrimitives.WriteInt64LittleEndian(ds64, riffBytes);
        BinaryPrimitives.WriteInt64LittleEndian(ds64[8..], dataBytes);
        BinaryPrimitives.WriteInt64LittleEndian(ds64[16..], frames);
        return Write(destination, new Sizes("RF64", WavHeader.NoSize, WavHeader.NoSize, factFrames), ds64);
    }

    private int Write(Span<byte> destination, Sizes sizes, ReadOnlySpan<byte> ds64)
    {
        int at = Chunk(destination, sizes.RiffId, sizes.RiffBytes);
        "WAVE"u8.CopyTo(destination[at..]);
        at = RiffBytes;
        if (roomForSizes64)
        {
            at += Chunk(destination[at..], ds64.IsEmpty ? "JUNK" : "ds64", WavHeader.Ds64Bytes);
            destination.Slice(at, WavHeader.Ds64Bytes).Clear();
            ds64.CopyTo(destination[at..]);
            at += WavHeader.Ds64Bytes;
        }

        int fmtBytes = WavFmtChunk.Write(destination[(at + WavHeader.ChunkHeaderBytes)..], format);
        at += Chunk(destination[at..], "fmt ", (uint)fmtBytes) + fmtBytes;
        if (WavFmtChunk.NeedsFact(format))
        {
            at += Chunk(destination[at..], "fact", FactBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(destination[at..], sizes.FactFrames);
            at += FactBytes;
        }

        return at + Chunk(destination[at..], "data", sizes.DataBytes);
    }

    private static int Chunk(Span<byte> destination, string id, uint bytes)
    {
        System.Text.Encoding.ASCII.GetBytes(id, destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], bytes);
        return WavHeader.ChunkHeaderBytes;
    }

    private readonly record struct Sizes(string RiffId, uint RiffBytes, uint DataBytes, uint FactFrames);
}
