namespace Pcm;

/// <summary>
/// Somebody to be told when <see cref="PcmSubstream.Poll()"/> has something to report, for event loops and devices that have no use for a task
/// (alsa-lib's async handler). Made once, and handed to <see cref="PcmSubstream.Poll(PcmPollCallback)"/> whenever there is nothing to report.
/// Lifetime: the substream holds it from there until it was called, or the session ended, which calls it too.
/// </summary>
/// <remarks>
/// Nothing is allocated by waiting. Belongs to one substream at a time. Thread safety: as <see cref="PcmSubstream.Poll(PcmPollCallback)"/>;
/// the callback runs where its scheduler runs it.
/// </remarks>
public sealed class PcmPollCallback
{
    /// <summary>Makes it.</summary>
    /// <param name="scheduler">Runs the callback; asked under the stream's lock, as <see cref="PcmScheduler.Schedule"/> allows.</param>
    /// <param name="callback">A static delegate, so that nothing is allocated. May be called for nothing: look with Poll.</param>
    /// <param name="state">Passed to <paramref name="callback"/>.</param>
    public PcmPollCallback(PcmScheduler scheduler, Action<object?> callback, object? state)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentNullException.ThrowIfNull(callback);
        Entry = new CallbackEntry(scheduler, callback, state);
    }

    internal PcmWaitEntry Entry { get; }

    /// <summary>Stands in the queue at most once; who takes it out calls it, and it may be put in again.</summary>
    private sealed class CallbackEntry(PcmScheduler scheduler, Action<object?> callback, object? state) : PcmWaitEntry
    {
        public override bool Signal(PcmWake wake)
        {
            scheduler.Schedule(callback, state);
            return true;
        }
    }
}
