namespace Pcm;

/// <summary>The waiters of one substream that nobody waits on now.</summary>
/// <remarks>Thread safety: every member under the stream lock.</remarks>
internal sealed class PcmWaiterPool(PcmServices services)
{
    private PcmWaiter? _free;

    public PcmWaiter Rent()
    {
        if (_free is not { } waiter)
        {
            return new PcmWaiter(services);
        }

        _free = (PcmWaiter?)waiter.Next;
        waiter.Next = null;
        return waiter;
    }

    /// <summary>Takes a waiter back that is in no queue and disarmed.</summary>
    public void Return(PcmWaiter waiter)
    {
        waiter.Next = _free;
        _free = waiter;
    }
}
