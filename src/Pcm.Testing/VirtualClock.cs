namespace Pcm.Testing;

/// <summary>
/// Virtual time and a single-threaded scheduler in one: a discrete-event simulation in which nothing happens at the same time by accident.
/// Work that is ready runs in the order it was scheduled; when none is left, time jumps to the next timer.
/// </summary>
/// <remarks>
/// The clock counts nanoseconds from zero. Timers due at the same instant fire in the order they were armed.
/// Thread safety: scheduling and arming are safe from any thread; advancing and running belong to one thread.
/// </remarks>
public sealed partial class VirtualClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly Queue<ReadyWork> _ready = new();
    private readonly PriorityQueue<(VirtualTimer Timer, long Arming), (long DueNs, long Arming)> _timers = new();
    private readonly DateTimeOffset _start;
    private long _nowNs;
    private long _armings;
    private long _stepsInInstant;

    /// <summary>A clock that stands at <paramref name="start"/> (default 2000-01-01 UTC).</summary>
    /// <param name="start">What <see cref="TimeProvider.GetUtcNow"/> answers at virtual time zero.</param>
    public VirtualClock(DateTimeOffset? start = null)
    {
        _start = start ?? new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Scheduler = new VirtualScheduler(this);
    }

    /// <summary>
    /// How many steps may pass without time getting on before the clock gives up with <see cref="VirtualClockStalledException"/>: work that makes more
    /// work for the same instant for ever would never come back otherwise. Default: no limit.
    /// </summary>
    public long InstantStepLimit { get; set; } = long.MaxValue;

    /// <summary>
    /// Which of several things happens next, given how many could: the ready items in the order they were scheduled, and last, when one is armed,
    /// the next timer, as if the machine were slow. Null: the oldest item. Asked with the clock's lock held.
    /// </summary>
    internal Func<int, int>? Choose { get; set; }

    /// <summary>Called before each piece of work and each timer: the place to let something happen at any one point of a program.</summary>
    public Action? BeforeStep { get; set; }

    /// <summary>The scheduler whose work this clock runs.</summary>
    public PcmScheduler Scheduler { get; }

    /// <summary>Virtual nanoseconds since the clock was made.</summary>
    public long NowNs => Volatile.Read(ref _nowNs);

    /// <summary>Virtual time since the clock was made.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(NowNs / 100);

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => NowNs;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Runs everything that is ready, and what that makes ready, without moving time.</summary>
    public void RunUntilIdle()
    {
        while (RunOne())
        {
        }
    }

    /// <summary>Moves time forward by <paramref name="duration"/>, firing timers on the way and running to quiescence after each.</summary>
    /// <param name="duration">Not negative.</param>
    public void Advance(TimeSpan duration) => AdvanceTo(NowNs + (duration.Ticks * 100));

    /// <summary>Moves time forward to an absolute virtual time, firing timers on the way and running to quiescence after each.</summary>
    /// <param name="nanoseconds">Virtual time; not in the past.</param>
    public void AdvanceTo(long nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nanoseconds, NowNs);
        RunUntilIdle();
        while (FireNext(nanoseconds))
        {
            RunUntilIdle();
        }

        Volatile.Write(ref _nowNs, nanoseconds);
    }

    /// <summary>
    /// Completes when virtual time reaches an absolute time, to the nanosecond; <see cref="Task.Delay(TimeSpan, TimeProvider)"/> knows whole milliseconds only.
    /// </summary>
    /// <param name="nanoseconds">Virtual time; in the past: completed already.</param>
    public Task WaitUntilAsync(long nanoseconds)
    {
        if (nanoseconds <= NowNs)
        {
            return Task.CompletedTask;
        }

        var reached = new TaskCompletionSource();
        var timer = new VirtualTimer(this, static source => ((TaskCompletionSource)source!).SetResult(), reached);
        lock (_lock)
        {
            Arm_NeedsLock(timer, nanoseconds);
        }

        return reached.Task;
    }

    /// <summary>
    /// Runs <paramref name="main"/> to its end, jumping from timer to timer whenever nothing is ready.
    /// Its awaits resume on the calling thread.
    /// </summary>
    /// <param name="main">The program to run in virtual time.</param>
    /// <exception cref="VirtualClockStalledException">The program waits for something that no timer and no work will bring about.</exception>
    public void Run(Func<Task> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new VirtualSynchronizationContext(this));
        try
        {
            Task task = main();
            while (!task.IsCompleted)
            {
                if (!Step(long.MaxValue) && !OthersBringWork(task))
                {
                    throw new VirtualClockStalledException(
                        $"Virtual time stands still at {Elapsed}: the program is not done, but no work is ready and no timer is armed.");
                }
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>
    /// Whether another thread is about to bring work, or the end. Code that awaits without the context, as a service provider's disposal does, goes on
    /// at the thread pool for a moment; only when nothing comes of it does the program stand still.
    /// </summary>
    private bool OthersBringWork(Task program)
    {
        for (int waits = 0; waits < 200 && !program.IsCompleted; waits++)
        {
            ((IAsyncResult)program).AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(1));
            lock (_lock)
            {
                if (_ready.Count > 0 || _timers.Count > 0)
                {
                    return true;
                }
            }
        }

        return program.IsCompleted;
    }

    /// <summary>As <see cref="Run(Func{Task})"/>, with a result.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="main">The program to run in virtual time.</param>
    public T Run<T>(Func<Task<T>> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        T? result = default;
        Func<Task> program = async () => result = await main(); // typed, or the call would choose this very overload
        Run(program);
        return result!;
    }

    /// <summary>
    /// Waits for something outside of virtual time, such as a process that starts. Virtual time stands still: the calling thread is blocked.
    /// </summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="outside">Starts it; must not wait for anything of a virtual clock's.</param>
    /// <returns>What it comes to.</returns>
    public static T StandStill<T>(Func<Task<T>> outside)
    {
        ArgumentNullException.ThrowIfNull(outside);
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null); // what it awaits goes on elsewhere: this thread is not there to do it
        try
        {
            return outside().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>One ready item, or else the next timer not later than <paramref name="limitNs"/>.</summary>
    internal bool Step(long limitNs) => (Choose is { } choose && RunChosen(choose, limitNs)) || RunOne() || FireNext(limitNs);

    /// <returns>False: there was nothing to choose, or the timer that was chosen is not due after all.</returns>
    private bool RunChosen(Func<int, int> choose, long limitNs)
    {
        ReadyWork item;
        lock (_lock)
        {
            int ready = _ready.Count;
            int options = ready + (_timers.TryPeek(out _, out (long DueNs, long Arming) due) && due.DueNs <= limitNs ? 1 : 0);
            int chosen = ready > 0 && options > 1 ? choose(options) : 0;
            if (chosen == 0)
            {
                return false;
            }

            if (chosen == ready)
            {
                item = default;
            }
            else
            {
                ReadyWork[] all = [.. _ready];
                item = all[chosen];
                _ready.Clear();
                for (int i = 0; i < all.Length; i++)
                {
                    if (i != chosen)
                    {
                        _ready.Enqueue(all[i]);
                    }
                }
            }
        }

        if (item.IsNone)
        {
            return FireNext(limitNs);
        }

        CountStep();
        item.Run();
        return true;
    }

    private bool RunOne()
    {
        ReadyWork item;
        lock (_lock)
        {
            if (!_ready.TryDequeue(out item))
            {
                return false;
            }
        }

        CountStep();
        item.Run();
        return true;
    }

    private void CountStep()
    {
        BeforeStep?.Invoke();
        if (++_stepsInInstant > InstantStepLimit)
        {
            throw new VirtualClockStalledException($"Virtual time does not get on at {Elapsed}: {InstantStepLimit} steps, and there is always more to do now.");
        }
    }

    private bool FireNext(long limitNs)
    {
        VirtualTimer timer;
        lock (_lock)
        {
            while (true)
            {
                if (!_timers.TryPeek(out (VirtualTimer Timer, long Arming) head, out (long DueNs, long Arming) due))
                {
                    return false;
                }

                if (due.DueNs > limitNs)
                {
                    return false;
                }

                _timers.Dequeue();
                timer = head.Timer;
                if (timer.QueuedArming != head.Arming)
                {
                    continue; // a sooner entry took its place
                }

                timer.QueuedArming = 0;
                if (timer.Arming != head.Arming)
                {
                    Queue_NeedsLock(timer); // re-armed for later, or disarmed
                    continue;
                }

                _stepsInInstant = due.DueNs > _nowNs ? 0 : _stepsInInstant;
                Volatile.Write(ref _nowNs, Math.Max(_nowNs, due.DueNs));
                Arm_NeedsLock(timer, timer.PeriodNs < 0 ? -1 : due.DueNs + timer.PeriodNs);
                break;
            }
        }

        CountStep();
        timer.Fire();
        return true;
    }

    private void Arm_NeedsLock(VirtualTimer timer, long dueNs)
    {
        timer.Arming = ++_armings;
        timer.DueNs = dueNs;

        // An entry that is due no later stands for this arming too: when it comes up, the timer is queued again for its real time. So a time-out that
        // is set for every wait and never passes takes one entry, not one for each wait.
        if (timer.QueuedArming == 0 || dueNs < timer.QueuedDueNs)
        {
            Queue_NeedsLock(timer);
        }
    }

    private void Queue_NeedsLock(VirtualTimer timer)
    {
        if (timer.DueNs >= 0)
        {
            timer.QueuedArming = timer.Arming;
            timer.QueuedDueNs = timer.DueNs;
            _timers.Enqueue((timer, timer.Arming), (timer.DueNs, timer.Arming));
        }
    }

    private void Enqueue(ReadyWork work)
    {
        lock (_lock)
        {
            _ready.Enqueue(work);
        }
    }
}
