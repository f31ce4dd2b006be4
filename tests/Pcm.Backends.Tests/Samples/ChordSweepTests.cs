using System.Buffers.Binary;
using System.Security.Cryptography;
using Pcm.Samples;

namespace Pcm.Backends.Tests.Samples;

/// <summary>samples/audio/chords.wav, its checksum in the README beside it, and its generator.</summary>
public sealed class ChordSweepTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Samples");

    private static byte[] Committed => File.ReadAllBytes(Path.Combine(Folder, "chords.wav"));

    [Fact]
    public void File_Committed_HasTheChecksumInTheReadme()
    {
        string row = Assert.Single(File.ReadLines(Path.Combine(Folder, "README.md")), static l => l.StartsWith("| `chords.wav` |", StringComparison.Ordinal));

        Assert.Equal($"| `chords.wav` | `{Convert.ToHexStringLower(SHA256.HashData(Committed))}` |", row);
    }

    [Fact]
    public void WriteWav_Again_MakesTheCommittedFile()
    {
        using var stream = new MemoryStream();
        ChordSweep.WriteWav(stream);

        Assert.True(Committed.AsSpan().SequenceEqual(stream.ToArray()), "the generator makes other bytes than samples/audio/chords.wav");
    }

    [Fact]
    public void File_Read_IsStereoWithoutClippingSilenceOrWholePeriods()
    {
        var reader = new WavReader(new MemoryStream(Committed));
        Assert.Equal(new WavFormat(PcmFormat.S16LE, ChordSweep.Channels, ChordSweep.Rate), reader.Format);
        Assert.Equal(ChordSweep.Frames, reader.Frames);
        Assert.NotEqual(0, reader.Frames % 480);
        byte[] data = Wav.WavBytes.ReadAll(reader, framesAtOnce: 480);
        int peak = 0;
        int largestStep = 0;
        int differing = 0;
        for (int at = 4; at < data.Length; at += 4)
        {
            short left = BinaryPrimitives.ReadInt16LittleEndian(data.AsSpan(at));
            short right = BinaryPrimitives.ReadInt16LittleEndian(data.AsSpan(at + 2));
            peak = Math.Max(peak, Math.Max(Math.Abs((int)left), Math.Abs((int)right)));
            largestStep = Math.Max(largestStep, Math.Abs(left - BinaryPrimitives.ReadInt16LittleEndian(data.AsSpan(at - 4))));
            differing += left == right ? 0 : 1;
        }

        // At most 24000 by construction; a click would be a step that no note up to 1047 Hz takes.
        Assert.InRange(peak, 12_000, 24_000);
        Assert.InRange(largestStep, 1, 3_000);
        Assert.InRange(differing, ChordSweep.Frames * 9 / 10, ChordSweep.Frames);
    }
}
