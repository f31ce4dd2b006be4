using CsCheck;

namespace Pcm.Backends.Tests.Wav;

public sealed class WavCaptureOpsTests
{
    private static readonly Gen<(PcmFormat Format, int Channels, int Rate, int PeriodFrames, int Periods, int Frames, int Chunk, int Seed)> s_record =
        from format in Gen.OneOf(WavFormat.CarriedFormats.ToArray())
        from channels in Gen.OneOf<int>(Gen.Int[1, 3], Gen.Int[1, 40])
        from rate in Gen.OneOf<int>(Gen.OneOf(8000, 44100, 48000), Gen.Int[1000, 768_000])
        from periodFrames in Gen.Int[16, 120]
        from periods in Gen.Int[2, 5]
        from frames in Gen.Int[0, 900]
        from chunk in Gen.Int[1, 300]
        from seed in Gen.Int[1, 1_000_000]
        select (format, channels, rate, periodFrames, periods, frames, chunk, seed);

    [Fact]
    public void Record_AnyFormatRateAndLength_IsBitExactThenSilent() =>
        s_record.Sample(
            t =>
            {
                using var file = new TempFile();
                var format = new WavFormat(t.Format, t.Channels, t.Rate);
                byte[] data = WavCard.Noise(t.Frames * format.FrameBytes, t.Seed);
                WavCard.WriteFile(file.Path, format, data);
                byte[] expected = new byte[data.Length + (200 * format.FrameBytes)];
                t.Format.FillSilence(expected);
                data.CopyTo(expected, 0);
                WavCard card = WavCard.Source(file.Path);
                byte[] actual = new byte[expected.Length];
                card.Run(PcmDirection.Capture, async pcm =>
                {
                    await WavCard.PrepareAsync(pcm, WavCard.Request(t.Format, t.Channels, t.Rate, t.PeriodFrames, t.Periods));
                    int chunkBytes = t.Chunk * format.FrameBytes;
                    for (int at = 0; at < actual.Length; at += chunkBytes)
                    {
                        PcmTransfer read = await pcm.ReadAsync(actual.AsMemory(at, Math.Min(chunkBytes, actual.Length - at)));
                        Assert.Equal((PcmError.None, Math.Min(chunkBytes, actual.Length - at) / format.FrameBytes), (read.Error, read.Frames));
                    }
                });

                Assert.Equal(expected, actual);
                Assert.Equal(new WavFileStatus(t.Frames, IsAtEnd: true, Problem: null), card.Backend.CaptureStatus);
                Assert.Equal(t.Frames, card.Backend.CaptureFrames);
                Assert.Empty(card.Log.Errors);
            },
            iter: 200);

    [Fact]
    public void Overrun_CostsTheRingAndNothingElse()
    {
        using var file = new TempFile();
        byte[] data = WavCard.Noise(1000);
        WavCard.WriteFile(file.Path, new WavFormat(PcmFormat.U8, 1, 8000), data);
        WavCard card = WavCard.Source(file.Path);
        byte[] actual = new byte[100];
        card.Run(PcmDirection.Capture, async pcm =>
        {
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.U8, 1, 8000, 80, 4));
            Assert.Equal(PcmError.None, await pcm.StartAsync());
            card.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(PcmState.XRun, pcm.State);
            Assert.Equal(PcmError.None, await pcm.PrepareAsync());
            Assert.Equal(100, (await pcm.ReadAsync(actual)).Frames);
        });

        Assert.Equal(data[320..420], actual);
    }

    [Fact]
    public void Refine_KnowsTheFileAndNothingElse()
    {
        using var file = new TempFile();
        WavCard.WriteFile(file.Path, new WavFormat(PcmFormat.S24In3LE, 5, 12345), []);
        WavCard.Source(file.Path).Run(PcmDirection.Capture, static pcm =>
        {
            var any = new PcmHwParams();
            Assert.Equal(PcmError.None, pcm.HwRefine(any));
            Assert.Equal((PcmFormat.S24In3LE, 5, 12345), (any.Format, any.Channels, any.Rate));
            Assert.Equal(PcmError.InvalidArgument, pcm.HwRefine(new PcmHwParams { Rate = 48000 }));
            Assert.Equal(PcmError.InvalidArgument, pcm.HwRefine(new PcmHwParams { Format = PcmFormat.S16LE }));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void Record_FromATruncatedFile_DeliversWhatThereIsAndTells()
    {
        using var file = new TempFile();
        byte[] data = WavCard.Noise(1000);
        WavCard.WriteFile(file.Path, new WavFormat(PcmFormat.S16LE, 1, 8000), data);
        byte[] whole = File.ReadAllBytes(file.Path);
        File.WriteAllBytes(file.Path, whole[..^301]); // half a frame too
        WavCard card = WavCard.Source(file.Path);
        byte[] actual = new byte[800];
        card.Run(PcmDirection.Capture, async pcm =>
        {
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.S16LE, 1, 8000, 80, 4));
            Assert.Equal(400, (await pcm.ReadAsync(actual)).Frames);
        });

        Assert.Equal([.. data[..698], .. new byte[102]], actual);
        WavFileStatus status = card.Backend.CaptureStatus;
        Assert.Equal((349, true), (status.Frames, status.IsAtEnd));
        Assert.Contains("the file ends after", status.Problem, StringComparison.Ordinal);
        Assert.Contains(status.Problem!, Assert.Single(card.Log.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AFileThatChangedSinceTheProbe_IsEIO()
    {
        using var file = new TempFile();
        WavCard.WriteFile(file.Path, new WavFormat(PcmFormat.S16LE, 1, 8000), []);
        WavCard card = WavCard.Source(file.Path);
        card.Clock.Run(async () =>
        {
            PcmCard wav = (await card.Backend.ProbeAsync(card.Services, CancellationToken.None))[0];
            WavCard.WriteFile(file.Path, new WavFormat(PcmFormat.S16LE, 2, 8000), []);
            Assert.Equal(PcmError.IO, (await wav.Devices[0].OpenAsync(PcmDirection.Capture)).Error);
            File.Delete(file.Path);
            Assert.Equal(PcmError.NoEntry, (await wav.Devices[0].OpenAsync(PcmDirection.Capture)).Error);
        });

        Assert.Equal(2, card.Log.Errors.Count());
    }

    [Fact]
    public async Task Probe_OfNoWav_ThrowsAndNamesTheProblem()
    {
        using var file = new TempFile();
        File.WriteAllText(file.Path, "not a WAV at all");
        await Assert.ThrowsAsync<WavException>(async () => await WavCard.Source(file.Path).Backend.ProbeAsync(new PcmServices(), CancellationToken.None));
        File.Delete(file.Path);
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await WavCard.Source(file.Path).Backend.ProbeAsync(new PcmServices(), CancellationToken.None));
    }

    [Fact]
    public void Constructor_WithoutAPath_Throws()
    {
        Assert.Throws<ArgumentException>(static () => new WavBackend(new WavOptions()));
        Assert.Throws<ArgumentException>(static () => new WavBackend(new WavOptions { PlaybackPath = "" }));
    }
}
