using Pcm.Testing;

namespace Pcm.Core.Tests.Transfer;

/// <summary>Waiters, their queue and their pool: first come first served, each wait ends once and for one reason.</summary>
public sealed class PcmWaiterTests
{
    private readonly VirtualClock _clock = new();
    private readonly PcmServices _services;

    public PcmWaiterTests() => _services = new PcmServices(_clock, _clock.Scheduler);

    [Fact]
    public void Signal_Twice_TheFirstReasonStands()
    {
        PcmWaiter waiter = Arm();
        ValueTask<PcmWake> wait = waiter.WaitAsync(Timeout.InfiniteTimeSpan, CancellationToken.None);
        Assert.True(waiter.Signal(PcmWake.TimedOut));
        Assert.False(waiter.Signal(PcmWake.Woken));
        _clock.RunUntilIdle();
        Assert.Equal(PcmWake.TimedOut, Answer(in wait));
    }

    [Fact]
    public void WakeOne_SeveralWait_WakesTheOldestThatStillWaits()
    {
        var queue = new PcmWaitQueue();
        PcmWaiter timedOut = Arm(queue), first = Arm(queue), second = Arm(queue);
        timedOut.Signal(PcmWake.TimedOut); // ended, and not yet out of the queue
        Assert.True(queue.WakeOne());
        Assert.False(first.Signal(PcmWake.Cancelled)); // woken
        Assert.Same(queue, second.Queue);
        Assert.True(queue.WakeOne());
        Assert.Null(second.Queue);
        Assert.True(queue.IsEmpty);
        Assert.False(queue.WakeOne());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Remove_AnyPlace_LeavesTheOthersInOrder(int place)
    {
        var queue = new PcmWaitQueue();
        PcmWaiter[] waiters = [Arm(queue), Arm(queue), Arm(queue)];
        queue.Remove(waiters[place]);
        queue.Remove(waiters[place]); // not there any more: nothing
        foreach (PcmWaiter waiter in waiters.Where((_, i) => i != place))
        {
            Assert.True(queue.WakeOne());
            Assert.Null(waiter.Queue);
            Assert.False(waiter.Signal(PcmWake.TimedOut));
        }

        Assert.True(queue.IsEmpty);
        Assert.True(waiters[place].Signal(PcmWake.TimedOut)); // nobody woke it
    }

    [Fact]
    public void Rent_AfterReturn_IsTheSameWaiter()
    {
        var pool = new PcmWaiterPool(_services);
        PcmWaiter first = pool.Rent(), second = pool.Rent();
        Assert.NotSame(first, second);
        pool.Return(first);
        Assert.Same(first, pool.Rent());
        Assert.NotSame(first, pool.Rent());
    }

    [Fact]
    public void Block_OnAVirtualClock_RunsTheWorkThatSignals()
    {
        PcmWaiter waiter = Arm(blocking: true);
        using ITimer timer = _clock.CreateTimer(static w => ((PcmWaiter)w!).Signal(PcmWake.Woken), waiter, TimeSpan.FromMilliseconds(3), Timeout.InfiniteTimeSpan);
        Assert.Equal(PcmWake.Woken, waiter.Block(TimeSpan.FromMilliseconds(5), CancellationToken.None));
        Assert.Equal(TimeSpan.FromMilliseconds(3), _clock.Elapsed);
    }

    [Fact]
    public void Block_NothingSignals_TimesOut()
    {
        PcmWaiter waiter = Arm(blocking: true);
        Assert.Equal(PcmWake.TimedOut, waiter.Block(TimeSpan.FromMilliseconds(5), CancellationToken.None));
        Assert.Equal(TimeSpan.FromMilliseconds(5), _clock.Elapsed);
        Assert.False(waiter.Signal(PcmWake.Woken));
    }

    [Fact]
    public void Block_Cancelled_SaysSo()
    {
        PcmWaiter waiter = Arm(blocking: true);
        Assert.Equal(PcmWake.Cancelled, waiter.Block(TimeSpan.FromMilliseconds(5), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Block_OnTheSystemClock_IsWokenByAnotherThread()
    {
        // Real threads: what is tested is that it ends, not when.
        var waiter = new PcmWaiter(new PcmServices());
        waiter.Arm(blocking: true);
        var waker = new Thread(() => waiter.Signal(PcmWake.Woken));
        waker.Start();
        Assert.Equal(PcmWake.Woken, waiter.Block(Timeout.InfiniteTimeSpan, CancellationToken.None));
        waker.Join();
    }

    /// <summary>What a wait answered that must have ended by now.</summary>
    private static PcmWake Answer(in ValueTask<PcmWake> wait)
    {
        Assert.True(wait.IsCompletedSuccessfully);
        return wait.Result;
    }

    private PcmWaiter Arm(PcmWaitQueue? queue = null, bool blocking = false)
    {
        var waiter = new PcmWaiter(_services);
        waiter.Arm(blocking);
        queue?.Enqueue(waiter);
        return waiter;
    }
}
