using CsCheck;

namespace Pcm.Backends.Tests.Wav;

public sealed class WavRoundTripTests
{
    // Lower than any file here, so that all of them are RF64; or as in production.
    private static readonly Gen<uint> s_maxRiffBytes = Gen.OneOf(WavHeaderWriter.RiffLimit, 1u);

    [Fact]
    public void Read_WhatWasWritten_IsTheSame() =>
        Gen.Select(WavGen.Recording, s_maxRiffBytes, Gen.Int[1, 9], Gen.Bool, Gen.Int[0, 3]).Sample((recording, maxRiffBytes, framesAtOnce, readPipe, lead) =>
        {
            (WavFormat format, byte[] data) = recording;
            using var stream = new MemoryStream();
            stream.Write(new byte[lead]);   // the WAV starts where the stream stands
            Write(stream, format, data, framesAtOnce, maxRiffBytes);
            Assert.Equal(stream.Length, stream.Position);
            stream.Position = lead;

            var reader = new WavReader(readPipe ? new PipeStream(stream) : stream);

            Assert.Equal(format, reader.Format);

            // An empty WAV in a pipe cannot be told from one whose sizes were never patched.
            Assert.Equal(data.Length == 0 && readPipe ? null : data.Length, reader.DataBytes);
            Assert.Equal(reader.DataBytes / format.FrameBytes, reader.Frames);
            Assert.Equal(data, WavBytes.ReadAll(reader, framesAtOnce));
            Assert.Equal(data.Length / format.FrameBytes, reader.FramesRead);

            // Only the padding is left, and the size in the header counts it.
            Assert.Equal(data.Length % 2, stream.Length - stream.Position);
        });

    [Fact]
    public void Read_WhatWasWrittenIntoAPipe_IsTheSameWithoutSizes() =>
        Gen.Select(WavGen.Recording, Gen.Int[1, 9], Gen.Bool).Sample((recording, framesAtOnce, readPipe) =>
        {
            (WavFormat format, byte[] data) = recording;
            using var bytes = new MemoryStream();
            Write(new PipeStream(bytes), format, data, framesAtOnce, WavHeaderWriter.RiffLimit);
            bytes.Position = 0;

            var reader = new WavReader(readPipe ? new PipeStream(bytes) : bytes);

            Assert.Equal(format, reader.Format);
            Assert.Null(reader.DataBytes);
            Assert.Null(reader.Frames);
            Assert.Equal(data, WavBytes.ReadAll(reader, framesAtOnce));
            Assert.Equal(data.Length / format.FrameBytes, reader.FramesRead);
        });

    [Fact]
    public void Read_ARecordingThatWasCutOff_HasAllThatWasWritten() =>
        WavGen.Recording.Sample((format, data) =>
        {
            using var stream = new MemoryStream();
            var writer = new WavWriter(stream, format);
            writer.Write(data);   // never disposed: the process died

            stream.Position = 0;
            Assert.Equal(data, WavBytes.ReadAll(new WavReader(stream)));
            writer.Dispose();
        });

    private static void Write(Stream stream, WavFormat format, byte[] data, int framesAtOnce, uint maxRiffBytes)
    {
        using var writer = new WavWriter(stream, format, maxRiffBytes);
        int atOnce = framesAtOnce * format.FrameBytes;
        for (int at = 0; at < data.Length; at += atOnce)
        {
            writer.Write(data.AsSpan(at, Math.Min(atOnce, data.Length - at)));
        }

        Assert.Equal(data.Length, writer.DataBytes);
        Assert.Equal(data.Length / format.FrameBytes, writer.Frames);
    }
}
