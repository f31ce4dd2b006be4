namespace Pcm;

/// <summary>
/// An asynchronous mutex, held across awaits. First come, first served; ownership is handed over, so that nobody overtakes.
/// Not a SemaphoreSlim, because its waiters resume on the thread pool, where a virtual clock has no say.
/// </summary>
/// <param name="services">Clock and scheduler.</param>
/// <remarks>Thread safety: any thread.</remarks>
public sealed class PcmGate(PcmServices services)
{
    private readonly Lock _lock = new();
    private readonly PcmWaitQueue _waiters = new();
    private readonly PcmWaiterPool _pool = new(services);
    private bool _taken;

    /// <summary>Enters if that needs no waiting.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_taken)
            {
                return false;
            }

            return _taken = true;
        }
    }

    /// <summary>Enters, waiting if need be.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="OperationCanceledException">Cancelled before the gate was free; it is not held.</exception>
    public ValueTask EnterAsync(CancellationToken cancellationToken) => TryEnter() ? default : EnterSlowAsync(cancellationToken);

    /// <summary>Leaves, handing over to the first who waits. Context: the gate is held.</summary>
    public void Exit()
    {
        lock (_lock)
        {
            _taken = _waiters.WakeOne(); // if one woke, the gate stays taken: it is the waiter's now
        }
    }

    private async ValueTask EnterSlowAsync(CancellationToken cancellationToken)
    {
        PcmWaiter waiter;
        lock (_lock)
        {
            if (!_taken)
            {
                _taken = true;
                return;
            }

            waiter = _pool.Rent();
            waiter.Arm(blocking: false);
            _waiters.Enqueue(waiter);
        }

        PcmWake wake = await waiter.WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);
        waiter.Disarm();
        lock (_lock)
        {
            _waiters.Remove(waiter);
            _pool.Return(waiter);
        }

        if (wake == PcmWake.Cancelled)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }
}
