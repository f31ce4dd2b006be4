namespace Pcm.Core.Tests.Ops;

/// <summary>The real-time thread on a clock of its own that jumps to the next timer as soon as the thread would sleep.</summary>
public sealed class RealTimeSchedulerTests
{
    private static readonly PcmRealTimeOptions s_ordinary = new() { Priority = 0 };

    [Fact]
    public void Schedule_FromOneThread_RunsInOrderOnOneOtherThread()
    {
        var ran = new List<(int Number, Thread Thread)>();
        using (var scheduler = new PcmRealTimeScheduler(s_ordinary, new JumpingSleep()))
        {
            for (int i = 0; i < 100; i++)
            {
                scheduler.Schedule(number => ran.Add(((int)number!, Thread.CurrentThread)), i);
            }
        } // what is ready runs before the thread ends

        Assert.Equal(Enumerable.Range(0, 100), ran.Select(static r => r.Number));
        Thread thread = Assert.Single(ran.Select(static r => r.Thread).Distinct());
        Assert.NotEqual(Thread.CurrentThread, thread);
        Assert.Equal("pcm-realtime", thread.Name);
    }

    [Fact]
    public void Schedule_AfterDispose_Throws()
    {
        var scheduler = new PcmRealTimeScheduler(s_ordinary, new JumpingSleep());
        scheduler.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scheduler.Schedule(static _ => { }, null));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100)]
    public void Create_PriorityOutOfRange_Throws(int priority) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PcmRealTimeScheduler(new PcmRealTimeOptions { Priority = priority }));

    [Fact]
    public void Timers_ArmedInAnyOrder_FireInOrderOfTheirTimes()
    {
        using var scheduler = new PcmRealTimeScheduler(s_ordinary, new JumpingSleep());
        using var done = new CountdownEvent(4);
        var fired = new List<(string Name, long Ns)>();
        long start = 0;
        OnThread(scheduler, () =>
        {
            start = scheduler.Time.GetTimestamp();
            Arm("third", 3);
            Arm("first", 1);
            Arm("second", 2);
            Arm("second again", 2);
        });
        Wait(done);
        Assert.Equal([("first", 1_000_000), ("second", 2_000_000), ("second again", 2_000_000), ("third", 3_000_000)], fired);

        void Arm(string name, int milliseconds) => scheduler.Time.CreateTimer(
            _ =>
            {
                fired.Add((name, scheduler.Time.GetTimestamp() - start));
                done.Signal();
            },
            null, TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void Schedule_FromItsOwnThread_KeepsTheOrderAndLetsOthersIn()
    {
        using var scheduler = new PcmRealTimeScheduler(s_ordinary, new JumpingSleep());
        using var done = new CountdownEvent(1);
        var ran = new List<int>();
        bool other = false;
        OnThread(scheduler, () =>
        {
            var outsider = new Thread(() => scheduler.Schedule(_ => other = true, null));
            outsider.Start();
            outsider.Join();
            for (int i = 0; i < 100; i++)
            {
                scheduler.Schedule(number => ran.Add((int)number!), i);
            }

            Again(); // keeps itself busy until the other thread's work has had its turn
        });
        Wait(done);
        Assert.Equal(Enumerable.Range(0, 100), ran);

        void Again() => scheduler.Schedule(
            _ =>
            {
                if (other)
                {
                    done.Signal();
                }
                else
                {
                    Again();
                }
            },
            null);
    }

    [Fact]
    public void SharedTimers_ManyWithinTheGrid_FireTogetherAndNeverEarly()
    {
        using var scheduler = new PcmRealTimeScheduler(s_ordinary, new JumpingSleep());
        var services = new PcmServices(scheduler.Time, scheduler);
        const int Count = 100;
        using var done = new CountdownEvent(Count);
        var fired = new List<(long DueNs, long Ns)>();
        OnThread(scheduler, () =>
        {
            long start = services.NowNs;
            for (int i = 0; i < Count; i++)
            {
                long dueNs = start + 1_000_000 + (i * 10_000);
                services.CreateSharedTimer(
                    _ =>
                    {
                        fired.Add((dueNs, services.NowNs));
                        done.Signal();
                    },
                    null).Change(TimeSpan.FromTicks((dueNs - start) / 100), Timeout.InfiniteTimeSpan);
            }
        });
        Wait(done);
        Assert.All(fired, static timer => Assert.InRange(timer.Ns - timer.DueNs, 0, 250_000));
        Assert.InRange(fired.Select(static timer => timer.Ns).Distinct().Count(), 4, 20); // by themselves: 100
    }

    [Fact]
    public void PeriodicTimer_UntilChanged_FiresAtMultiplesOfItsPeriod()
    {
        using var scheduler = new PcmRealTimeScheduler(s_ordinary, new JumpingSleep());
        using var done = new CountdownEvent(1);
        var fired = new List<long>();
        long start = 0;
        ITimer? timer = null;
        OnThread(scheduler, () =>
        {
            start = scheduler.Time.GetTimestamp();
            timer = scheduler.Time.CreateTimer(_ => Fire(), null, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(10));
        });
        Wait(done);
        Assert.Equal([5_000_000, 15_000_000, 25_000_000], fired);

        void Fire()
        {
            fired.Add(scheduler.Time.GetTimestamp() - start);
            if (fired.Count == 3)
            {
                Assert.True(timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
                scheduler.Time.CreateTimer(_ => done.Signal(), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan); // long after the next would be
            }
        }
    }

    [Fact]
    public async Task DisposeAsync_WhileTheCallbackRuns_WaitsForItsEnd()
    {
        using var scheduler = new PcmRealTimeScheduler(s_ordinary, new JumpingSleep());
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        bool left = false;
        ITimer timer = scheduler.Time.CreateTimer(
            _ =>
            {
                entered.Set();
                leave.Wait();
                left = true;
            },
            null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        entered.Wait(TestContext.Current.CancellationToken);
        ValueTask disposed = timer.DisposeAsync();
        Assert.False(disposed.IsCompleted);
        leave.Set();
        await disposed;
        Assert.True(left);
        Assert.False(timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void DisposeAsync_FromItsCallback_DoesNotWaitForItself()
    {
        using var scheduler = new PcmRealTimeScheduler(s_ordinary, new JumpingSleep());
        using var done = new CountdownEvent(1);
        bool completed = false;
        ITimer? timer = null;
        OnThread(scheduler, () => timer = scheduler.Time.CreateTimer(
            _ =>
            {
                completed = timer!.DisposeAsync().IsCompleted;
                done.Signal();
            },
            null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan));
        Wait(done);
        Assert.True(completed);
    }

    [Fact]
    public void Create_WithPriority_HasItOrSaysWhatWouldHelp()
    {
        using var scheduler = new PcmRealTimeScheduler(new PcmRealTimeOptions { Priority = 1 }, new JumpingSleep());
        using var done = new CountdownEvent(1);
        (int, int) policies = default;
        scheduler.Schedule(
            _ =>
            {
                policies = Policies();
                done.Signal();
            },
            null);
        Wait(done);
        AssertGranted(scheduler.Grant, policies);
    }

    [Fact]
    public void PromoteThisThread_HasItOrSaysWhatWouldHelp()
    {
        PcmRealTimeGrant? grant = null;
        (int, int) policies = default;
        var thread = new Thread(() =>
        {
            grant = PcmRealTimeScheduler.PromoteThisThread(new PcmRealTimeOptions { Priority = 1 });
            policies = Policies();
        });
        thread.Start();
        thread.Join();
        AssertGranted(grant!, policies);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100)]
    public void PromoteThisThread_PriorityOutOfRange_Throws(int priority) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PcmRealTimeScheduler.PromoteThisThread(new PcmRealTimeOptions { Priority = priority }));

    /// <summary>Real-time priority is this thread's alone: one that it starts, as the runtime does for its compiler and its pool, is an ordinary one.</summary>
    private static (int Own, int Started) Policies()
    {
        int started = -1;
        var thread = new Thread(() => started = Policy());
        thread.Start();
        thread.Join();
        return (Policy(), started);

        static int Policy() => OperatingSystem.IsLinux() ? RealTimeNative.GetScheduler(0) & ~RealTimeNative.SchedResetOnFork : 0;
    }

    private static void AssertGranted(PcmRealTimeGrant grant, (int Own, int Started) policies)
    {
        Assert.Equal((grant.Priority == 1 ? RealTimeNative.SchedFifo : 0, 0), policies);
        if (grant.Priority == 1)
        {
            Assert.Equal("", grant.Refused);
        }
        else
        {
            Assert.Contains(OperatingSystem.IsLinux() ? "RLIMIT_RTPRIO" : "Linux only", grant.Refused);
        }
    }

    /// <summary>Runs it on the scheduler's thread, so that time cannot jump between two of its steps.</summary>
    private static void OnThread(PcmRealTimeScheduler scheduler, Action action) => scheduler.Schedule(static a => ((Action)a!)(), action);

    private static void Wait(CountdownEvent done) => done.Wait(TestContext.Current.CancellationToken);

    /// <summary>Sleeping is a jump to the end; with nothing to wait for, a wait for a wake.</summary>
    private sealed class JumpingSleep : RealTimeSleep
    {
        private readonly AutoResetEvent _wake = new(false);
        private long _nowNs = 1_000_000_000;

        public override long NowNs => Volatile.Read(ref _nowNs);

        public override void Until(long untilNs)
        {
            if (untilNs == long.MaxValue)
            {
                _wake.WaitOne();
            }
            else
            {
                Volatile.Write(ref _nowNs, Math.Max(NowNs, untilNs));
            }
        }

        public override void Wake() => _wake.Set();

        public override void Dispose() => _wake.Dispose();
    }
}
