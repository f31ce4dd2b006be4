namespace Pcm;

/// <summary>
/// An asynchronous mutex, held across awaits. First come, first served; ownership is handed over, so that nobody overtakes.
/// Not a SemaphoreSlim, because its waiters resume on the thread pool, where a virtual clock has no say.
/// </summary>
/// <param name="services">Clock and scheduler.</param>
/// <remarks>Thread safety: any thread.</remarks>
public sealed class PcmGate(PcmServices services)
{
    private const int Free = 0;
    private const int Taken = 1;
    private const int Contended = 2; // taken, and somebody may wait in the queue

    private readonly Lock _lock = new();
    private readonly PcmWaitQueue _waiters = new();
    private readonly PcmWaiterPool _pool = new(services);
    private int _state;

    /// <summary>Enters if that needs no waiting.</summary>
    /// <remarks>One atomic operation, as <see cref="Exit"/>: every verb passes here (row "stop, prepare, start" of bench/Pcm.Bench).</remarks>
    public bool TryEnter() => Interlocked.CompareExchange(ref _state, Taken, Free) == Free;

    /// <summary>Enters, waiting if need be.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="OperationCanceledException">Cancelled before the gate was free; it is not held.</exception>
    public ValueTask EnterAsync(CancellationToken cancellationToken) => TryEnter() ? default : EnterSlowAsync(cancellationToken);

    /// <summary>Leaves, handing over to the first who waits. Context: the gate is held.</summary>
    public void Exit()
    {
        if (Interlocked.CompareExchange(ref _state, Free, Taken) != Taken)
        {
            ExitSlow();
        }
    }

    private void ExitSlow()
    {
        // A contended gate changes here only, and becomes contended under the same lock, so that nobody who waits is missed.
        lock (_lock)
        {
            bool handedOver = _waiters.WakeOne(); // if one woke, the gate stays taken: it is the waiter's now
            Volatile.Write(ref _state, !handedOver ? Free : _waiters.IsEmpty ? Taken : Contended);
        }
    }

    private async ValueTask EnterSlowAsync(CancellationToken cancellationToken)
    {
        PcmWaiter waiter;
        lock (_lock)
        {
            do
            {
                if (TryEnter())
                {
                    return;
                }
            }
            while (Interlocked.CompareExchange(ref _state, Contended, Taken) == Free);

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
