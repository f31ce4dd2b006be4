using static Pcm.Backends.Tests.Wav.WavBytes;

namespace Pcm.Backends.Tests.Wav;

public sealed class WavReaderTests
{
    [Fact]
    public void Read_UnknownChunksBeforeAndAfterData_SkipsThemWithTheirPadding()
    {
        byte[] data = Pattern(12);
        byte[] file = Riff(
            Chunk("LIST", Pattern(5)),
            Chunk("JUNK"),
            Chunk("fmt ", S16Stereo),
            Chunk("bext", Pattern(5001)),
            Chunk("ds64", Pattern(3)),   // means nothing in a RIFF
            Chunk("data", data),
            Chunk("LIST", Pattern(9)));

        var reader = new WavReader(new MemoryStream(file));

        Assert.Equal(new WavFormat(PcmFormat.S16LE, 2, 48000), reader.Format);
        Assert.Equal(data, ReadAll(reader));
    }

    [Theory]
    [InlineData(1, 8, PcmFormat.U8)]
    [InlineData(1, 16, PcmFormat.S16LE)]
    [InlineData(1, 24, PcmFormat.S24In3LE)]
    [InlineData(1, 32, PcmFormat.S32LE)]
    [InlineData(3, 32, PcmFormat.Float32LE)]
    [InlineData(3, 64, PcmFormat.Float64LE)]
    [InlineData(6, 8, PcmFormat.ALaw)]
    [InlineData(7, 8, PcmFormat.MuLaw)]
    public void Read_EachCodingInEachSizeOfFmt_NamesTheFormat(int tag, int bits, PcmFormat expected)
    {
        byte[] plain = Fmt(tag, channels: 1, rate: 8000, blockAlign: bits / 8, bits);
        byte[] extensible = Extensible(channels: 1, rate: 8000, blockAlign: bits / 8, bits, validBits: 0, mask: 4, tag);
        byte[][] chunks = [plain, Join(plain, U16(0)), Join(plain, U16(2), Pattern(2)), Join(plain, [1]), extensible, Join(extensible, Pattern(7))];

        foreach (byte[] fmt in chunks)
        {
            WavFormat format = Open(Riff(Chunk("fmt ", fmt), Chunk("data"))).Format;

            Assert.Equal(new WavFormat(expected, 1, 8000) { ChannelMask = fmt.Length >= 40 ? 4u : 0 }, format);
        }
    }

    [Fact]
    public void Read_FewerValidBitsThanTheContainer_KeepsTheContainerAsTheFormat()
    {
        byte[] file = Riff(Chunk("fmt ", Extensible(2, 48000, blockAlign: 8, bits: 32, validBits: 20, mask: 3, subTag: 1)), Chunk("data", Pattern(8)));

        Assert.Equal(new WavFormat(PcmFormat.S32LE, 2, 48000) { ValidBits = 20, ChannelMask = 3 }, Open(file).Format);
    }

    [Fact]
    public void Read_WrongByteRate_IgnoresIt()
    {
        byte[] fmt = S16Stereo;
        fmt[8] ^= 0xFF;

        Assert.Equal(48000, Open(Riff(Chunk("fmt ", fmt), Chunk("data"))).Format.Rate);
    }

    [Theory]
    [InlineData("RF64")]
    [InlineData("BW64")]
    public void Read_SizesAbove4GiB_TakesThemFromDs64(string id)
    {
        const long DataBytes = (5L << 32) + 8;
        byte[] file = RiffOf(
            id,
            uint.MaxValue,
            Chunk("JUNK", Pattern(3)),
            Ds64(DataBytes + 80, DataBytes, DataBytes / 4),
            Chunk("fmt ", S16Stereo),
            ChunkOf("data", uint.MaxValue, Pattern(8)));

        WavReader reader = Open(file);

        Assert.Equal(DataBytes, reader.DataBytes);
        Assert.Equal(DataBytes / 4, reader.Frames);
        Assert.Equal(2, reader.Read(new byte[400]));
        var error = Assert.Throws<WavException>(() => reader.Read(new byte[4]));
        Assert.Contains($"the {DataBytes} that its header declares", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Rf64WhoseDataHasA32BitSize_TakesThat()
    {
        byte[] data = Pattern(8);
        byte[] file = RiffOf("RF64", uint.MaxValue, Ds64(1000, 999, 0), Chunk("fmt ", S16Stereo), Chunk("data", data), Chunk("LIST", 1, 2));

        Assert.Equal(data, ReadAll(Open(file)));
    }

    [Theory]
    [InlineData(0u, 0u)]                    // nobody patched the header: RIFF 0
    [InlineData(36u, 0u)]                   // .. or the size of the header
    [InlineData(0xFFFFFFFFu, 0u)]
    [InlineData(0xFFFFFFFFu, 0xFFFFFFFFu)]  // FFmpeg, GStreamer, WavWriter
    [InlineData(0u, 0xFFFFFFFFu)]
    [InlineData(0x7FFFF024u, 0x7FFFF000u)]  // SoX
    [InlineData(0x7FFFF024u, 0x7FFFEFFCu)]
    [InlineData(0x80000024u, 0x80000000u)]  // arecord
    [InlineData(0x7FFFFFFFu, 0x7FFFFFFFu)]
    public void Read_HeaderOfAPipe_ReadsToTheEnd(uint riffBytes, uint dataBytes)
    {
        byte[] data = Pattern(44);
        byte[] file = RiffOf("RIFF", riffBytes, Chunk("fmt ", S16Stereo), ChunkOf("data", dataBytes, data));

        foreach (Stream stream in (Stream[])[new MemoryStream(file), new PipeStream(new MemoryStream(file))])
        {
            var reader = new WavReader(stream);
            Assert.Null(reader.DataBytes);
            Assert.Equal(data, ReadAll(reader));
            Assert.Equal(0, reader.Read(new byte[4]));
        }
    }

    [Fact]
    public void Read_EmptyDataInsideALongerRiff_IsEmptyAndNotTheChunkAfterIt()
    {
        WavReader reader = Open(Riff(Chunk("fmt ", S16Stereo), Chunk("data"), Chunk("LIST", Pattern(40))));

        Assert.Equal(0, reader.DataBytes);
        Assert.Empty(ReadAll(reader));
    }

    [Fact]
    public void Read_TwoGiBThatTheStreamReallyHas_BelievesTheSize()
    {
        byte[] header = RiffOf("RIFF", 0x7FFFF024, Chunk("fmt ", S16Stereo), ChunkOf("data", 0x7FFFF000));
        using var stream = new SparseStream(header, header.Length + 0x7FFFF000L);

        Assert.Equal(0x7FFFF000, new WavReader(stream).DataBytes);
    }

    [Fact]
    public void Read_NoWholeNumberOfFrames_IsACallersBug()
    {
        WavReader reader = Open(Riff(Chunk("fmt ", S16Stereo), Chunk("data", Pattern(8))));

        Assert.Throws<ArgumentException>(() => reader.Read(new byte[6]));
        Assert.Equal(0, reader.Read([]));
        Assert.Equal(Pattern(8), ReadAll(reader));
    }

    [Fact]
    public void Read_TruncatedAtEveryOffset_ReturnsTheFramesThatAreThereAndSaysSo()
    {
        byte[] data = Pattern(20);
        byte[] file = Riff(Chunk("LIST", Pattern(3)), Chunk("fmt ", S16Stereo), Chunk("data", data));
        int dataAt = file.Length - data.Length;
        for (int cut = 0; cut < file.Length; cut++)
        {
            foreach (Stream stream in (Stream[])[new MemoryStream(file, 0, cut), new PipeStream(new MemoryStream(file, 0, cut))])
            {
                if (cut < dataAt)
                {
                    var header = Assert.Throws<WavException>(() => new WavReader(stream));
                    Assert.Equal(cut, header.Offset);
                    Assert.Contains("the file ends inside", header.Message, StringComparison.Ordinal);
                    continue;
                }

                var reader = new WavReader(stream);
                var all = new byte[data.Length];
                int frames = cut - dataAt >= 4 ? reader.Read(all) : 0;
                Assert.Equal((cut - dataAt) / 4, frames);
                Assert.Equal(data[..(frames * 4)], all[..(frames * 4)]);
                var error = Assert.Throws<WavException>(() => reader.Read(all));
                Assert.Equal(cut, error.Offset);
                Assert.Contains($"after {cut - dataAt} bytes of data; expected the 20", error.Message, StringComparison.Ordinal);
                Assert.Throws<WavException>(() => reader.Read(all));
            }
        }
    }

    [Fact]
    public void Read_UnsizedDataThatEndsInsideAFrame_ReturnsTheWholeFramesAndSaysSo()
    {
        byte[] file = RiffOf("RIFF", 0, Chunk("fmt ", S16Stereo), ChunkOf("data", 0, Pattern(11)));
        WavReader reader = Open(file);

        Assert.Equal(2, reader.Read(new byte[40]));
        var error = Assert.Throws<WavException>(() => reader.Read(new byte[40]));
        Assert.Contains("3 bytes into a frame", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AFileThatGrowsAfterItEndedInsideAFrame_StaysAtItsEnd()
    {
        using var stream = new MemoryStream();
        stream.Write(RiffOf("RIFF", 0, Chunk("fmt ", S16Stereo), ChunkOf("data", 0, Pattern(6))));
        stream.Position = 0;
        var reader = new WavReader(stream);
        Assert.Equal(1, reader.Read(new byte[8]));
        stream.Write(Pattern(8));
        stream.Position -= 8;

        // What came would be read two bytes out of step.
        Assert.Throws<WavException>(() => reader.Read(new byte[8]));
        Assert.Equal(1, reader.FramesRead);
    }

    [Fact]
    public void Create_StreamThatCannotBeRead_IsACallersBug()
    {
        using var closed = new MemoryStream();
        closed.Dispose();

        Assert.Throws<ArgumentException>(() => new WavReader(closed));
    }

    private static WavReader Open(byte[] file) => new(new MemoryStream(file));
}
