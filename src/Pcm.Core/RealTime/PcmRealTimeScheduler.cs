namespace Pcm;

/// <summary>
/// A scheduler on a thread of its own, with real-time priority where the system permits, and a clock whose timers fire on that thread: between
/// the hardware's period and the application's wake-up stands no thread pool, and no timer that counts in milliseconds. Give
/// <see cref="PcmServices"/> both: <c>new PcmServices(realTime.Time, realTime)</c>.
/// Work must not wait: all streams share the thread. An exception that escapes it ends the process, as on the thread pool.
/// Lifetime: dispose it last, after the cards that use it; work scheduled afterwards throws <see cref="ObjectDisposedException"/>.
/// </summary>
/// <remarks>Thread safety: every member may be called from any thread.</remarks>
public sealed class PcmRealTimeScheduler : PcmScheduler, IDisposable
{
    /// <summary>Pieces of work between two looks at the timers and at what others scheduled.</summary>
    private const int WorkPerLook = 16;

    /// <summary>
    /// With many shared timers, those within so long share a wake-up. A quarter of what the system's timers count in, because this thread's sleep is
    /// exact; by <c>Pcm.Bench.EndToEnd --only virtio --streams 1000</c> no dearer than all of it.
    /// </summary>
    private const long TimerGridNs = 250_000;

    private readonly Lock _lock = new();
    private readonly Queue<(Action<object?> Work, object? State)> _scheduled = new(); // by other threads
    private readonly Queue<(Action<object?> Work, object? State)> _ready = new(); // the thread's own: what it schedules itself needs no lock
    private readonly PriorityQueue<(RealTimeTimer Timer, long Arming), (long DueNs, long Arming)> _timers = new();
    private readonly RealTimeSleep _sleep;
    private readonly Thread _thread;
    private long _armings;
    private volatile bool _disposed;

    /// <summary>Starts the thread and asks the system for what the options want; <see cref="Grant"/> says what it gave.</summary>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">The priority is not 0 .. 99.</exception>
    public PcmRealTimeScheduler(PcmRealTimeOptions? options = null)
        : this(options ?? new PcmRealTimeOptions(), RealTimeSleep.Create())
    {
    }

    internal PcmRealTimeScheduler(PcmRealTimeOptions options, RealTimeSleep sleep)
    {
        Check(options);
        _sleep = sleep;
        var clock = new Clock(this);
        Time = clock;
        SharedTimers = new PcmTimerQueue(clock, TimerGridNs);
        using var asked = new ManualResetEventSlim();
        PcmRealTimeGrant? grant = null;
        _thread = new Thread(() =>
        {
            grant = RealTimeNative.Ask(options);
            asked.Set();
            Run();
        })
        {
            IsBackground = true,
            Name = options.ThreadName,
        };
        _thread.Start();
        asked.Wait();
        Grant = grant!;
    }

    /// <summary>The system's clock, with timers that fire on this thread, to the nanosecond where the system can.</summary>
    public TimeProvider Time { get; }

    /// <summary>What the system granted.</summary>
    public PcmRealTimeGrant Grant { get; }

    /// <summary>
    /// Asks the same for the calling thread: one of the application's own that waits in <see cref="PcmSubstream.WriteBlocking"/>, say. Without it the
    /// scheduler's thread is punctual, and what it wakes waits behind whatever else the processors have to do. It holds until the thread ends, and for it
    /// alone: the threads that it starts are ordinary ones (SCHED_RESET_ON_FORK).
    /// Context: a thread that the caller started; not one of a thread pool, which others use afterwards.
    /// </summary>
    /// <param name="options">Null: the defaults. The name is not used.</param>
    /// <returns>What the system granted; a refusal is no error.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The priority is not 0 .. 99.</exception>
    public static PcmRealTimeGrant PromoteThisThread(PcmRealTimeOptions? options = null)
    {
        options ??= new PcmRealTimeOptions();
        Check(options);
        return RealTimeNative.Ask(options);
    }

    /// <inheritdoc/>
    public override void Schedule(Action<object?> work, object? state)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (IsThisThread)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _ready.Enqueue((work, state)); // it looks again before it sleeps
            return;
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _scheduled.Enqueue((work, state));
        }

        _sleep.Wake();
    }

    /// <summary>Ends the thread after the work that is ready; timers fire no more. Context: not from work of this scheduler.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _sleep.Wake();
        _thread.Join();
        _sleep.Dispose();
    }

    /// <summary>Where <see cref="PcmServices.CreateSharedTimer"/> makes timers of this clock.</summary>
    internal PcmTimerQueue SharedTimers { get; }

    internal bool IsThisThread => Thread.CurrentThread == _thread;

    /// <summary>Arms a timer anew; with <see cref="Timeout.InfiniteTimeSpan"/> it fires no more. Context: any thread.</summary>
    internal void Arm(RealTimeTimer timer, TimeSpan due)
    {
        lock (_lock)
        {
            timer.Arming = ++_armings; // what is queued under another number is stale, and is dropped when its time comes
            if (due == Timeout.InfiniteTimeSpan || _disposed)
            {
                return;
            }

            _timers.Enqueue((timer, timer.Arming), (_sleep.NowNs + (due.Ticks * 100), timer.Arming));
        }

        if (!IsThisThread)
        {
            _sleep.Wake(); // the thread itself looks again before it sleeps
        }
    }

    private static void Check(PcmRealTimeOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Priority);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Priority, 99);
    }

    private void Run()
    {
        while (true)
        {
            RealTimeTimer? timer = null;
            long nextNs;
            lock (_lock)
            {
                nextNs = NextDue_NeedsLock(out timer);
                while (_scheduled.TryDequeue(out (Action<object?>, object?) scheduled))
                {
                    _ready.Enqueue(scheduled);
                }

                if (timer is null && _ready.Count == 0 && _disposed)
                {
                    return;
                }
            }

            if (timer is not null)
            {
                timer.Fire(); // before ready work: it is due by the clock
            }
            else if (_ready.Count == 0)
            {
                _sleep.Until(nextNs);
            }
            else
            {
                RunReady();
            }
        }
    }

    private void RunReady()
    {
        for (int i = 0; i < WorkPerLook && _ready.TryDequeue(out (Action<object?> Work, object? State) ready); i++)
        {
            ready.Work(ready.State);
        }
    }

    /// <summary>Takes the timer that is due.</summary>
    /// <returns>When the next one is, if none is now.</returns>
    private long NextDue_NeedsLock(out RealTimeTimer? due)
    {
        due = null;
        while (_timers.TryPeek(out (RealTimeTimer Timer, long Arming) next, out (long DueNs, long) when))
        {
            bool stale = next.Timer.Arming != next.Arming;
            if (!stale && when.DueNs > _sleep.NowNs)
            {
                return when.DueNs;
            }

            _timers.Dequeue();
            if (!stale && !_disposed)
            {
                due = next.Timer;
                due.Begin_NeedsLock();
                if (due.Period != Timeout.InfiniteTimeSpan)
                {
                    due.Arming = ++_armings;
                    _timers.Enqueue((due, due.Arming), (when.DueNs + (due.Period.Ticks * 100), due.Arming)); // from the due time: lateness does not add up
                }

                return 0;
            }
        }

        return long.MaxValue;
    }

    internal Lock Guard => _lock;

    private sealed class Clock(PcmRealTimeScheduler owner) : TimeProvider, IPcmSharedTimers
    {
        PcmTimerQueue IPcmSharedTimers.Timers => owner.SharedTimers;

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => owner._sleep.NowNs;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ArgumentNullException.ThrowIfNull(callback);
            var timer = new RealTimeTimer(owner, callback, state);
            timer.Change(dueTime, period);
            return timer;
        }
    }
}
