using System.Buffers.Binary;

namespace Pcm.Backends.Tests.Wav;

/// <summary>The sizes around 4 GiB, which no test needs to write.</summary>
public sealed class WavHeaderWriterTests
{
    private const int S16HeaderBytes = 80;
    private const int DataSizeAt = 76;
    private const long LastRiffData = WavHeaderWriter.RiffLimit - (S16HeaderBytes - 8);

    private static readonly WavHeaderWriter s_s16 = new(new WavFormat(PcmFormat.S16LE, 1, 48000), roomForSizes64: true, WavHeaderWriter.RiffLimit);

    [Fact]
    public void WriteSized_LargestRiff_IsARiff()
    {
        var header = new byte[WavHeaderWriter.MaxBytes];

        Assert.Equal(S16HeaderBytes, s_s16.WriteSized(header, LastRiffData));

        Assert.Equal("RIFF"u8, header.AsSpan(0, 4));
        Assert.Equal(0xFFFFFFFEu, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)));
        Assert.Equal((uint)LastRiffData, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(DataSizeAt)));
    }

    [Theory]
    [InlineData(LastRiffData + 2)]
    [InlineData(uint.MaxValue - 1L)]
    [InlineData((1L << 32) + 2)]
    [InlineData(1L << 40)]
    public void WriteSized_OneFrameMoreAndBeyond_IsAnRf64WithTheSizes(long dataBytes)
    {
        var header = new byte[WavHeaderWriter.MaxBytes];

        Assert.Equal(S16HeaderBytes, s_s16.WriteSized(header, dataBytes));

        Assert.Equal("RF64"u8, header.AsSpan(0, 4));
        Assert.Equal("ds64"u8, header.AsSpan(12, 4));
        Assert.Equal(S16HeaderBytes - 8 + dataBytes, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(20)));
        Assert.Equal(dataBytes, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(28)));
        Assert.Equal(dataBytes / 2, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(36)));
        Assert.Equal(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(DataSizeAt)));
        Assert.Equal(dataBytes, new WavReader(new MemoryStream(header, 0, S16HeaderBytes)).DataBytes);
    }

    [Fact]
    public void WriteSized_MoreFramesThanFactCanSay_SaysNoSizeInFact()
    {
        var writer = new WavHeaderWriter(new WavFormat(PcmFormat.ALaw, 1, 8000), roomForSizes64: true, WavHeaderWriter.RiffLimit);
        var header = new byte[WavHeaderWriter.MaxBytes];

        int headerBytes = writer.WriteSized(header, 1L << 33);

        Assert.Equal("fact"u8, header.AsSpan(headerBytes - 20, 4));
        Assert.Equal(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(headerBytes - 12)));
        Assert.Equal(1L << 33, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(36)));
    }

    [Fact]
    public void WriteUnsized_LongestHeader_FitsMaxBytes()
    {
        var writer = new WavHeaderWriter(new WavFormat(PcmFormat.Float64LE, 8, 48000), roomForSizes64: true, WavHeaderWriter.RiffLimit);

        Assert.Equal(WavHeaderWriter.MaxBytes, writer.WriteUnsized(new byte[WavHeaderWriter.MaxBytes]));
    }
}
