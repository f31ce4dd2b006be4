namespace Pcm;

/// <summary>A timer of the real-time thread.</summary>
internal sealed class RealTimeTimer(PcmRealTimeScheduler owner, TimerCallback callback, object? state) : ITimer
{
    private TaskCompletionSource? _ended; // who disposes waits for the callback under way; guarded as the rest
    private bool _disposed;
    private bool _firing;

    /// <summary>The arming that counts; guarded by the scheduler's lock.</summary>
    public long Arming { get; set; }

    /// <summary>Guarded by the scheduler's lock.</summary>
    public TimeSpan Period { get; private set; } = Timeout.InfiniteTimeSpan;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        lock (owner.Guard)
        {
            if (_disposed)
            {
                return false;
            }

            Period = period == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : period; // as in the framework: a period of 0 fires once
            owner.Arm(this, dueTime);
            return true;
        }
    }

    /// <summary>The scheduler is about to call <see cref="Fire"/>. Context: its thread, under its lock.</summary>
    public void Begin_NeedsLock() => _firing = true;

    /// <summary>Calls the callback. Context: the scheduler's thread, no lock held.</summary>
    public void Fire()
    {
        callback(state);
        TaskCompletionSource? ended;
        lock (owner.Guard)
        {
            _firing = false;
            ended = _ended;
        }

        ended?.SetResult();
    }

    public void Dispose()
    {
        lock (owner.Guard)
        {
            _disposed = true;
            owner.Arm(this, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Completes when no callback is under way; at once when called from within it, which could not wait for itself.</summary>
    public ValueTask DisposeAsync()
    {
        lock (owner.Guard)
        {
            Dispose();
            if (!_firing || owner.IsThisThread)
            {
                return default;
            }

            _ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_ended.Task);
        }
    }
}
