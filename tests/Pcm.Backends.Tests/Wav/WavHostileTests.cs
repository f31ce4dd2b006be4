using CsCheck;
using static Pcm.Backends.Tests.Wav.WavBytes;

namespace Pcm.Backends.Tests.Wav;

/// <summary>Whatever the bytes are: a reader or a <see cref="WavException"/>, in bounded memory, and never more data than there are bytes.</summary>
public sealed class WavHostileTests
{
    // The reader, its format, an exception with its stack trace: no size in the file may add to it.
    private const long MaxAllocatedBytes = 64 * 1024;

    private static readonly Gen<byte[]> s_validFile =
        from recording in WavGen.Recording
        from kind in Gen.Int[0, 2]
        select Valid(recording.Format, recording.Data, kind);

    // Values that break arithmetic, at any offset of the header.
    private static readonly Gen<(int At, byte[] Bytes)> s_mutation = Gen.Select(
        Gen.Int[0, 130],
        Gen.OneOf<byte[]>(
            Gen.Byte.Array[1],
            Gen.OneOf(0u, 1u, 3u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFEu, 0xFFFFFFFFu).Select(U32),
            Gen.OneOf("RIFF", "RF64", "BW64", "fmt ", "data", "ds64", "LIST").Select(System.Text.Encoding.ASCII.GetBytes),
            Gen.Byte.Array[2, 8]));

    [Fact]
    public void Open_RandomBytes_NeverThrowsAnythingElse() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Bool).Sample(CheckBoundedTo, iter: 20_000);

    [Fact]
    public void Open_RandomBytesBehindAValidStart_NeverThrowsAnythingElse() =>
        Gen.Select(Gen.OneOf("RIFF", "RF64"), Gen.UInt, Gen.Byte.Array[0, 200], Gen.Bool)
            .Sample((id, size, rest, pipe) => CheckBoundedTo(RiffOf(id, size, rest), pipe), iter: 20_000);

    [Fact]
    public void Open_MutatedValidFiles_NeverThrowsAnythingElse() =>
        Gen.Select(s_validFile, s_mutation.Array[1, 4], Gen.Bool)
            .Sample((file, mutations, pipe) => CheckBoundedTo(Mutate(file, mutations), pipe), iter: 20_000);

    [Fact]
    public void Open_RandomFmt_NeverThrowsAnythingElse() =>
        Gen.Select(
                Gen.OneOf(0x0001, 0x0003, 0x0006, 0x0007, 0xFFFE, 0x0055),
                Gen.UShort,
                Gen.UInt,
                Gen.UShort,
                Gen.OneOf(0, 7, 8, 16, 20, 24, 32, 64, 65535),
                Gen.Byte.Array[0, 30])
            .Sample(
                (tag, channels, rate, blockAlign, bits, rest) =>
                    CheckBoundedTo(Riff(Chunk("fmt ", Join(Fmt(tag, channels, rate, blockAlign, bits), rest)), Chunk("data", Pattern(48))), pipe: false),
                iter: 20_000);

    [Fact]
    public void Open_AMillionEmptyChunks_AllocatesNothingPerChunk()
    {
        byte[] chunk = Chunk("LIST");
        var file = new byte[12 + (1_000_000 * chunk.Length)];
        RiffOf("RIFF", uint.MaxValue).CopyTo(file, 0);
        for (int at = 12; at < file.Length; at += chunk.Length)
        {
            chunk.CopyTo(file, at);
        }

        CheckBoundedTo(file, pipe: false);
    }

    [Fact]
    public void Read_WhenOpen_AllocatesNothing()
    {
        byte[] file = Riff(Chunk("fmt ", S16Stereo), Chunk("data", new byte[400_000]));
        var reader = new WavReader(new MemoryStream(file));
        using var stream = new MemoryStream(500_000);
        var writer = new WavWriter(stream, reader.Format);
        var period = new byte[400];
        for (int i = 0; i < 10; i++) // all that is compiled and made at the first time
        {
            reader.Read(period);
            writer.Write(period);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int frames = reader.Read(period); frames > 0; frames = reader.Read(period))
        {
            writer.Write(period);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(reader.FramesRead, writer.Frames);
        writer.Dispose();
    }

    private static byte[] Valid(WavFormat format, byte[] data, int kind)
    {
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(kind == 2 ? new PipeStream(stream) : stream, format, maxRiffBytes: kind == 1 ? 1u : WavHeaderWriter.RiffLimit))
        {
            writer.Write(data);
        }

        return stream.ToArray();
    }

    private static byte[] Mutate(byte[] file, (int At, byte[] Bytes)[] mutations)
    {
        foreach ((int at, byte[] bytes) in mutations)
        {
            int start = at % file.Length;
            bytes.AsSpan(0, Math.Min(bytes.Length, file.Length - start)).CopyTo(file.AsSpan(start));
        }

        return file;
    }

    private static void CheckBoundedTo(byte[] file, bool pipe)
    {
        using var bytes = new MemoryStream(file);
        using Stream stream = pipe ? new PipeStream(bytes, maxReadBytes: 5) : bytes;
        Span<byte> room = stackalloc byte[0x10000];
        long dataBytes = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var reader = new WavReader(stream);
            Span<byte> frames = room[..(room.Length - (room.Length % reader.Format.FrameBytes))];
            int got;
            do
            {
                got = reader.Read(frames);
                dataBytes += (long)got * reader.Format.FrameBytes;
                Assert.True(dataBytes <= file.Length, $"{dataBytes} bytes of data in a file of {file.Length}");
            }
            while (got > 0);
            Assert.Equal(dataBytes, reader.DataBytes ?? dataBytes);
        }
        catch (WavException error)
        {
            Assert.InRange(error.Offset, 0, file.Length);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
    }
}
