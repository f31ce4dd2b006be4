using System.Buffers.Binary;

namespace Pcm.Backends.Tests.Wav;

/// <summary>Files that Python's wave module and SoX wrote (Files/README.md).</summary>
public sealed class WavFilesTests
{
    public static TheoryData<string, WavFormat, int> Patterns => new()
    {
        { "python-u8-mono.wav", new WavFormat(PcmFormat.U8, 1, 8000), 101 },
        { "python-s16-stereo.wav", new WavFormat(PcmFormat.S16LE, 2, 44100), 50 },
        { "python-s24-mono.wav", new WavFormat(PcmFormat.S24In3LE, 1, 48000), 33 },
        { "python-s32-stereo.wav", new WavFormat(PcmFormat.S32LE, 2, 96000), 20 },
        { "sox-u8-mono.wav", new WavFormat(PcmFormat.U8, 1, 8000), 101 },
        { "sox-s16-stereo.wav", new WavFormat(PcmFormat.S16LE, 2, 48000), 50 },
        { "sox-s24-mono.wav", new WavFormat(PcmFormat.S24In3LE, 1, 48000) { ChannelMask = 0x4 }, 33 },
        { "sox-s32-stereo.wav", new WavFormat(PcmFormat.S32LE, 2, 192000) { ChannelMask = 0x3 }, 20 },
        { "sox-s16-6ch.wav", new WavFormat(PcmFormat.S16LE, 6, 48000) { ChannelMask = 0x3F }, 10 },
        { "sox-alaw-mono.wav", new WavFormat(PcmFormat.ALaw, 1, 8000), 101 },
        { "sox-mulaw-stereo.wav", new WavFormat(PcmFormat.MuLaw, 2, 8000), 50 },
    };

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Read_AnothersFile_HasItsFormatAndItsBytes(string name, WavFormat format, int frames)
    {
        using FileStream file = OpenFile(name);
        var reader = new WavReader(file);

        Assert.Equal(format, reader.Format);
        Assert.Equal(frames, reader.Frames);
        Assert.Equal(WavBytes.Pattern(frames * format.FrameBytes), WavBytes.ReadAll(reader));
    }

    [Fact]
    public void Read_SoxIntoAPipe_ReadsToTheEnd()
    {
        using FileStream file = OpenFile("sox-pipe-s24-stereo.wav");
        var reader = new WavReader(file);

        Assert.Equal(new WavFormat(PcmFormat.S24In3LE, 2, 48000) { ChannelMask = 0x3 }, reader.Format);
        Assert.Null(reader.Frames);
        Assert.Equal(WavBytes.Pattern(120), WavBytes.ReadAll(reader));
    }

    [Fact]
    public void Read_SoxFloats_HasTheirValues()
    {
        using FileStream file32 = OpenFile("sox-float32-stereo.wav");
        using FileStream file64 = OpenFile("sox-float64-mono.wav");
        var reader32 = new WavReader(file32);
        var reader64 = new WavReader(file64);
        byte[] data32 = WavBytes.ReadAll(reader32);
        byte[] data64 = WavBytes.ReadAll(reader64);

        Assert.Equal(new WavFormat(PcmFormat.Float32LE, 2, 48000), reader32.Format);
        Assert.Equal(new WavFormat(PcmFormat.Float64LE, 1, 48000), reader64.Format);
        Assert.Equal(24 * sizeof(float), data32.Length);
        Assert.Equal(24 * sizeof(double), data64.Length);
        for (int i = 0; i < 24; i++)
        {
            Assert.Equal((i - 12) / 16f, BinaryPrimitives.ReadSingleLittleEndian(data32.AsSpan(i * sizeof(float))));
            Assert.Equal((i - 12) / 16d, BinaryPrimitives.ReadDoubleLittleEndian(data64.AsSpan(i * sizeof(double))));
        }
    }

    private static FileStream OpenFile(string name) => File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Wav", "Files", name));
}
