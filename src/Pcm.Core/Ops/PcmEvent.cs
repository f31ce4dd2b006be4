namespace Pcm;

/// <summary>
/// Something that a backend waits for, once at a time: an answer, an empty queue. Its wait obeys the injected clock and resumes through the injected
/// scheduler, so that it is as deterministic as the rest on a virtual clock; a TaskCompletionSource is not. Reused, so that waiting allocates nothing.
/// </summary>
/// <remarks>Thread safety: one waiter; <see cref="TrySet"/> from any thread, also under a lock, never runs the waiter's code.</remarks>
public sealed class PcmEvent
{
    private readonly PcmWaiter _waiter;

    /// <summary>An event that is not armed.</summary>
    /// <param name="services">Clock and scheduler.</param>
    public PcmEvent(PcmServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _waiter = new PcmWaiter(services);
    }

    /// <summary>Makes the event unset and ready for one wait. Context: before what will set it is started; nobody waits.</summary>
    public void Arm() => _waiter.Arm(blocking: false);

    /// <summary>Sets the event. Context: any thread, possibly under a lock.</summary>
    /// <returns>False when it was set, timed out or cancelled before.</returns>
    public bool TrySet() => _waiter.Signal(PcmWake.Woken);

    /// <summary>Waits, once for each <see cref="Arm"/>. Context: no lock held.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait with an exception.</param>
    /// <returns>False when the time was up first.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        PcmWake wake = await _waiter.WaitAsync(timeout, cancellationToken);
        _waiter.Disarm();
        if (wake == PcmWake.Cancelled)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        return wake == PcmWake.Woken;
    }
}
