namespace Pcm;

/// <summary>A timer of a <see cref="PcmTimerQueue"/>.</summary>
/// <remarks>Thread safety: as <see cref="ITimer"/>, any thread; two that arm it at once have the later of the two outcomes.</remarks>
internal sealed class PcmQueuedTimer(PcmTimerQueue queue, TimerCallback callback, object? state) : ITimer
{
    /// <summary>A disarmed timer whose entry would come up later than this is taken out at once, so that it does not keep its state alive.</summary>
    private const long LongNs = 1_000_000_000;

    /// <summary>When it is due; <see cref="PcmTimerQueue.Never"/> while disarmed. Any thread writes it.</summary>
    public long DueNs = PcmTimerQueue.Never;

    /// <summary>Where its entry is in the heap, not later than <see cref="DueNs"/>; Never without one. Written under the queue's lock.</summary>
    public long QueuedNs = PcmTimerQueue.Never;

    private long _periodNs;

    /// <summary>Its place in the heap; -1 without one. Under the queue's lock, as the rest.</summary>
    public int Index { get; set; } = -1;

    public bool IsDisposed { get; set; }

    /// <summary>Who disposes waits for the callback under way.</summary>
    public TaskCompletionSource? Ended { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (IsDisposed)
        {
            return false;
        }

        _periodNs = period > TimeSpan.Zero ? period.Ticks * 100 : 0; // as in the framework: a period of 0 fires once
        if (dueTime < TimeSpan.Zero)
        {
            Volatile.Write(ref DueNs, PcmTimerQueue.Never);
            if (Volatile.Read(ref QueuedNs) is var queuedNs && queuedNs != PcmTimerQueue.Never && queuedNs - queue.RecentNs > LongNs)
            {
                queue.Forget(this);
            }

            return true;
        }

        long dueNs = queue.NowNs + (dueTime.Ticks * 100);
        Interlocked.Exchange(ref DueNs, dueNs); // with a full fence before the look: see TryCollect
        if (Volatile.Read(ref QueuedNs) > dueNs)
        {
            queue.Queue(this);
        }

        return true;
    }

    /// <summary>Claims the firing of a timer that is due, and arms it for its next period. False when it is not due, or not any more.</summary>
    public bool TryClaim(long nowNs)
    {
        long dueNs = Volatile.Read(ref DueNs);
        long nextNs = _periodNs > 0 && dueNs != PcmTimerQueue.Never ? dueNs + _periodNs : PcmTimerQueue.Never;
        return dueNs <= nowNs && Interlocked.CompareExchange(ref DueNs, nextNs, dueNs) == dueNs;
    }

    public void Call() => callback(state);

    public void Dispose() => queue.End(this);

    public ValueTask DisposeAsync() => new(queue.End(this));
}
