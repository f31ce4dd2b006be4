using System.Buffers.Binary;
using System.Text;

namespace Pcm.Backends;

/// <summary>Everything in a WAV before its first sample.</summary>
/// <param name="Format">What the <c>fmt </c> chunk says.</param>
/// <param name="DataBytes">Size of the <c>data</c> chunk, whole frames; null when the header does not know and the data goes on to the end of the file.</param>
internal sealed record WavHeader(WavFormat Format, long? DataBytes)
{
    /// <summary>The size that stands for "unknown" (in a RIFF) or "see the ds64 chunk" (in an RF64).</summary>
    public const uint NoSize = uint.MaxValue;

    /// <summary>Bytes of a chunk's id and size.</summary>
    public const int ChunkHeaderBytes = 8;

    /// <summary>Bytes of a <c>ds64</c> body without a table: RIFF size, data size, sample count, table length.</summary>
    public const int Ds64Bytes = 28;

    // Writers into a pipe that put "2 GiB" there instead of a marker: SoX 0x7FFFF000 less what is no whole frame, alsa-utils 0x7FFFFF00
    // or 0x80000000, several libraries 0x7FFFFFFF.
    private const uint FirstPipeSize = 0x7FFF_0000;
    private const uint LastPipeSize = 0x8000_0000;

    /// <summary>Reads up to the first byte of the data.</summary>
    /// <param name="source">At the first byte of the file.</param>
    /// <exception cref="WavException">This is no WAV, or none that can be carried.</exception>
    public static WavHeader Read(WavSource source)
    {
        Span<byte> riff = stackalloc byte[12];
        source.ReadExactly(riff, "the RIFF header");
        bool is64 = IsRiff64(riff);
        var sizes = new Sizes(is64, BinaryPrimitives.ReadUInt32LittleEndian(riff[4..]), Data: null);
        WavFormat? format = null;
        Span<byte> chunk = stackalloc byte[ChunkHeaderBytes];
        while (true)
        {
            long chunkOffset = source.Offset;
            source.ReadExactly(chunk, "the chunks before the data");
            CheckId(chunk[..4], chunkOffset);
            uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("data"u8))
            {
                return format is null
                    ? throw new WavException(chunkOffset, "a 'data' chunk before any 'fmt ' chunk", "'fmt ' first")
                    : new WavHeader(format, DataBytesOf(bytes, sizes, format, chunkOffset, source));
            }

            if (chunk.StartsWith("fmt "u8))
            {
                format = format is null
                    ? ReadFmt(source, bytes)
                    : throw new WavException(chunkOffset, "a second 'fmt ' chunk", "one");
            }
            else if (is64 && chunk.StartsWith("ds64"u8))
            {
                sizes = ReadDs64(source, bytes);
            }
            else if (bytes == NoSize)
            {
                throw new WavException(chunkOffset, $"chunk {Name(chunk[..4])} without a size, before the data", "a size");
            }
            else
            {
                source.Skip(bytes, "a chunk before the data");
            }

            // Chunks start at even offsets; the pad byte is not in the size.
            source.Skip(bytes & 1, "the padding of a chunk");
        }
    }

    // What is no id comes from a chunk whose size lies, or from an endless stream of zeros.
    private static void CheckId(ReadOnlySpan<byte> id, long offset)
    {
        if (id.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            throw new WavException(offset, $"chunk id {Name(id)}", "four printable ASCII characters");
        }
    }

    private static bool IsRiff64(ReadOnlySpan<byte> riff)
    {
        bool is64 = riff.StartsWith("RF64"u8) || riff.StartsWith("BW64"u8);
        if (!is64 && !riff.StartsWith("RIFF"u8))
        {
            throw new WavException(0, $"a file that starts with {Name(riff[..4])}", "'RIFF', 'RF64' or 'BW64'");
        }

        return riff[8..].SequenceEqual("WAVE"u8)
            ? is64
            : throw new WavException(8, $"a RIFF file of form {Name(riff[8..])}", "'WAVE'");
    }

    private static WavFormat ReadFmt(WavSource source, uint bytes)
    {
        long offset = source.Offset;
        if (bytes < WavFmtChunk.MinBytes)
        {
            throw new WavException(offset, $"a 'fmt ' chunk of {bytes} bytes", $"at least {WavFmtChunk.MinBytes}");
        }

        Span<byte> body = stackalloc byte[(int)Math.Min(bytes, WavFmtChunk.ExtensibleBytes)];
        source.ReadExactly(body, "the 'fmt ' chunk");
        WavFormat format = WavFmtChunk.Parse(body, bytes, offset);
        source.Skip(bytes - body.Length, "the 'fmt ' chunk");
        return format;
    }

    // The table that may follow has the sizes of other chunks above 4 GiB; none of those is expected before the data.
    private static Sizes ReadDs64(WavSource source, uint bytes)
    {
        long offset = source.Offset;
        if (bytes < Ds64Bytes)
        {
            throw new WavException(offset, $"a 'ds64' chunk of {bytes} bytes", $"at least {Ds64Bytes}");
        }

        Span<byte> body = stackalloc byte[Ds64Bytes];
        source.ReadExactly(body, "the 'ds64' chunk");
        ulong riffBytes = BinaryPrimitives.ReadUInt64LittleEndian(body);
        ulong dataBytes = BinaryPrimitives.ReadUInt64LittleEndian(body[8..]);
        if (dataBytes > long.MaxValue)
        {
            throw new WavException(offset + 8, $"a data size of {dataBytes} bytes", $"at most {long.MaxValue}");
        }

        source.Skip(bytes - Ds64Bytes, "the 'ds64' chunk");
        return new Sizes(Is64: true, riffBytes, (long)dataBytes);
    }

    private static long? DataBytesOf(uint declared, Sizes sizes, WavFormat format, long chunkOffset, WavSource source)
    {
        long bytes = declared;
        if (declared == NoSize)
        {
            if (!sizes.Is64)
            {
                return null;
            }

            bytes = sizes.Data ?? throw new WavException(chunkOffset, "an RF64 file whose data size is in no 'ds64' chunk", "'ds64' before 'data'");
        }

        // A writer that never came to patch its header leaves 0 here. An empty recording has 0 too, but then nothing follows it, or
        // what follows is inside a RIFF that says so.
        bool unpatched = bytes == 0 && !sizes.RiffGoesBeyond(source.Offset) && source.MayHaveMore;
        bool pipe = bytes is >= FirstPipeSize and <= LastPipeSize && source.MayHaveLessThan(bytes);
        if (unpatched || pipe)
        {
            return null;
        }

        return bytes % format.FrameBytes == 0
            ? bytes
            : throw new WavException(
                chunkOffset + 4,
                $"{bytes} bytes of data in frames of {format.FrameBytes} bytes",
                $"whole frames, such as {bytes - (bytes % format.FrameBytes)}");
    }

    private static string Name(ReadOnlySpan<byte> id)
    {
        var name = new StringBuilder("'");
        foreach (byte b in id)
        {
            _ = b is >= 0x20 and < 0x7F ? name.Append((char)b) : name.Append($"\\x{b:X2}");
        }

        return name.Append('\'').ToString();
    }

    /// <summary>The sizes that the file claims: of the RIFF after its first 8 bytes, and of the data if a ds64 says.</summary>
    private readonly record struct Sizes(bool Is64, ulong Riff, long? Data)
    {
        public bool RiffGoesBeyond(long offset) => Riff != NoSize && Riff > (ulong)(offset - ChunkHeaderBytes);
    }
}
