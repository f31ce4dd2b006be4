namespace Pcm;

/// <summary>The waiters of one substream that nobody waits on now.</summary>
/// <remarks>Thread safety: every member under the stream lock, except <see cref="Dispose"/>, when nobody waits any more.</remarks>
internal sealed class PcmWaiterPool(PcmServices services) : IDisposable
{
    private PcmWaiter? _free;

    public PcmWaiter Rent()
    {
        if (_free is not { } waiter)
        {
            return new PcmWaiter(services);
        }

        _free = waiter.Next;
        waiter.Next = null;
        return waiter;
    }

    /// <summary>Takes a waiter back that is in no queue and disarmed.</summary>
    public void Return(PcmWaiter waiter)
    {
        waiter.Next = _free;
        _free = waiter;
    }

    public void Dispose()
    {
        for (PcmWaiter? waiter = _free; waiter is not null; waiter = waiter.Next)
        {
            waiter.DisposeTimer();
        }

        _free = null;
    }
}
