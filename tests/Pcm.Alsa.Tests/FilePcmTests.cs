using CsCheck;
using Pcm.Backends;

namespace Pcm.Alsa.Tests;

/// <summary>What libasound's own file PCM stores of a playback, and delivers to a capture, bit for bit.</summary>
public sealed class FilePcmTests
{
    /// <summary>Every format whose samples are whole bytes, but for three that libasound's own list of formats (<c>aplay --dump-hw-params</c> of null) omits.</summary>
    private static readonly PcmFormat[] s_formats =
    [
        .. Enum.GetValues<PcmFormat>().Where(static f => f.PhysicalWidthBits() is > 0 and var bits && bits % 8 == 0)
            .Except([PcmFormat.Iec958SubframeBE, PcmFormat.G72324In1, PcmFormat.G72340In1]),
    ];

    private static readonly Gen<(PcmFormat Format, int Channels, int Rate, int PeriodFrames, int BufferFrames, int Frames, int Chunk, int Seed)> s_streams =
        from format in Gen.OneOf(s_formats)
        from channels in Gen.Int[1, 8]
        from rate in Gen.OneOf<int>(Gen.OneOf(8000, 44100, 48000, 192000), Gen.Int[4000, 768_000])
        from periodFrames in Gen.Int[16, 120]
        from tail in Gen.Int[0, 15] // a ring that is no whole number of periods
        from periods in Gen.Int[2, 5]
        from frames in Gen.Int[1, 900]
        from chunk in Gen.Int[1, 300]
        from seed in Gen.Int[1, 1_000_000]
        select (format, channels, rate, periodFrames, (periodFrames * periods) + tail, frames, chunk, seed);

    [Fact]
    public void Play_AnyFormatRateAndRing_IsBitExactAndDrainsOnTime()
    {
        Peers.RequireLibAsound();
        s_streams.Sample(
            t =>
            {
                using var folder = new TempFolder();
                var card = new AlsaCard(AlsaCard.FilePcm(folder.File("out")), "test");
                byte[] data = AlsaCard.Noise(t.Frames * t.Channels * t.Format.PhysicalWidthBits() / 8, t.Seed);
                card.Run(PcmDirection.Playback, async pcm =>
                {
                    await AlsaCard.PrepareAsync(pcm, AlsaCard.Request(t.Format, t.Channels, t.Rate, t.PeriodFrames, t.BufferFrames));
                    long startNs = card.Clock.NowNs;
                    int chunkBytes = t.Chunk * data.Length / t.Frames;
                    for (int at = 0; at < data.Length; at += chunkBytes)
                    {
                        await AlsaCard.WriteAllAsync(pcm, data.AsMemory(at, Math.Min(chunkBytes, data.Length - at)));
                    }

                    Assert.Equal(PcmError.None, await pcm.DrainAsync());
                    double seconds = (double)t.Frames / t.Rate;
                    Assert.InRange((card.Clock.NowNs - startNs) / 1e9, seconds, seconds + 1e-6); // to the frame, in a period begun too
                });
                Assert.Equal(data, File.ReadAllBytes(folder.File("out")));
                Assert.Empty(card.Log.Errors);
            },
            iter: 150,
            threads: 1);
    }

    [Fact]
    public void Capture_FromInfile_IsBitExact()
    {
        Peers.RequireLibAsound();
        s_streams.Sample(
            t =>
            {
                using var folder = new TempFolder();
                byte[] data = AlsaCard.Noise((t.Frames + (2 * t.BufferFrames)) * t.Channels * t.Format.PhysicalWidthBits() / 8, t.Seed);
                File.WriteAllBytes(folder.File("in"), data); // more than is read, for after its end the file PCM repeats its ring
                var card = new AlsaCard(AlsaCard.FilePcm("/dev/null", source: folder.File("in")), "test");
                byte[] read = new byte[t.Frames * t.Channels * t.Format.PhysicalWidthBits() / 8];
                card.Run(PcmDirection.Capture, async pcm =>
                {
                    await AlsaCard.PrepareAsync(pcm, AlsaCard.Request(t.Format, t.Channels, t.Rate, t.PeriodFrames, t.BufferFrames));
                    int chunkBytes = t.Chunk * read.Length / t.Frames;
                    for (int at = 0; at < read.Length; at += chunkBytes)
                    {
                        PcmTransfer transfer = await pcm.ReadAsync(read.AsMemory(at, Math.Min(chunkBytes, read.Length - at)));
                        Assert.Equal(PcmError.None, transfer.Error);
                    }
                });
                Assert.Equal(data[..read.Length], read);
                Assert.Empty(card.Log.Errors);
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void Capture_FromNull_IsSilence() => new AlsaCard("pcm.null { type null }", "null").Run(PcmDirection.Capture, static async pcm =>
    {
        await AlsaCard.PrepareAsync(pcm, AlsaCard.Request(PcmFormat.U8, 1, 8000, 64, 256));
        byte[] read = new byte[1000];
        Assert.Equal(new PcmTransfer(PcmError.None, 1000), await pcm.ReadAsync(read));
        Assert.All(read, static b => Assert.Equal(0x80, b));
    });

    [Fact]
    public void Play_IntoWavFormat_CanBeReadBack()
    {
        using var folder = new TempFolder();
        byte[] data = AlsaCard.Noise(1000 * 4);
        new AlsaCard(AlsaCard.FilePcm(folder.File("out.wav"), "wav"), "test").Run(PcmDirection.Playback, async pcm =>
        {
            await AlsaCard.PrepareAsync(pcm, AlsaCard.Request(PcmFormat.S16LE, 2, 44100, 100, 400));
            await AlsaCard.WriteAllAsync(pcm, data);
            Assert.Equal(PcmError.None, await pcm.DrainAsync());
        });

        using FileStream file = File.OpenRead(folder.File("out.wav"));
        var wav = new WavReader(file);
        byte[] stored = new byte[data.Length];
        Assert.Equal((PcmFormat.S16LE, 2, 44100, 1000L), (wav.Format.SampleFormat, wav.Format.Channels, wav.Format.Rate, wav.Frames));
        Assert.Equal(1000, wav.Read(stored));
        Assert.Equal(data, stored);
    }

    [Fact]
    public void Play_WithXRuns_CountsThemAndLosesNothing()
    {
        using var folder = new TempFolder();
        var card = new AlsaCard(AlsaCard.FilePcm(folder.File("out")), "test");
        byte[] data = AlsaCard.Noise(2 * 1000);
        int xruns = 0;
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await AlsaCard.PrepareAsync(pcm, AlsaCard.Request(PcmFormat.S16LE, 1, 8000, 64, 256));
            for (int at = 0; at < data.Length; at += 200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(40), card.Clock); // 320 frames: longer than the ring
                if (pcm.State == PcmState.XRun)
                {
                    xruns++;
                    Assert.Equal(PcmError.None, await pcm.PrepareAsync());
                }

                await AlsaCard.WriteAllAsync(pcm, data.AsMemory(at, 200));
            }

            Assert.Equal(PcmError.None, await pcm.DrainAsync());
        });
        Assert.Equal(9, xruns);
        Assert.Equal(data, File.ReadAllBytes(folder.File("out")));
    }

    [Fact]
    public void PauseSuspendAndResume_BetweenWrites_LoseNothing()
    {
        using var folder = new TempFolder();
        var card = new AlsaCard(AlsaCard.FilePcm(folder.File("out")), "test");
        byte[] data = AlsaCard.Noise(2 * 600);
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await AlsaCard.PrepareAsync(pcm, AlsaCard.Request(PcmFormat.S16LE, 1, 8000, 64, 256));
            await AlsaCard.WriteAllAsync(pcm, data.AsMemory(0, 400));
            Assert.Equal(PcmError.None, await pcm.PauseAsync(true));
            await Task.Delay(TimeSpan.FromSeconds(1), card.Clock);
            Assert.Equal(PcmError.None, await pcm.PauseAsync(false));
            await AlsaCard.WriteAllAsync(pcm, data.AsMemory(400, 400));
            Assert.Equal(PcmError.None, await pcm.SuspendAsync());
            await Task.Delay(TimeSpan.FromSeconds(1), card.Clock);
            Assert.Equal(PcmError.None, await pcm.ResumeAsync());
            await AlsaCard.WriteAllAsync(pcm, data.AsMemory(800));
            Assert.Equal(PcmError.None, await pcm.DrainAsync());
        });
        Assert.Equal(data, File.ReadAllBytes(folder.File("out")));
    }

    [Fact]
    public void Play_ThroughRatePlugin_DeliversTheTailToo()
    {
        using var folder = new TempFolder();
        string configuration = $$"""
            pcm.test {
              type rate
              slave { pcm { type file slave.pcm { type null } file "{{folder.File("out")}}" format raw } rate 48000 }
              converter linear
            }
            """;
        var card = new AlsaCard(configuration, "test");
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await AlsaCard.PrepareAsync(pcm, AlsaCard.Request(PcmFormat.S16LE, 1, 24000, 120, 480));
            await AlsaCard.WriteAllAsync(pcm, new byte[2 * 1000]); // no whole number of periods
            Assert.Equal(PcmError.None, await pcm.DrainAsync());
        });
        Assert.Equal(2000 * 2, new FileInfo(folder.File("out")).Length); // twice the rate
        Assert.Empty(card.Log.Errors);
    }

    [Fact]
    public void Play_IntoFullDisk_SaysSoAtTheEnd()
    {
        var card = new AlsaCard(AlsaCard.FilePcm("/dev/full"), "test");
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await AlsaCard.PrepareAsync(pcm, AlsaCard.Request(PcmFormat.S16LE, 1, 8000, 64, 256));
            await AlsaCard.WriteAllAsync(pcm, new byte[2 * 100]);
            await pcm.DrainAsync();
        });
        Assert.Contains(card.Log.Errors, static e => e.Contains("write failed", StringComparison.Ordinal) && e.Contains("No space left on device", StringComparison.Ordinal));
    }
}
