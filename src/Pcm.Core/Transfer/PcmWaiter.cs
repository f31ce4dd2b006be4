using System.Threading.Tasks.Sources;

namespace Pcm;

/// <summary>Why a wait ended.</summary>
internal enum PcmWake
{
    None,
    Woken,
    TimedOut,
    Cancelled,
}

/// <summary>
/// One wait: awaited, or blocked on by a real-time thread. Pooled and reused, so that a wait allocates nothing.
/// Lifetime: rented from its substream's <see cref="PcmWaiterPool"/>, armed and enqueued under the stream lock, returned by the waiting call
/// after it ended. A continuation never runs inside the signal: it goes through the scheduler.
/// </summary>
#pragma warning disable CA1001 // The event holds nothing to free unless its WaitHandle is asked for; an idle timer is not rooted.
internal sealed class PcmWaiter : PcmWaitEntry, IValueTaskSource<PcmWake>
{
    private readonly PcmServices _services;
    private readonly ManualResetEventSlim _event = new(initialState: false, spinCount: 0);
    private ManualResetValueTaskSourceCore<PcmWake> _core; // mutable struct, not readonly
    private ITimer? _timer;
    private CancellationTokenRegistration _cancellation;
    private long _deadlineNs;
    private long _lastNs;
    private int _standstills;
    private int _wake = (int)PcmWake.Woken; // not armed: nothing to signal
    private bool _blocking;

    public PcmWaiter(PcmServices services) => _services = services;

    /// <summary>Makes the waiter ready for one wait. Call before enqueueing it.</summary>
    /// <param name="blocking">The wait is <see cref="Block"/>, not an await.</param>
    public void Arm(bool blocking)
    {
        _blocking = blocking;
        _deadlineNs = long.MaxValue;
        Volatile.Write(ref _wake, (int)PcmWake.None);
        if (blocking)
        {
            _event.Reset();
        }
        else
        {
            _core.Reset();
        }
    }

    /// <summary>Awaits the signal. Context: no lock held.</summary>
    public ValueTask<PcmWake> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            long now = _services.NowNs;
            _lastNs = now;
            _standstills = 0;
            Volatile.Write(ref _deadlineNs, now + (timeout.Ticks * 100));
            _timer ??= _services.CreateSharedTimer(static w => ((PcmWaiter)w!).OnTimer(), this);
            _timer.Change(timeout, Timeout.InfiniteTimeSpan);
        }

        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(static w => ((PcmWaiter)w!).Signal(PcmWake.Cancelled), this);
        }

        return new ValueTask<PcmWake>(this, _core.Version);
    }

    /// <summary>Blocks the thread until the signal. Context: no lock held.</summary>
    public PcmWake Block(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            if (!_services.Scheduler.Block(_event, timeout, cancellationToken))
            {
                Signal(PcmWake.TimedOut);
            }
        }
        catch (OperationCanceledException)
        {
            Signal(PcmWake.Cancelled);
        }

        return (PcmWake)Volatile.Read(ref _wake);
    }

    /// <inheritdoc/>
    public override bool Signal(PcmWake wake)
    {
        if (Interlocked.CompareExchange(ref _wake, (int)wake, (int)PcmWake.None) != (int)PcmWake.None)
        {
            return false;
        }

        if (_blocking)
        {
            _event.Set();
        }
        else
        {
            _services.Scheduler.Schedule(static w => ((PcmWaiter)w!)._core.SetResult((PcmWake)((PcmWaiter)w)._wake), this);
        }

        return true;
    }

    /// <summary>Takes the timer and the token back after the wait. Context: no lock held, because a running token callback is waited for.</summary>
    public void Disarm()
    {
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _cancellation.Dispose();
        _cancellation = default;
    }

    PcmWake IValueTaskSource<PcmWake>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<PcmWake>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<PcmWake>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void OnTimer()
    {
        // A callback of an earlier arming may come late, and the system's timers, which count milliseconds, may come a moment early. The deadline
        // tells. Either way the timer is set for what is left: nobody else would do it after an early one.
        // A clock that stood still while two timers ran is no measure: then the timers are.
        long deadlineNs = Volatile.Read(ref _deadlineNs), nowNs = _services.NowNs;
        long leftNs = deadlineNs - nowNs;
        _standstills = nowNs <= _lastNs ? _standstills + 1 : 0;
        _lastNs = nowNs;
        if (leftNs <= 0 || (_standstills == 2 && deadlineNs != long.MaxValue))
        {
            Signal(PcmWake.TimedOut);
        }
        else if (deadlineNs != long.MaxValue)
        {
            _timer!.Change(TimeSpan.FromMilliseconds((leftNs + 999_999) / 1_000_000), Timeout.InfiniteTimeSpan);
        }
    }
}
