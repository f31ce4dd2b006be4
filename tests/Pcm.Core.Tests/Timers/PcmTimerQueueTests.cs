using CsCheck;
using Pcm.Testing;

namespace Pcm.Core.Tests.Timers;

/// <summary>Many timers on one: each fires when it is due, never before, and never after it was disarmed or disposed of.</summary>
public sealed class PcmTimerQueueTests
{
    private const int Timers = 6;

    private readonly VirtualClock _clock = new();
    private readonly PcmTimerQueue _queue;

    public PcmTimerQueueTests() => _queue = new PcmTimerQueue(_clock);

    private enum Act
    {
        Arm,
        ArmPeriodic,
        Disarm,
        Dispose,
        Advance,
    }

    [Fact]
    public void Change_AnySequence_FiresAsOneTimerEachWould() =>
        Gen.Select(Gen.Enum<Act>(), Gen.Int[0, Timers - 1], Gen.Int[0, 40]).Array[1, 60].Sample(steps =>
        {
            var clock = new VirtualClock();
            var queue = new PcmTimerQueue(clock);
            List<(int Timer, long AtNs)> fired = [], expected = [];
            var model = new Model(expected);
            ITimer[] timers = [.. Enumerable.Range(0, Timers).Select(i => new PcmQueuedTimer(queue, _ => fired.Add((i, clock.NowNs)), null))];
            foreach ((Act act, int timer, int microseconds) in steps)
            {
                TimeSpan time = TimeSpan.FromMicroseconds(microseconds);
                switch (act)
                {
                    case Act.Arm:
                        timers[timer].Change(time, Timeout.InfiniteTimeSpan);
                        model.Arm(timer, clock.NowNs + (microseconds * 1000L), 0);
                        break;
                    case Act.ArmPeriodic:
                        timers[timer].Change(time, TimeSpan.FromMicroseconds(7));
                        model.Arm(timer, clock.NowNs + (microseconds * 1000L), 7000);
                        break;
                    case Act.Disarm:
                        timers[timer].Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                        model.Arm(timer, long.MaxValue, 0);
                        break;
                    case Act.Dispose:
                        timers[timer].Dispose();
                        model.Dispose(timer);
                        break;
                    default:
                        clock.Advance(time);
                        model.AdvanceTo(clock.NowNs);
                        break;
                }
            }

            // Timers due at the same time have no order among them.
            Assert.Equal(expected.OrderBy(static e => e.AtNs).ThenBy(static e => e.Timer), fired.OrderBy(static f => f.AtNs).ThenBy(static f => f.Timer));
        }, iter: 3000);

    [Fact]
    public void Change_ManyTimers_FireWithinAMillisecondAndShareWakeUps()
    {
        var late = new List<long>();
        var wakeUps = new HashSet<long>();
        for (int i = 0; i < 1000; i++)
        {
            long dueNs = 5_000_000 + (i * 10_000);
            Make(_ =>
            {
                late.Add(_clock.NowNs - dueNs);
                wakeUps.Add(_clock.NowNs);
            }).Change(TimeSpan.FromTicks(dueNs / 100), Timeout.InfiniteTimeSpan);
        }

        _clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(1000, late.Count);
        Assert.All(late, static ns => Assert.InRange(ns, 0, 1_000_000));
        Assert.InRange(wakeUps.Count, 2, 30); // 10 ms on a grid of 1 ms, and the last few by themselves
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Change_LaterAgainAndAgain_KeepsOneEntryAndAllocatesNothing()
    {
        int fired = 0;
        PcmQueuedTimer timer = Make(_ => fired++);
        timer.Change(TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);
        AllocationMeter.AssertNothing(
            () => timer.Change(TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan) && timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan),
            periods: 1000);
        timer.Change(TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);
        Assert.Equal(1, _queue.Count);
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        timer.Change(TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(0, fired);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, fired);
        Assert.Equal(0, _queue.Count);
    }

    /// <summary>An hour's time-out that was taken back must not keep its stream alive for the hour.</summary>
    [Fact]
    public void Change_DisarmedLongBeforeItsTime_LeavesTheQueue()
    {
        PcmQueuedTimer timer = Make(static _ => { });
        timer.Change(TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
        Assert.Equal(1, _queue.Count);
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Dispose_InsideTheCallback_CompletesAtOnceAndFiresNoMore()
    {
        int fired = 0;
        PcmQueuedTimer? timer = null;
        timer = Make(_ =>
        {
            fired++;
            Assert.True(timer!.DisposeAsync().IsCompletedSuccessfully);
            Assert.False(timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        });
        timer.Change(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(1, fired);
    }

    [Fact]
    public async Task DisposeAsync_WhileTheCallbackRuns_WaitsForIt()
    {
        PcmQueuedTimer? timer = null;
        ValueTask ended = default;
        bool waited = false;
        timer = Make(_ =>
        {
            var other = new Thread(() => ended = timer!.DisposeAsync());
            other.Start();
            other.Join();
            waited = !ended.IsCompleted;
        });
        timer.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.True(waited);
        await ended;
    }

    [Fact]
    public void Dispose_OfOneDueTogetherWithTheCallbackThatDoesIt_KeepsItFromFiring()
    {
        var fired = new List<int>();
        ITimer[] timers = new ITimer[2];
        for (int i = 0; i < 2; i++)
        {
            int me = i;
            timers[i] = Make(_ =>
            {
                fired.Add(me);
                timers[1 - me].Dispose();
            });
            timers[i].Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }

        _clock.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Single(fired);
    }

    [Fact]
    public void OnAlarm_CallbackThrows_TheOtherTimersGoOn()
    {
        int fired = 0;
        Make(static _ => throw new InvalidOperationException("a defect of the callback")).Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        Make(_ => fired++).Change(TimeSpan.FromMilliseconds(2), Timeout.InfiniteTimeSpan);
        Assert.Throws<InvalidOperationException>(() => _clock.Advance(TimeSpan.FromMilliseconds(1)));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, fired);
    }

    /// <summary>Arming takes no lock when the entry comes up soon enough, and so races with the thread that takes it out: no arming may be lost.</summary>
    [Fact]
    public void Change_RacingWithTheAlarm_LosesNoArming()
    {
        using var time = new RacingTime();
        var queue = new PcmTimerQueue(time);
        time.Start();
        var owners = Enumerable.Range(0, 2).Select(seed => new Thread(() => Race(queue, time, seed))).ToList();
        owners.ForEach(static owner => owner.Start());
        owners.ForEach(static owner => owner.Join());
        Assert.Equal(2 * RacingTime.Rounds, time.Fired);
    }

    [Fact]
    public void CreateSharedTimer_OnAVirtualClock_IsThatClocksOwn()
    {
        int fired = 0;
        ITimer timer = new PcmServices(_clock, _clock.Scheduler).CreateSharedTimer(_ => fired++, null);
        timer.Change(TimeSpan.FromTicks(3), Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromTicks(2));
        Assert.Equal(0, fired);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, fired);
    }

    private static void Race(PcmTimerQueue queue, RacingTime time, int seed)
    {
        int fired = 0;
        var random = new Random(seed);
        using var timer = new PcmQueuedTimer(queue, _ => Interlocked.Increment(ref fired), null);
        for (int round = 1; round <= RacingTime.Rounds; round++)
        {
            timer.Change(TimeSpan.FromTicks(random.Next(4)), Timeout.InfiniteTimeSpan);
            var spin = new SpinWait();
            long patienceNs = time.NowNs + 1_000_000_000; // of the racing clock: millions of alarms
            while (Volatile.Read(ref fired) < round)
            {
                if (time.NowNs > patienceNs)
                {
                    return; // lost: the count will tell
                }

                spin.SpinOnce(sleep1Threshold: -1);
            }

            time.CountFired();
        }
    }

    private PcmQueuedTimer Make(TimerCallback callback) => new(_queue, callback, null);

    /// <summary>What the timers should do, in the plainest way.</summary>
    private sealed class Model(List<(int Timer, long AtNs)> fired)
    {
        private readonly long[] _dueNs = [.. Enumerable.Repeat(long.MaxValue, Timers)];
        private readonly long[] _periodNs = new long[Timers];
        private readonly bool[] _disposed = new bool[Timers];

        public void Arm(int timer, long dueNs, long periodNs)
        {
            if (!_disposed[timer])
            {
                _dueNs[timer] = dueNs;
                _periodNs[timer] = periodNs;
            }
        }

        public void Dispose(int timer)
        {
            _dueNs[timer] = long.MaxValue;
            _disposed[timer] = true;
        }

        public void AdvanceTo(long nowNs)
        {
            for (int timer = 0; timer < Timers; timer++)
            {
                while (_dueNs[timer] <= nowNs)
                {
                    fired.Add((timer, _dueNs[timer]));
                    _dueNs[timer] = _periodNs[timer] > 0 ? _dueNs[timer] + _periodNs[timer] : long.MaxValue;
                }
            }
        }
    }

    /// <summary>A clock that gets on by 100 ns at every look, and whose one timer is fired by a thread as fast as it can while it is armed.</summary>
    private sealed class RacingTime : TimeProvider, ITimer
    {
        public const int Rounds = 20_000;

        private readonly Thread _thread;
        private TimerCallback _callback = static _ => { };
        private object? _state;
        private long _nowNs;
        private long _dueNs = long.MaxValue;
        private int _fired;
        private volatile bool _stop;

        public RacingTime() => _thread = new Thread(Run);

        public long NowNs => Volatile.Read(ref _nowNs);

        public int Fired => Volatile.Read(ref _fired);

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => Interlocked.Add(ref _nowNs, 100);

        public void CountFired() => Interlocked.Increment(ref _fired);

        public void Start() => _thread.Start();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = callback;
            _state = state;
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Volatile.Write(ref _dueNs, dueTime < TimeSpan.Zero ? long.MaxValue : NowNs + (dueTime.Ticks * 100));
            return true;
        }

        public void Dispose()
        {
            _stop = true;
            _thread.Join();
        }

        public ValueTask DisposeAsync() => default;

        private void Run()
        {
            while (!_stop)
            {
                long dueNs = Volatile.Read(ref _dueNs);
                if (GetTimestamp() >= dueNs && Interlocked.CompareExchange(ref _dueNs, long.MaxValue, dueNs) == dueNs)
                {
                    _callback(_state);
                }
            }
        }
    }
}
