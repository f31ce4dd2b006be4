using CsCheck;
using Pcm.Testing;

namespace Pcm.Backends.Tests.Wav;

public sealed class WavPlaybackOpsTests
{
    private static readonly Gen<(PcmFormat Format, int Channels, int Rate, int PeriodFrames, int Periods, int Frames, int Chunk, int Seed)> s_play =
        from format in Gen.OneOf([PcmFormat.S8, .. WavFormat.CarriedFormats.ToArray()])
        from channels in Gen.OneOf<int>(Gen.Int[1, 3], Gen.Int[1, 32])
        from rate in Gen.OneOf<int>(Gen.OneOf(8000, 11025, 44100, 48000, 192000), Gen.Int[4000, 768_000])
        from periodFrames in Gen.Int[16, 120]
        from periods in Gen.Int[2, 5]
        from frames in Gen.Int[1, 900]
        from chunk in Gen.Int[1, 300]
        from seed in Gen.Int[1, 1_000_000]
        select (format, channels, rate, periodFrames, periods, frames, chunk, seed);

    [Fact]
    public void Play_AnyFormatRateAndLength_IsBitExactAndDrainsAtTheFrame() =>
        s_play.Sample(
            t =>
            {
                using var file = new TempFile();
                WavCard card = WavCard.Sink(file.Path);
                byte[] data = WavCard.Noise(t.Frames * t.Channels * t.Format.PhysicalWidthBits() / 8, t.Seed);
                card.Run(PcmDirection.Playback, async pcm =>
                {
                    await WavCard.PrepareAsync(pcm, WavCard.Request(t.Format, t.Channels, t.Rate, t.PeriodFrames, t.Periods));
                    long startNs = card.Clock.NowNs; // the first write starts it
                    int chunkBytes = t.Chunk * data.Length / t.Frames;
                    for (int at = 0; at < data.Length; at += chunkBytes)
                    {
                        await WavCard.WriteAllAsync(pcm, data.AsMemory(at, Math.Min(chunkBytes, data.Length - at)));
                    }

                    Assert.Equal(PcmError.None, await pcm.DrainAsync());
                    Assert.Equal(PcmState.Setup, pcm.State);
                    long exactNs = (long)Math.Ceiling(t.Frames * 1e9 / t.Rate);
                    Assert.InRange(card.Clock.NowNs - startNs, exactNs, exactNs + 100); // a timer's grain is 100 ns
                    Assert.Equal(PcmError.None, await pcm.HwFreeAsync());
                });

                byte[] stored = WavCard.ReadFile(file.Path, out WavFormat format);
                Assert.Equal(new WavFormat(t.Format == PcmFormat.S8 ? PcmFormat.U8 : t.Format, t.Channels, t.Rate), format);
                Assert.Equal(t.Format == PcmFormat.S8 ? Array.ConvertAll(data, static b => (byte)(b ^ 0x80)) : data, stored);
                Assert.Equal(new WavFileStatus(t.Frames, IsAtEnd: false, Problem: null), card.Backend.PlaybackStatus);
                Assert.Empty(card.Log.Errors);
            },
            iter: 300);

    [Fact]
    public void Play_WithXRuns_LosesNothing()
    {
        using var file = new TempFile();
        WavCard card = WavCard.Sink(file.Path);
        byte[] data = WavCard.Noise(2 * 1000);
        int xruns = 0;
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.S16LE, 1, 8000, 64, 4));
            for (int at = 0; at < data.Length; at += 200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(40), card.Clock); // 320 frames: longer than the ring
                if (pcm.State == PcmState.XRun)
                {
                    xruns++;
                    Assert.Equal(PcmError.None, await pcm.PrepareAsync());
                }

                await WavCard.WriteAllAsync(pcm, data.AsMemory(at, 200));
            }

            Assert.Equal(PcmError.None, await pcm.DrainAsync());
        });

        Assert.Equal(9, xruns);
        Assert.Equal(data, WavCard.ReadFile(file.Path, out _));
    }

    [Fact]
    public void XRun_WhenTheDataEndInsideAPeriod_ComesAtThePeriodWithEverythingWritten()
    {
        using var file = new TempFile();
        WavCard card = WavCard.Sink(file.Path);
        byte[] data = WavCard.Noise(100);
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.U8, 1, 8000, 64, 4));
            await WavCard.WriteAllAsync(pcm, data);
            card.Clock.AdvanceTo(15_999_900); // 128 frames take 16 ms
            Assert.Equal(PcmState.Running, pcm.State);
            Assert.Equal(64, pcm.Runtime!.HardwarePosition);
            card.Clock.AdvanceTo(16_000_000);
            Assert.Equal(PcmState.XRun, pcm.State);
            Assert.Equal(100, pcm.Runtime.HardwarePosition); // not 128: never past the application
        });

        Assert.Equal(data, WavCard.ReadFile(file.Path, out _));
    }

    [Fact]
    public void Pause_InsideAPeriod_KeepsThePartThatPassed()
    {
        using var file = new TempFile();
        WavCard card = WavCard.Sink(file.Path);
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.U8, 1, 8000, 80, 4)); // 10 ms
            await WavCard.WriteAllAsync(pcm, WavCard.Noise(320));
            card.Clock.AdvanceTo(13_000_000);
            Assert.Equal(PcmError.None, await pcm.PauseAsync(true));
            card.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(80, pcm.Runtime!.HardwarePosition);
            Assert.Equal(PcmError.None, await pcm.PauseAsync(false));
            card.Clock.Advance(TimeSpan.FromMicroseconds(6999));
            Assert.Equal(80, pcm.Runtime.HardwarePosition);
            card.Clock.Advance(TimeSpan.FromMicroseconds(1));
            Assert.Equal(160, pcm.Runtime.HardwarePosition);
        });
    }

    [Fact]
    public void Suspend_ThenResume_GoesOnWithoutLoss()
    {
        using var file = new TempFile();
        WavCard card = WavCard.Sink(file.Path);
        byte[] data = WavCard.Noise(300);
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.U8, 1, 8000, 80, 4));
            await WavCard.WriteAllAsync(pcm, data);
            card.Clock.Advance(TimeSpan.FromMilliseconds(15));
            Assert.Equal(PcmError.None, await pcm.SuspendAsync());
            card.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(PcmError.None, await pcm.ResumeAsync());
            Assert.Equal(PcmState.Running, pcm.State);
            Assert.Equal(PcmError.None, await pcm.DrainAsync());
        });

        Assert.Equal(data, WavCard.ReadFile(file.Path, out _));
    }

    [Fact]
    public void Rewind_WritesWhatReplacedTheFrames()
    {
        using var file = new TempFile();
        WavCard card = WavCard.Sink(file.Path);
        byte[] data = WavCard.Noise(300);
        byte[] other = WavCard.Noise(50, seed: 2);
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.U8, 1, 8000, 80, 4));
            await WavCard.WriteAllAsync(pcm, data);
            card.Clock.Advance(TimeSpan.FromMilliseconds(20));
            Assert.Equal(PcmError.None, pcm.Rewind(1000, out long moved));
            Assert.Equal(140, moved); // up to the position, 160
            await WavCard.WriteAllAsync(pcm, other);
            Assert.Equal(PcmError.None, await pcm.DrainAsync());
        });

        Assert.Equal([.. data[..160], .. other], WavCard.ReadFile(file.Path, out _));
    }

    [Fact]
    public void Drop_ThenPlayAgain_AppendsWithoutWhatWasDropped()
    {
        using var file = new TempFile();
        WavCard card = WavCard.Sink(file.Path);
        byte[] data = WavCard.Noise(301);
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.U8, 1, 8000, 80, 4));
            await WavCard.WriteAllAsync(pcm, data);
            card.Clock.Advance(TimeSpan.FromMilliseconds(10));
            Assert.Equal(PcmError.None, await pcm.DropAsync());
            Assert.Equal(PcmError.None, await pcm.HwFreeAsync());
            Assert.Equal(data[..80], WavCard.ReadFileShared(file.Path)); // complete already, and yet not closed
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.U8, 1, 8000, 40, 3));
            await WavCard.WriteAllAsync(pcm, data.AsMemory(0, 101));
            Assert.Equal(PcmError.None, await pcm.DrainAsync());
        });

        Assert.Equal([.. data[..80], .. data[..101]], WavCard.ReadFile(file.Path, out _));
    }

    [Fact]
    public void Reset_WhileRunning_DropsWhatIsQueued()
    {
        using var file = new TempFile();
        WavCard card = WavCard.Sink(file.Path);
        byte[] data = WavCard.Noise(320);
        byte[] other = WavCard.Noise(111, seed: 2);
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.U8, 1, 8000, 80, 4));
            await WavCard.WriteAllAsync(pcm, data);
            card.Clock.Advance(TimeSpan.FromMilliseconds(10));
            Assert.Equal(PcmError.None, await pcm.ResetAsync());
            card.Clock.Advance(TimeSpan.FromMilliseconds(100));
            Assert.Equal((PcmState.Running, 80L), (pcm.State, pcm.Runtime!.HardwarePosition));
            await WavCard.WriteAllAsync(pcm, other);
            Assert.Equal(PcmError.None, await pcm.DrainAsync());
        });

        Assert.Equal([.. data[..80], .. other], WavCard.ReadFile(file.Path, out _));
    }

    [Fact]
    public void FreeRun_WaitsForTheApplication()
    {
        using var file = new TempFile();
        WavCard card = WavCard.Sink(file.Path);
        byte[] data = WavCard.Noise(200);
        card.Run(PcmDirection.Playback, async pcm =>
        {
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.U8, 1, 8000, 80, 4));
            Assert.Equal(PcmError.None, pcm.SetSwParams(pcm.GetSwParams() with { StopThreshold = pcm.Runtime!.Boundary }));
            await WavCard.WriteAllAsync(pcm, data.AsMemory(0, 100));
            card.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal((PcmState.Running, 100L), (pcm.State, pcm.Runtime.HardwarePosition));
            await WavCard.WriteAllAsync(pcm, data.AsMemory(100));
            Assert.Equal(PcmError.None, await pcm.DrainAsync());
        });

        Assert.Equal(data, WavCard.ReadFile(file.Path, out _));
    }

    [Fact]
    public void HwParams_WithAnotherFormatAfterTheFirstPrepare_IsBusyAndSaysWhy()
    {
        using var file = new TempFile();
        WavCard card = WavCard.Sink(file.Path);
        card.Run(PcmDirection.Playback, async pcm =>
        {
            // Before the first prepare the format is open.
            Assert.Equal(PcmError.None, await pcm.HwParamsAsync(WavCard.Request(PcmFormat.S16LE, 2, 44100, 64, 4)));
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.U8, 1, 8000, 64, 4));
            Assert.Equal(PcmError.Busy, await pcm.HwParamsAsync(WavCard.Request(PcmFormat.S16LE, 1, 8000, 64, 4)));
            Assert.Equal(PcmState.Open, pcm.State);
        });

        Assert.Contains("U8, 1 channels, 8000 Hz; frames of S16_LE, 1 channels, 8000 Hz", Assert.Single(card.Log.Errors), StringComparison.Ordinal);
        Assert.Empty(WavCard.ReadFile(file.Path, out WavFormat format));
        Assert.Equal(new WavFormat(PcmFormat.U8, 1, 8000), format);
    }

    [Fact]
    public void Open_InADirectoryThatIsNotThere_IsNoEntryAndNamesThePath()
    {
        using var file = new TempFile();
        string path = file.Beside("absent/out.wav");
        WavCard card = WavCard.Sink(path);
        card.Clock.Run(async () =>
        {
            PcmCard wav = (await card.Backend.ProbeAsync(card.Services, CancellationToken.None))[0];
            Assert.Equal(PcmError.NoEntry, (await wav.Devices[0].OpenAsync(PcmDirection.Playback)).Error);
        });

        Assert.Contains(path, Assert.Single(card.Log.Errors), StringComparison.Ordinal);
        Assert.NotNull(card.Backend.PlaybackStatus.Problem);
    }

    [Fact]
    public void Close_WithoutPrepare_LeavesNoTrace()
    {
        using var file = new TempFile();
        WavCard.Sink(file.Path).Run(PcmDirection.Playback, static _ => Task.CompletedTask);
        Assert.False(File.Exists(file.Path));

        File.WriteAllText(file.Path, "precious");
        WavCard.Sink(file.Path).Run(PcmDirection.Playback, async pcm =>
            Assert.Equal(PcmError.None, await pcm.HwParamsAsync(WavCard.Request(PcmFormat.U8, 1, 8000, 64, 4))));
        Assert.Equal("precious", File.ReadAllText(file.Path));
    }

    [Fact]
    public void Open_TheFileThatIsBeingRead_IsBusyAndLeavesItAlone()
    {
        using var file = new TempFile();
        WavCard.WriteFile(file.Path, new WavFormat(PcmFormat.U8, 1, 8000), WavCard.Noise(77));
        byte[] before = File.ReadAllBytes(file.Path);
        WavCard card = WavCard.Sink(file.Path);
        (FileStream reading, _) = WavCaptureOps.OpenReader(file.Path);
        using (reading)
        {
            card.Clock.Run(async () =>
            {
                PcmCard wav = (await card.Backend.ProbeAsync(card.Services, CancellationToken.None))[0];
                Assert.Equal(PcmError.Busy, (await wav.Devices[0].OpenAsync(PcmDirection.Playback)).Error);
            });
        }

        Assert.Equal(before, File.ReadAllBytes(file.Path));
    }

    [Fact]
    public void Write_ToADiskThatFillsUp_StopsWithAnXRunAndFailsPrepareAndHwFree()
    {
        using var file = new TempFile();
        var clock = new VirtualClock();
        var log = new CollectingLog();
        using var disk = new FullDisk(bytesLeft: 300);
        var ops = new WavPlaybackOps(file.Path, _ => disk);
        var card = new PcmCard("wav", "wav", new PcmServices(clock, clock.Scheduler, log));
        card.AddDevice(new PcmDeviceDescription { Name = "wav", Playback = [ops] });
        clock.Run(async () =>
        {
            PcmSubstream pcm = (await card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
            await WavCard.PrepareAsync(pcm, WavCard.Request(PcmFormat.U8, 1, 8000, 80, 4));
            Assert.InRange((await pcm.WriteAsync(WavCard.Noise(1000))).Frames, 320, 999);
            Assert.Equal(PcmState.XRun, pcm.State);
            Assert.Equal(PcmError.XRun, (await pcm.WriteAsync(WavCard.Noise(1000))).Error);
            Assert.Equal(PcmError.IO, await pcm.PrepareAsync());
            Assert.Equal(PcmError.None, await pcm.DropAsync());
            Assert.Equal(PcmError.IO, await pcm.HwFreeAsync());
            await card.DisposeAsync();
        });

        Assert.Contains("after 160 frames", log.Errors.First(), StringComparison.Ordinal);
        Assert.Equal(160, ops.Status.Frames);
        Assert.NotNull(ops.Status.Problem);
    }

    private sealed class FullDisk(int bytesLeft) : MemoryStream
    {
        private bool _full;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _full |= Position + buffer.Length > bytesLeft;
            if (_full && Position + buffer.Length > Length)
            {
                throw new IOException("No space left on device");
            }

            base.Write(buffer);
        }
    }
}
