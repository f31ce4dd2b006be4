using System.Buffers.Binary;
using System.Text;

namespace Pcm.Backends.Tests.Wav;

/// <summary>WAV files by hand, chunk by chunk: what the reader is tested with must not come from the writer.</summary>
internal static class WavBytes
{
    /// <summary>Stereo S16 at 48 kHz in the 16 bytes of a plain <c>fmt </c> chunk.</summary>
    public static byte[] S16Stereo => Fmt(tag: 1, channels: 2, rate: 48000, blockAlign: 4, bits: 16);

    /// <summary>Bytes no two neighbours of which are equal.</summary>
    public static byte[] Pattern(int bytes)
    {
        var pattern = new byte[bytes];
        for (int i = 0; i < bytes; i++)
        {
            pattern[i] = (byte)((i * 37) + 11);
        }

        return pattern;
    }

    public static byte[] Fmt(int tag, int channels, uint rate, int blockAlign, int bits) =>
        Join(U16(tag), U16(channels), U32(rate), U32(unchecked(rate * (uint)blockAlign)), U16(blockAlign), U16(bits));

    public static byte[] Extensible(int channels, uint rate, int blockAlign, int bits, int validBits, uint mask, int subTag) =>
        Join(
            Fmt(0xFFFE, channels, rate, blockAlign, bits),
            U16(22),
            U16(validBits),
            U32(mask),
            U16(subTag),
            [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71]);

    /// <summary>A chunk with its true size and its padding.</summary>
    public static byte[] Chunk(string id, params byte[] body) => Join(ChunkOf(id, (uint)body.Length, body), new byte[body.Length % 2]);

    /// <summary>A chunk that declares any size, without padding.</summary>
    public static byte[] ChunkOf(string id, uint declared, params byte[] body) => Join(Encoding.Latin1.GetBytes(id), U32(declared), body);

    /// <summary>A RIFF with its true size.</summary>
    public static byte[] Riff(params byte[][] chunks) => RiffOf("RIFF", (uint)(4 + chunks.Sum(static c => c.Length)), chunks);

    /// <summary>A RIFF, or another, that declares any size.</summary>
    public static byte[] RiffOf(string id, uint declared, params byte[][] chunks) => Join([Encoding.Latin1.GetBytes(id), U32(declared), .. Wave(chunks)]);

    public static byte[] Ds64(ulong riffBytes, ulong dataBytes, ulong frames) =>
        Chunk("ds64", Join(U64(riffBytes), U64(dataBytes), U64(frames), U32(0)));

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(static p => p)];

    public static byte[] U16(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        return bytes;
    }

    public static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    /// <summary>Reads all frames, a few at a time so that the end falls inside a read.</summary>
    public static byte[] ReadAll(WavReader reader, int framesAtOnce = 7)
    {
        using var all = new MemoryStream();
        var part = new byte[framesAtOnce * reader.Format.FrameBytes];
        for (int frames = reader.Read(part); frames > 0; frames = reader.Read(part))
        {
            all.Write(part, 0, frames * reader.Format.FrameBytes);
        }

        return all.ToArray();
    }

    private static byte[] U64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[][] Wave(byte[][] chunks) => ["WAVE"u8.ToArray(), .. chunks];
}
