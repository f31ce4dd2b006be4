using Pcm.Testing;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>Messages that come back when nobody waits for them: before START, during a pause, a whole ring at once, and in a ring that has none.</summary>
public sealed class EarlyCompletionTests
{
    private const int Period = 480;
    private const int Periods = 4;
    private const int FrameBytes = 4;
    private const uint Ok = 0x8000;

    /// <summary>A device that a former driver left running takes data before START.</summary>
    [Fact]
    public void Write_WholeRingDoneBeforeStart_GoesOnAfterIt() => Run(async (clock, judge, playback) =>
    {
        playback.SetSwParams(playback.GetSwParams() with { StartThreshold = (Periods * Period) + 1 }).ThrowIfError("sw_params");
        await playback.WriteAsync(new byte[Periods * Period * FrameBytes]);
        judge.Complete(VirtioSoundQueues.Playback, Ok, 0);
        await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
        Assert.Equal(PcmState.Prepared, playback.State);
        Assert.Equal(PcmError.None, await playback.StartAsync());
        await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
        Assert.Equal((PcmState.Running, Periods * (long)Period), (playback.State, playback.Runtime!.HardwarePosition));
        await CompleteUntilDoneAsync(clock, judge, playback, playback.WriteAsync(new byte[(Periods + 1) * Period * FrameBytes]).AsTask());
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(Periods)]
    public void Write_AllThatWasQueuedDoneDuringThePause_GoesOnAfterIt(int queued) => Run(async (clock, judge, playback) =>
    {
        await playback.WriteAsync(new byte[Periods * Period * FrameBytes]);
        Assert.Equal(PcmState.Running, playback.State);
        judge.Complete(VirtioSoundQueues.Playback, Ok, 0, most: Periods - queued);
        await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
        Assert.Equal((Periods - queued) * (long)Period, playback.Runtime!.HardwarePosition);

        Assert.Equal(PcmError.None, await playback.PauseAsync(true));
        judge.Complete(VirtioSoundQueues.Playback, Ok, 0);
        await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
        Assert.Equal((PcmState.Paused, (Periods - queued) * (long)Period), (playback.State, playback.Runtime.HardwarePosition));
        Assert.Equal(PcmError.None, await playback.PauseAsync(false));
        await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
        Assert.Equal((PcmState.Running, Periods * (long)Period), (playback.State, playback.Runtime.HardwarePosition));
        await CompleteUntilDoneAsync(clock, judge, playback, playback.WriteAsync(new byte[(Periods + 1) * Period * FrameBytes]).AsTask());
    });

    [Fact]
    public void Drain_AllDoneDuringThePause_EndsAtOnce() => Run(async (clock, judge, playback) =>
    {
        await playback.WriteAsync(new byte[Periods * Period * FrameBytes]);
        Assert.Equal(PcmError.None, await playback.PauseAsync(true));
        judge.Complete(VirtioSoundQueues.Playback, Ok, 0);
        await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
        Assert.Equal(PcmError.None, await playback.DrainAsync());
        Assert.Equal((PcmState.Setup, Periods * (long)Period), (playback.State, playback.Runtime!.HardwarePosition));
    });

    /// <summary>The position is where it was: it is told in two steps, or it would be no progress.</summary>
    [Fact]
    public void Write_WholeRingDoneAtOnce_IsAWholeRingOfProgress() => Run(async (clock, judge, playback) =>
    {
        for (long round = 1; round <= 3; round++)
        {
            await playback.WriteAsync(new byte[Periods * Period * FrameBytes]);
            judge.Complete(VirtioSoundQueues.Playback, Ok, 0);
            await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
            Assert.Equal((PcmState.Running, round * Periods * Period), (playback.State, playback.Runtime!.HardwarePosition));
        }
    });

    [Fact]
    public void XRun_WholeRingDoneAtOnce_IsOne() => Run(async (clock, judge, playback) =>
    {
        playback.SetSwParams(playback.GetSwParams() with { StopThreshold = Periods * Period }).ThrowIfError("sw_params");
        await playback.WriteAsync(new byte[Periods * Period * FrameBytes]);
        judge.Complete(VirtioSoundQueues.Playback, Ok, 0);
        await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
        Assert.Equal(PcmState.XRun, playback.State);
    });

    /// <summary>The device fails when the last answer of the probe is given, before there is a card to disconnect.</summary>
    [Fact]
    public void Probe_DeviceNeedsAResetAtItsEnd_IsRecoveredFromAfterwards()
    {
        JudgeDevice judge = Playback();
        judge.Twist = (_, honest) =>
        {
            judge.Fail();
            judge.Twist = static (_, answer) => answer;
            return honest;
        };
        Run(judge, async (clock, driver, playback) =>
        {
            Assert.Equal(1, driver.Resets);
            await CompleteUntilDoneAsync(clock, judge, playback, playback.WriteAsync(new byte[2 * Periods * Period * FrameBytes]).AsTask());
        });
    }

    private static async Task CompleteUntilDoneAsync(VirtualClock clock, JudgeDevice judge, PcmSubstream playback, Task<PcmTransfer> writing)
    {
        for (int i = 0; i < 4 * Periods && !writing.IsCompleted; i++)
        {
            judge.Complete(VirtioSoundQueues.Playback, Ok, 0);
            await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
        }

        Assert.True(writing.IsCompleted, $"The writer sleeps, {playback.State}, {playback.Runtime!.HardwarePosition} of {playback.Runtime.ApplicationPosition} frames played.");
        Assert.Equal(PcmError.None, (await writing).Error);
    }

    private static JudgeDevice Playback() => new() { Streams = [JudgeDevice.Stream(PcmDirection.Playback) with { Features = 0x10 }] };

    private static void Run(Func<VirtualClock, JudgeDevice, PcmSubstream, Task> test)
    {
        JudgeDevice judge = Playback();
        Run(judge, (clock, _, playback) => test(clock, judge, playback));
    }

    /// <summary>A prepared playback stream; an empty ring is no xrun.</summary>
    private static void Run(JudgeDevice judge, Func<VirtualClock, VirtioSoundDriver, PcmSubstream, Task> test)
    {
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            await using VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(
                new InProcessTransport(judge, clock.Scheduler), "judge", new PcmServices(clock, clock.Scheduler), new VirtioSoundOptions { PeriodMsMin = 1 });
            await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
            await using PcmSubstream playback = (await driver.Card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
            (await playback.HwParamsAsync(new PcmHwParams
            {
                Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = 48000, PeriodFrames = Period, Periods = Periods,
            })).ThrowIfError("hw_params");
            playback.SetSwParams(playback.GetSwParams() with { StartThreshold = Periods * Period, StopThreshold = (Periods * Period) + 1 }).ThrowIfError("sw_params");
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            await test(clock, driver, playback);
        });
    }
}
