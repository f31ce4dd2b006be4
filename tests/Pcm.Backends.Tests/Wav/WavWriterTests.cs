namespace Pcm.Backends.Tests.Wav;

public sealed class WavWriterTests
{
    private static readonly WavFormat s_s16Stereo = new(PcmFormat.S16LE, 2, 48000);

    [Fact]
    public void Create_StreamThatCannotWrite_IsACallersBug()
    {
        using var readOnly = new MemoryStream([1, 2, 3], writable: false);

        Assert.Throws<ArgumentException>(() => new WavWriter(readOnly, s_s16Stereo));
    }

    [Fact]
    public void Write_NoWholeNumberOfFramesOrAfterDispose_IsACallersBug()
    {
        using var stream = new MemoryStream();
        var writer = new WavWriter(stream, s_s16Stereo);
        Assert.Throws<ArgumentException>(() => writer.Write(new byte[6]));
        writer.Dispose();
        byte[] file = stream.ToArray();
        writer.Dispose();

        Assert.Equal(file, stream.ToArray());
        Assert.Throws<ObjectDisposedException>(() => writer.Write(new byte[4]));
    }

    [Fact]
    public void Dispose_AfterAWriteThatFailedHalfWay_LeavesAFileOfTheFramesBefore()
    {
        using var stream = new FullDisk(freeBytes: 80 + 3 + 2);   // the header, three frames, and a part of the next write
        var writer = new WavWriter(stream, new WavFormat(PcmFormat.U8, 1, 8000));
        writer.Write([1, 2, 3]);
        Assert.Throws<IOException>(() => writer.Write([4, 5, 6]));
        writer.Dispose();

        byte[] file = stream.ToArray();
        var reader = new WavReader(new MemoryStream(file));

        Assert.Equal(3, reader.DataBytes);
        Assert.Equal([1, 2, 3], WavBytes.ReadAll(reader));
        Assert.Equal(0, file[83]);   // the padding, where the failed write had left a 4
        Assert.Equal(84, stream.Position);
    }

    [Fact]
    public void Flush_InTheMiddle_LeavesACompleteFileAndGoesOnWithoutThePadding()
    {
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, new WavFormat(PcmFormat.U8, 1, 8000)))
        {
            writer.Write([1, 2, 3]);
            writer.Flush();
            var reader = new WavReader(new MemoryStream(stream.ToArray()));
            Assert.Equal(3, reader.DataBytes);
            Assert.Equal([1, 2, 3], WavBytes.ReadAll(reader));
            writer.Write([4, 5]);
        }

        Assert.Equal([1, 2, 3, 4, 5], WavBytes.ReadAll(new WavReader(new MemoryStream(stream.ToArray()))));
    }

    private sealed class FullDisk(int freeBytes) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            int room = (int)Math.Min(buffer.Length, freeBytes - Position);
            base.Write(buffer[..room]);
            if (room < buffer.Length)
            {
                throw new IOException("No space left on device");
            }
        }
    }
}
