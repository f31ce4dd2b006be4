using Pcm.Backends.Null;
using Pcm.Testing;

namespace Pcm.Core.Tests.Transfer;

/// <summary>The steady state of a stream allocates nothing: transfers, acks, interrupts, positions, and every kind of wait.</summary>
public sealed class HotPathAllocationTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Measure_PassThatAllocates_CountsIt()
    {
        object? kept = null;
        (long bytes, int passed) = AllocationMeter.Measure(() =>
        {
            kept = new object();
            return true;
        });
        Assert.Equal(AllocationMeter.Periods, passed);
        Assert.True(bytes >= AllocationMeter.Periods * 24L, $"{bytes} bytes, {kept}");
    }

    [Theory]
    [InlineData(PcmDirection.Playback, false)]
    [InlineData(PcmDirection.Playback, true)]
    [InlineData(PcmDirection.Capture, false)]
    [InlineData(PcmDirection.Capture, true)]
    public void TransferAndLook_10000Periods_AllocateNothing(PcmDirection direction, bool timestamps)
    {
        ManualStream stream = ManualStream.CreateRunning(direction);
        PcmSubstream substream = stream.Substream;
        Assert.Equal(PcmError.None, substream.SetSwParams(substream.GetSwParams() with { Timestamps = timestamps }));
        AllocationMeter.AssertNothing(() =>
        {
            stream.Ops.Advance(ManualStream.PeriodFrames);
            return substream.GetAvail(out long avail) == PcmError.None && avail == ManualStream.PeriodFrames
                && stream.Transfer()
                && substream.GetDelay(out long delay) == PcmError.None && delay == (direction == PcmDirection.Playback ? ManualStream.BufferFrames : 0)
                && substream.GetStatus(out PcmStatus status) == PcmError.None && status.State == PcmState.Running
                && substream.SyncPointer(new PcmSyncPointer { HwSync = true, AvailMin = 64 }, out PcmPointers pointers) == PcmError.None
                && pointers.HardwarePosition == status.HardwarePosition
                && substream.Poll() == PcmPollEvents.None;
        });
    }

    [Fact]
    public void RewindAndForward_10000Periods_AllocateNothing()
    {
        ManualStream stream = ManualStream.CreateRunning(PcmDirection.Playback);
        AllocationMeter.AssertNothing(() =>
        {
            stream.Ops.Advance(ManualStream.PeriodFrames);
            return stream.Transfer()
                && stream.Substream.Rewind(10, out long back) == PcmError.None && back == 10
                && stream.Substream.Forward(10, out long forth) == PcmError.None && forth == 10;
        });
    }

    [Fact]
    public void FillSilence_10000Periods_AllocatesNothing()
    {
        ManualStream stream = ManualStream.CreateRunning(PcmDirection.Playback);
        PcmSubstream substream = stream.Substream;
        Assert.Equal(PcmError.None, substream.SetSwParams(substream.GetSwParams() with { SilenceSize = substream.Runtime!.Boundary }));
        AllocationMeter.AssertNothing(() =>
        {
            stream.Ops.Advance(ManualStream.PeriodFrames);
            return stream.Transfer();
        });
    }

    [Fact]
    public void Interrupt_LateByAPeriodAndNotLogged_AllocatesNothing()
    {
        // Two periods in one update is what the core reports as lost interrupts, at Debug, which is off.
        ManualStream stream = ManualStream.CreateRunning(PcmDirection.Playback);
        AllocationMeter.AssertNothing(() =>
        {
            stream.Ops.Advance(2 * ManualStream.PeriodFrames);
            return stream.Transfer() && stream.Transfer();
        });
    }

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void WaitAsync_10000Suspensions_AllocatesNothing(PcmDirection direction)
    {
        ManualStream stream = ManualStream.CreateRunning(direction);
        using var cancellation = new CancellationTokenSource();
        AllocationMeter.AssertNothing(() =>
        {
            ValueTask<PcmError> wait = stream.Substream.WaitAsync(s_second, cancellation.Token);
            bool suspended = !wait.IsCompleted;
            stream.Ops.Advance(ManualStream.PeriodFrames);
            stream.Clock.RunUntilIdle();
            return suspended && wait.IsCompletedSuccessfully && wait.Result == PcmError.None && stream.Transfer();
        });
    }

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void PollAsync_10000Suspensions_AllocatesNothing(PcmDirection direction)
    {
        ManualStream stream = ManualStream.CreateRunning(direction);
        AllocationMeter.AssertNothing(() =>
        {
            ValueTask<PcmPollEvents> poll = stream.Substream.PollAsync(Timeout.InfiniteTimeSpan);
            bool suspended = !poll.IsCompleted;
            stream.Ops.Advance(ManualStream.PeriodFrames);
            stream.Clock.RunUntilIdle();
            return suspended && poll.IsCompletedSuccessfully && poll.Result == PcmPollEvents.Ready && stream.Transfer();
        });
    }

    [Fact]
    public void PollCallback_10000Calls_AllocatesNothing()
    {
        ManualStream stream = ManualStream.CreateRunning(PcmDirection.Playback);
        bool called = false;
        var callback = new PcmPollCallback(stream.Clock.Scheduler, _ => called = true, null);
        AllocationMeter.AssertNothing(() =>
        {
            called = false;
            bool waits = stream.Substream.Poll(callback) == PcmPollEvents.None;
            stream.Ops.Advance(ManualStream.PeriodFrames);
            stream.Clock.RunUntilIdle();
            return waits && called && stream.Transfer();
        });
    }

    [Fact]
    public void WaitAsync_10000TimeOuts_AllocatesNothing()
    {
        ManualStream stream = ManualStream.CreateRunning(PcmDirection.Playback);
        AllocationMeter.AssertNothing(() =>
        {
            ValueTask<PcmError> wait = stream.Substream.WaitAsync(TimeSpan.FromMilliseconds(1));
            stream.Clock.Advance(TimeSpan.FromMilliseconds(1));
            return wait.IsCompletedSuccessfully && wait.Result == PcmError.TimedOut;
        });
    }

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void TransferAsync_10000Suspensions_AllocatesNothing(PcmDirection direction)
    {
        ManualStream stream = ManualStream.CreateRunning(direction);
        AllocationMeter.AssertNothing(() =>
        {
            ValueTask<PcmTransfer> transfer = direction == PcmDirection.Playback
                ? stream.Substream.WriteAsync(stream.Period)
                : stream.Substream.ReadAsync(stream.Period);
            bool suspended = !transfer.IsCompleted;
            stream.Ops.Advance(ManualStream.PeriodFrames);
            stream.Clock.RunUntilIdle();
            return suspended && transfer.IsCompletedSuccessfully && transfer.Result.Frames == ManualStream.PeriodFrames;
        });
    }

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void TransferBlocking_10000PeriodsOfANullCard_AllocatesNothing(PcmDirection direction)
    {
        (VirtualClock clock, PcmSubstream substream) = OpenNull(direction);
        byte[] period = new byte[ManualStream.PeriodBytes];
        AllocationMeter.AssertNothing(() =>
        {
            PcmTransfer transfer = direction == PcmDirection.Playback
                ? substream.WriteBlocking(period, Timeout.InfiniteTimeSpan)
                : substream.ReadBlocking(period, s_second);
            return transfer == new PcmTransfer(PcmError.None, ManualStream.PeriodFrames);
        });
        AssertPlayed(clock, substream, direction);
    }

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void WaitBlocking_10000PeriodsOfANullCard_AllocatesNothing(PcmDirection direction)
    {
        (VirtualClock clock, PcmSubstream substream) = OpenNull(direction);
        byte[] period = new byte[ManualStream.PeriodBytes];
        if (direction == PcmDirection.Capture)
        {
            Assert.Equal(PcmError.None, clock.Run(() => substream.StartAsync().AsTask()));
        }

        AllocationMeter.AssertNothing(() =>
        {
            int done;
            return substream.Wait(s_second) == PcmError.None
                && (direction == PcmDirection.Playback ? substream.Write(period, out done) : substream.Read(period, out done)) == PcmError.None
                && done == ManualStream.PeriodFrames;
        });
        AssertPlayed(clock, substream, direction);
    }

    private static (VirtualClock Clock, PcmSubstream Substream) OpenNull(PcmDirection direction)
    {
        var clock = new VirtualClock();
        PcmSubstream substream = clock.Run(async () =>
        {
            PcmCard card = new NullBackend("null").CreateCard(new PcmServices(clock, clock.Scheduler));
            PcmSubstream opened = (await card.Devices[0].OpenAsync(direction, PcmOpenMode.None)).GetOrThrow();
            await ManualStream.ConfigureAsync(opened);
            return opened;
        });
        return (clock, substream);
    }

    /// <summary>The periods took their time: they were waited for.</summary>
    private static void AssertPlayed(VirtualClock clock, PcmSubstream substream, PcmDirection direction)
    {
        Assert.Equal(PcmState.Running, substream.State);
        long frames = (AllocationMeter.Periods * ManualStream.PeriodFrames) - (direction == PcmDirection.Playback ? ManualStream.BufferFrames : 0);
        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(frames / 48000.0), $"{clock.Elapsed}");
    }
}
