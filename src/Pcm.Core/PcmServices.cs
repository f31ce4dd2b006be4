using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Pcm;

/// <summary>What every card and substream needs from outside: time, a place to run later work, a logger, the options.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class PcmServices
{
    private readonly long _frequency;

    /// <summary>Services given one by one; what is null is the system clock, the thread pool, no log, default options.</summary>
    /// <param name="time">The clock of everything: pointers, time-outs, time stamps.</param>
    /// <param name="scheduler">Where deferred work and continuations run.</param>
    /// <param name="loggerFactory">Where the log goes.</param>
    /// <param name="options">Settings of the core.</param>
    /// <param name="decorators">Wrapped around the ops of every card that is made with these services, the first innermost.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PcmServices(
        TimeProvider? time = null, PcmScheduler? scheduler = null, ILoggerFactory? loggerFactory = null, PcmOptions? options = null,
        IEnumerable<PcmOpsDecorator>? decorators = null)
    {
        Time = time ?? TimeProvider.System;
        _frequency = Time.TimestampFrequency;
        Scheduler = scheduler ?? PcmScheduler.ThreadPool;
        LoggerFactory = loggerFactory ?? NullLoggerFactory.Instance;
        Options = options ?? new PcmOptions();
        Decorators = decorators is null ? [] : [.. decorators];
        if (Options.Validate() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        TicksPerSecond = Options.TicksPerSecond;
    }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Where deferred work runs.</summary>
    public PcmScheduler Scheduler { get; }

    /// <summary>Where the log goes.</summary>
    public ILoggerFactory LoggerFactory { get; }

    /// <summary>Settings of the core.</summary>
    public PcmOptions Options { get; }

    /// <summary>What is wrapped around the ops of a card, the first innermost; usually nothing.</summary>
    public IReadOnlyList<PcmOpsDecorator> Decorators { get; }

    internal int TicksPerSecond { get; }

    /// <summary>The clock in nanoseconds since its own zero.</summary>
    public long NowNs => ToNanoseconds(Time.GetTimestamp(), _frequency);

    /// <summary>
    /// Makes a timer, not armed, for short work: on the system's clock all of them share one timer of the system and are called back in turn, so that
    /// a thousand streams cost little more than one; with many of them to within a millisecond. On the clock of a <see cref="PcmRealTimeScheduler"/>
    /// likewise, to within a quarter of one. On any other clock it is that clock's own.
    /// </summary>
    /// <param name="callback">Called with no lock held; must not wait.</param>
    /// <param name="state">Passed to <paramref name="callback"/>.</param>
    /// <returns>A timer whose <see cref="IAsyncDisposable.DisposeAsync"/> waits for a callback under way, unless called from within it.</returns>
    public ITimer CreateSharedTimer(TimerCallback callback, object? state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        PcmTimerQueue? shared = Time == TimeProvider.System ? PcmTimerQueue.Shared : (Time as IPcmSharedTimers)?.Timers;
        return shared is not null
            ? new PcmQueuedTimer(shared, callback, state)
            : Time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A time stamp in nanoseconds.</summary>
    internal static long ToNanoseconds(long timestamp, long frequency) =>
        frequency == 1_000_000_000 ? timestamp : (long)((Int128)timestamp * 1_000_000_000 / frequency);

    /// <summary>The same services with other decorators; none for what lies behind a card, such as the cards that a device model plays on.</summary>
    /// <param name="decorators">The decorators, the first innermost.</param>
    public PcmServices WithDecorators(params IEnumerable<PcmOpsDecorator> decorators) => new(Time, Scheduler, LoggerFactory, Options, decorators);

    /// <summary>A time of <see cref="NowNs"/> in whole ticks (the kernel's jiffies).</summary>
    /// <remarks>Seconds and rest apart: their product would not fit 64 bits, and a division of 128 bits takes longer than all else in a pointer update.</remarks>
    internal long ToTicks(long nanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(nanoseconds, 1_000_000_000);
        return (seconds * TicksPerSecond) + (rest * TicksPerSecond / 1_000_000_000);
    }
}
