namespace Pcm;

/// <summary>
/// Many timers on one timer of the system. The framework keeps its timers in a list that it walks at every tick, and hands each that is due to
/// the thread pool by itself: with a thousand streams that alone is a tenth of a core. Here what is due by one wake-up is called back in one go,
/// from a heap. Measured by <c>Pcm.Bench.EndToEnd --only virtio --streams 1000</c>.
/// Lifetime: the one for the system's clock is never freed; a timer that is armed keeps its callback's state alive.
/// </summary>
/// <remarks>
/// Thread safety: every member from any thread. One thread at a time calls back, with no lock held. Arming for later than before, which is what
/// a time-out does that never passes, takes no lock: the entry stays where it is in the heap and is moved when it comes up.
/// </remarks>
internal sealed class PcmTimerQueue
{
    /// <summary>No time at all.</summary>
    public const long Never = long.MaxValue;

    /// <summary>Up to as many timers each is served as exactly as the system can; with more of them, those within the grid share a wake-up.</summary>
    private const int ExactTimers = 16;

    private const long SystemGridNs = 1_000_000; // what the framework's timers count in

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _gridNs;
    private readonly ITimer _alarm;
    private readonly List<PcmQueuedTimer> _due = []; // of the thread that fires
    // By time. The times stand in it, so that sifting compares without a look at each timer: those of a thousand streams are not in the cache.
    private (long QueuedNs, PcmQueuedTimer Timer)[] _heap = new (long, PcmQueuedTimer)[ExactTimers];
    private int _count;
    private long _alarmNs = Never;
    private long _tickNs; // the last time somebody looked at the clock here
    private PcmQueuedTimer? _called;
    private int _firingThread;
    private bool _firing;

    /// <param name="time">The clock.</param>
    /// <param name="gridNs">With many timers, those within so long share a wake-up.</param>
    public PcmTimerQueue(TimeProvider time, long gridNs = SystemGridNs)
    {
        _time = time;
        _gridNs = gridNs;
        _alarm = time.CreateTimer(static queue => ((PcmTimerQueue)queue!).OnAlarm(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The timers of the system's clock.</summary>
    public static PcmTimerQueue Shared { get; } = MakeShared();

    public long NowNs => PcmServices.ToNanoseconds(_time.GetTimestamp(), _time.TimestampFrequency);

    /// <summary>A time not long ago, without a look at the clock.</summary>
    public long RecentNs => Volatile.Read(ref _tickNs);

    /// <summary>Timers with an entry in the heap, armed or not yet found disarmed.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>Brings the entry of a timer forward to <see cref="PcmQueuedTimer.DueNs"/>, or makes one.</summary>
    public void Queue(PcmQueuedTimer timer)
    {
        lock (_lock)
        {
            long dueNs = Volatile.Read(ref timer.DueNs);
            if (timer.IsDisposed || dueNs >= timer.QueuedNs)
            {
                return; // changed again meanwhile
            }

            Put_NeedsLock(timer, dueNs);
            if (!_firing && dueNs < _alarmNs)
            {
                SetAlarm_NeedsLock(NowNs);
            }
        }
    }

    /// <summary>Takes the entry of a timer out that has none to wait for.</summary>
    public void Forget(PcmQueuedTimer timer)
    {
        lock (_lock)
        {
            if (Volatile.Read(ref timer.DueNs) == Never)
            {
                Take_NeedsLock(timer);
            }
        }
    }

    /// <summary>Ends a timer.</summary>
    /// <returns>Completes when its callback does not run any more; at once inside it, which could not wait for itself.</returns>
    public Task End(PcmQueuedTimer timer)
    {
        lock (_lock)
        {
            timer.IsDisposed = true;
            Volatile.Write(ref timer.DueNs, Never);
            Take_NeedsLock(timer);
            if (_called != timer || _firingThread == Environment.CurrentManagedThreadId)
            {
                return Task.CompletedTask;
            }

            timer.Ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return timer.Ended.Task;
        }
    }

    private static PcmTimerQueue MakeShared()
    {
        // The timer would keep the context of whoever happens to be the first for as long as the process lives.
        using AsyncFlowControl flow = ExecutionContext.SuppressFlow();
        return new PcmTimerQueue(TimeProvider.System);
    }

    private void OnAlarm()
    {
        lock (_lock)
        {
            if (_firing)
            {
                return; // who fires looks again before it ends
            }

            _firing = true;
            _firingThread = Environment.CurrentManagedThreadId;
        }

        try
        {
            while (TryCollect())
            {
                FireCollected();
            }
        }
        finally
        {
            // Also after an exception of a callback, which is the caller's to see: the other timers go on.
            lock (_lock)
            {
                _called = null;
                _due.Clear();
                _firing = false;
                SetAlarm_NeedsLock(NowNs);
            }
        }
    }

    /// <summary>Takes what is due out of the heap. False when nothing is.</summary>
    private bool TryCollect()
    {
        lock (_lock)
        {
            long nowNs = NowNs;
            Volatile.Write(ref _tickNs, nowNs);
            while (_count > 0 && _heap[0].QueuedNs <= nowNs)
            {
                PcmQueuedTimer timer = _heap[0].Timer;
                Take_NeedsLock(timer);

                // Race: the owner arms for later, sees an entry that comes sooner and leaves it to us; we take that entry out. Each stores, then
                // looks, with a full fence in between, so one of the two sees the other.
                Interlocked.MemoryBarrier();
                if (!timer.TryClaim(nowNs))
                {
                    long dueNs = Volatile.Read(ref timer.DueNs);
                    if (dueNs != Never)
                    {
                        Put_NeedsLock(timer, dueNs);
                    }

                    continue;
                }

                _due.Add(timer);
                if (Volatile.Read(ref timer.DueNs) is var nextNs && nextNs != Never)
                {
                    Put_NeedsLock(timer, Math.Max(nextNs, nowNs + 1)); // not again in this round
                }
            }

            return _due.Count > 0;
        }
    }

    private void FireCollected()
    {
        foreach (PcmQueuedTimer timer in _due)
        {
            lock (_lock)
            {
                if (timer.IsDisposed)
                {
                    continue;
                }

                _called = timer;
            }

            timer.Call();
            TaskCompletionSource? ended;
            lock (_lock)
            {
                _called = null;
                ended = timer.Ended;
            }

            ended?.SetResult();
        }

        _due.Clear();
    }

    private void SetAlarm_NeedsLock(long nowNs)
    {
        long nextNs = _count == 0 ? Never : _heap[0].QueuedNs;
        _alarmNs = nextNs;
        if (nextNs == Never)
        {
            _alarm.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        long waitNs = Math.Max(0, nextNs - nowNs);
        if (_count > ExactTimers)
        {
            waitNs = (Math.Max(waitNs, 1) + _gridNs - 1) / _gridNs * _gridNs;
            _alarmNs = nowNs + waitNs;
        }

        _alarm.Change(TimeSpan.FromTicks((waitNs + 99) / 100), Timeout.InfiniteTimeSpan);
    }

    private void Put_NeedsLock(PcmQueuedTimer timer, long dueNs)
    {
        if (timer.Index < 0)
        {
            if (_count == _heap.Length)
            {
                Array.Resize(ref _heap, 2 * _count);
            }

            timer.Index = _count++;
        }

        Volatile.Write(ref timer.QueuedNs, dueNs);
        SiftUp_NeedsLock(timer.Index, (dueNs, timer));
    }

    private void Take_NeedsLock(PcmQueuedTimer timer)
    {
        int hole = timer.Index;
        if (hole < 0)
        {
            return;
        }

        timer.Index = -1;
        Volatile.Write(ref timer.QueuedNs, Never);
        (long QueuedNs, PcmQueuedTimer Timer) last = _heap[--_count];
        _heap[_count] = default;
        if (last.Timer != timer)
        {
            hole = SiftDown_NeedsLock(hole, last);
            SiftUp_NeedsLock(hole, last);
        }
    }

    /// <summary>Puts an entry into a hole, or above it; what is later than it moves down.</summary>
    private void SiftUp_NeedsLock(int at, (long QueuedNs, PcmQueuedTimer Timer) entry)
    {
        while (at > 0 && _heap[(at - 1) / 2] is var parent && parent.QueuedNs > entry.QueuedNs)
        {
            Set_NeedsLock(at, parent);
            at = (at - 1) / 2;
        }

        Set_NeedsLock(at, entry);
    }

    /// <summary>Moves a hole down until an entry fits into it.</summary>
    /// <returns>Where the hole is then.</returns>
    private int SiftDown_NeedsLock(int at, (long QueuedNs, PcmQueuedTimer Timer) entry)
    {
        while ((2 * at) + 1 < _count)
        {
            int child = (2 * at) + 1;
            if (child + 1 < _count && _heap[child + 1].QueuedNs < _heap[child].QueuedNs)
            {
                child++;
            }

            if (_heap[child].QueuedNs >= entry.QueuedNs)
            {
                break;
            }

            Set_NeedsLock(at, _heap[child]);
            at = child;
        }

        return at;
    }

    private void Set_NeedsLock(int at, (long QueuedNs, PcmQueuedTimer Timer) entry)
    {
        entry.Timer.Index = at;
        _heap[at] = entry;
    }
}
