namespace Pcm;

/// <summary>The waits for one event (the kernel's wait queue head): an intrusive list, so that nothing is allocated.</summary>
/// <remarks>Thread safety: every member under the stream lock.</remarks>
internal sealed class PcmWaitQueue
{
    private PcmWaiter? _head;
    private PcmWaiter? _tail;

    public bool IsEmpty => _head is null;

    public void Enqueue(PcmWaiter waiter)
    {
        waiter.Queue = this;
        waiter.Previous = _tail;
        waiter.Next = null;
        if (_tail is null)
        {
            _head = waiter;
        }
        else
        {
            _tail.Next = waiter;
        }

        _tail = waiter;
    }

    public void Remove(PcmWaiter waiter)
    {
        if (waiter.Queue != this)
        {
            return;
        }

        if (waiter.Previous is null)
        {
            _head = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _tail = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        waiter.Queue = null;
        waiter.Next = null;
        waiter.Previous = null;
    }

    /// <summary>Wakes the first wait that has not ended otherwise.</summary>
    /// <returns>False when there was none.</returns>
    public bool WakeOne()
    {
        while (_head is { } waiter)
        {
            Remove(waiter);
            if (waiter.Signal(PcmWake.Woken))
            {
                return true;
            }
        }

        return false;
    }

    public void WakeAll()
    {
        while (_head is { } waiter)
        {
            Remove(waiter);
            waiter.Signal(PcmWake.Woken);
        }
    }
}
