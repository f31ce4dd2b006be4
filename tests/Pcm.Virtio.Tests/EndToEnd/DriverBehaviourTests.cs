using CsCheck;
using Pcm.Backends;
using Pcm.Testing;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>What this driver does where Linux's virtio_snd fails, each row of docs/KERNEL-CONFORMANCE.md; capture; and a device that stops answering.</summary>
public sealed class DriverBehaviourTests : IDisposable
{
    private const int Period = 480;
    private const int FrameBytes = 4;

    private readonly string _sink = Path.Combine(Path.GetTempPath(), $"pcm-{Guid.NewGuid():N}.wav");
    private readonly string _source = Path.Combine(Path.GetTempPath(), $"pcm-{Guid.NewGuid():N}.wav");

    [Fact]
    public void Record_FromWav_GivesTheSamplesBack()
    {
        byte[] data = Noise(20_011);
        using (FileStream file = File.Create(_source))
        using (var writer = new WavWriter(file, new WavFormat(PcmFormat.S16LE, 2, 48000)))
        {
            writer.Write(data);
        }

        byte[] recorded = new byte[20_000 * FrameBytes];
        Run(PcmDirection.Capture, async (_, capture) =>
        {
            (await capture.PrepareAsync()).ThrowIfError("prepare");
            Assert.Equal(new PcmTransfer(PcmError.None, 20_000), await capture.ReadAsync(recorded));
        });
        Assert.Equal(data[..recorded.Length], recorded);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PrepareOrHwParams_WithDataQueued_TakesItBackAndPlaysWhatComesAfter(bool hwParams)
    {
        byte[] data = Noise(3 * Period);
        Run(PcmDirection.Playback, async (rig, playback) =>
        {
            await QueueAsync(playback, Noise(2 * Period));
            Assert.Equal(2, rig.Driver.Streams[0]!.InFlight);
            Assert.Equal(PcmError.None, hwParams ? await playback.HwParamsAsync(Request()) : PcmError.None);
            Assert.Equal(PcmError.None, await playback.PrepareAsync());
            Assert.Equal((0, 0L), (rig.Driver.Streams[0]!.InFlight, playback.Runtime!.ApplicationPosition));
            Assert.Equal(new PcmTransfer(PcmError.None, 3 * Period), await playback.WriteAsync(data));
            Assert.Equal(PcmError.None, await playback.DrainAsync());
        });
        Assert.Equal(data, Played());
    }

    [Fact]
    public void Reset_WithDataQueued_PlaysWhatComesAfter()
    {
        byte[] data = Noise(3 * Period);
        Run(PcmDirection.Playback, async (rig, playback) =>
        {
            await QueueAsync(playback, Noise(2 * Period));
            Assert.Equal(PcmError.None, await playback.ResetAsync());
            Assert.Equal((0, PcmState.Prepared), (rig.Driver.Streams[0]!.InFlight, playback.State));
            Assert.Equal(new PcmTransfer(PcmError.None, 3 * Period), await playback.WriteAsync(data));
            Assert.Equal(PcmError.None, await playback.DrainAsync());
        });
        Assert.Equal(data, Played());
    }

    [Theory]
    [InlineData(PcmState.Prepared)]
    [InlineData(PcmState.Running)]
    [InlineData(PcmState.Paused)]
    public void Suspend_WithDataQueued_RecoversByPrepare(PcmState from)
    {
        byte[] data = Noise(3 * Period);
        Run(PcmDirection.Playback, async (rig, playback) =>
        {
            await QueueAsync(playback, Noise(2 * Period));
            if (from != PcmState.Prepared)
            {
                Assert.Equal(PcmError.None, await playback.StartAsync());
            }

            if (from == PcmState.Paused)
            {
                Assert.Equal(PcmError.None, await playback.PauseAsync(true));
            }

            await rig.Driver.Card.SuspendAsync();
            Assert.Equal(PcmState.Suspended, playback.State);
            Assert.Equal(PcmError.None, await playback.PrepareAsync());
            Assert.Equal((0, PcmState.Prepared), (rig.Driver.Streams[0]!.InFlight, playback.State));
            Assert.Equal(new PcmTransfer(PcmError.None, 3 * Period), await playback.WriteAsync(data));
            Assert.Equal(PcmError.None, await playback.DrainAsync());
        });
        Assert.Equal(data, Played()[^data.Length..]);
    }

    [Fact]
    public void Reset_WhileRunning_PlaysWhatComesAfterFromWhereTheHardwareIs()
    {
        byte[] data = Noise(3 * Period);
        Run(PcmDirection.Playback, async (rig, playback) =>
        {
            await QueueAsync(playback, Noise(6 * Period));
            Assert.Equal(PcmError.None, await playback.StartAsync());
            await Task.Delay(TimeSpan.FromMilliseconds(15), rig.Clock);
            long hardware = playback.Runtime!.HardwarePosition;
            Assert.Equal(PcmError.None, await playback.ResetAsync());
            Assert.Equal((hardware, hardware, PcmState.Running), (playback.Runtime.HardwarePosition, playback.Runtime.ApplicationPosition, playback.State));
            Assert.Equal(new PcmTransfer(PcmError.None, 3 * Period), await playback.WriteAsync(data));
            Assert.Equal(PcmError.None, await playback.DrainAsync());
        });
        Assert.Equal(data, Played()[^data.Length..]);
    }

    [Fact]
    public void Reset_WhileRunningAndNothingWritten_RunsDryAfterAPeriod()
    {
        Run(PcmDirection.Playback, async (rig, playback) =>
        {
            await QueueAsync(playback, Noise(6 * Period));
            Assert.Equal(PcmError.None, await playback.StartAsync());
            Assert.Equal(PcmError.None, await playback.ResetAsync());
            await Task.Delay(TimeSpan.FromMilliseconds(9), rig.Clock);
            Assert.Equal(PcmState.Running, playback.State);
            await Task.Delay(TimeSpan.FromMilliseconds(2), rig.Clock);
            Assert.Equal(PcmState.XRun, playback.State);
        });
    }

    [Fact]
    public void Drain_AfterAResetWithNothingWritten_Ends()
    {
        Run(PcmDirection.Playback, async (rig, playback) =>
        {
            await QueueAsync(playback, Noise(6 * Period));
            Assert.Equal(PcmError.None, await playback.StartAsync());
            Assert.Equal(PcmError.None, await playback.ResetAsync());
            playback.NonBlocking = true;
            Assert.Equal(PcmError.Again, await playback.DrainAsync());
            await Task.Delay(TimeSpan.FromMilliseconds(1), rig.Clock);
            Assert.Equal(PcmState.Setup, playback.State);
        });
    }

    [Fact]
    public void Rewind_OverWhatIsNotSent_GoesThatFarAndNoFarther()
    {
        Run(PcmDirection.Playback, async (_, playback) =>
        {
            await QueueAsync(playback, Noise(Period + 100));
            Assert.Equal(PcmError.None, playback.Rewind(10_000, out long moved));
            Assert.Equal((100L, (long)Period), (moved, playback.Runtime!.ApplicationPosition));
            Assert.Equal(PcmError.None, playback.Rewind(1, out moved));
            Assert.Equal(0, moved);
        });
    }

    [Fact]
    public void FreeRun_WithNothingWritten_RunsPastTheApplication()
    {
        Run(PcmDirection.Playback, async (rig, playback) =>
        {
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            playback.SetSwParams(playback.GetSwParams() with { StopThreshold = playback.Runtime!.Boundary }).ThrowIfError("sw_params");
            Assert.Equal(PcmError.None, await playback.StartAsync());
            await Task.Delay(TimeSpan.FromMilliseconds(200), rig.Clock);
            Assert.Equal(PcmState.Running, playback.State);
            Assert.InRange(playback.Runtime.HardwarePosition, 5 * Period, 25 * Period);
            Assert.Equal(PcmError.None, await playback.DropAsync());
        });
    }

    [Fact]
    public void Verb_WhileTheDeviceIsSilent_TimesOutAndTheSlotStaysTheDevicesUntilItAnswers()
    {
        Run(PcmDirection.Playback, async (rig, playback) =>
        {
            rig.Silence(true);
            TimeSpan before = rig.Clock.Elapsed;
            Assert.Equal(PcmError.TimedOut, await playback.PrepareAsync());
            Assert.Equal(TimeSpan.FromSeconds(1), rig.Clock.Elapsed - before);
            Assert.Equal(PcmState.Setup, playback.State);
            (int all, int free) = rig.Driver.Control.Slots;
            Assert.Equal((1, all - 1), (rig.Driver.Control.AbandonedSlots, free));

            rig.Silence(false);
            await Task.Delay(TimeSpan.FromMilliseconds(1), rig.Clock);
            Assert.Equal((0, (all, all)), (rig.Driver.Control.AbandonedSlots, rig.Driver.Control.Slots));
            Assert.Equal(PcmError.None, await playback.PrepareAsync());
        });
    }

    [Fact]
    public void Close_WhileTheDeviceIsSilent_Works()
    {
        Run(PcmDirection.Playback, async (rig, playback) =>
        {
            await QueueAsync(playback, Noise(2 * Period));
            rig.Silence(true);
            await playback.CloseAsync();
            Assert.False(playback.IsOpen);
            Assert.True(rig.Driver.QuarantinedBytes > 0); // the pool: the device may still write its statuses
            rig.Silence(false);
        });
    }

    [Fact]
    public void Pool_AnyTakesAndReturns_AddUpAtEveryStep()
    {
        Gen.Bool.Array[0, 200].Sample(
            steps =>
            {
                using var dma = new InProcessDmaAllocator(new GuestMemory());
                using var pool = new PcmMessagePool(dma, 3, 7);
                var taken = new Queue<ushort>();
                foreach (bool take in steps)
                {
                    if (take)
                    {
                        Assert.Equal(taken.Count < 7, pool.TryTake(out ushort message));
                        if (taken.Count < 7)
                        {
                            Assert.DoesNotContain(message, taken);
                            taken.Enqueue(message);
                        }
                    }
                    else if (taken.TryDequeue(out ushort message))
                    {
                        pool.Return(message);
                    }

                    Assert.Equal((taken.Count, 7), (pool.InFlight, pool.FreeCount + pool.InFlight));
                }

                while (taken.TryDequeue(out ushort message))
                {
                    pool.Return(message);
                }
            },
            iter: 500,
            threads: 1);
    }

    public void Dispose()
    {
        File.Delete(_sink);
        File.Delete(_source);
    }

    private static byte[] Noise(int frames)
    {
        byte[] data = new byte[frames * FrameBytes];
        new Random(frames).NextBytes(data);
        return data;
    }

    private static PcmHwParams Request() => new()
    {
        Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = 48000, PeriodFrames = Period, BufferFrames = 8 * Period,
    };

    /// <summary>Writes into a prepared stream that does not start by itself.</summary>
    private static async Task QueueAsync(PcmSubstream playback, byte[] data)
    {
        (await playback.PrepareAsync()).ThrowIfError("prepare");
        playback.SetSwParams(playback.GetSwParams() with { StartThreshold = playback.Runtime!.Boundary }).ThrowIfError("sw_params");
        Assert.Equal(new PcmTransfer(PcmError.None, data.Length / FrameBytes), await playback.WriteAsync(data));
        playback.SetSwParams(playback.GetSwParams() with { StartThreshold = 1 }).ThrowIfError("sw_params");
    }

    private void Run(PcmDirection direction, Func<SoundRig, PcmSubstream, Task> test)
    {
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            await using SoundRig rig = await SoundRig.CreateAsync(
                clock, direction == PcmDirection.Playback ? _sink : null, direction == PcmDirection.Capture ? _source : null);
            await using PcmSubstream substream = (await rig.Device.OpenAsync(direction)).GetOrThrow();
            (await substream.HwParamsAsync(Request())).ThrowIfError("hw_params");
            await test(rig, substream);
        });
    }

    private byte[] Played()
    {
        using FileStream file = File.OpenRead(_sink);
        var reader = new WavReader(file);
        byte[] played = new byte[reader.Frames!.Value * reader.Format.FrameBytes];
        reader.Read(played);
        return played;
    }
}
