namespace Pcm;

/// <summary>The waits for one event (the kernel's wait queue head): an intrusive list, so that nothing is allocated.</summary>
/// <remarks>Thread safety: every member under the stream lock.</remarks>
internal sealed class PcmWaitQueue
{
    private PcmWaitEntry? _head;
    private PcmWaitEntry? _tail;

    public bool IsEmpty => _head is null;

    public void Enqueue(PcmWaitEntry entry)
    {
        entry.Queue = this;
        entry.Previous = _tail;
        entry.Next = null;
        if (_tail is null)
        {
            _head = entry;
        }
        else
        {
            _tail.Next = entry;
        }

        _tail = entry;
    }

    public void Remove(PcmWaitEntry entry)
    {
        if (entry.Queue != this)
        {
            return;
        }

        if (entry.Previous is null)
        {
            _head = entry.Next;
        }
        else
        {
            entry.Previous.Next = entry.Next;
        }

        if (entry.Next is null)
        {
            _tail = entry.Previous;
        }
        else
        {
            entry.Next.Previous = entry.Previous;
        }

        entry.Queue = null;
        entry.Next = null;
        entry.Previous = null;
    }

    /// <summary>Wakes the first wait that has not ended otherwise.</summary>
    /// <returns>False when there was none.</returns>
    public bool WakeOne()
    {
        while (_head is { } entry)
        {
            Remove(entry);
            if (entry.Signal(PcmWake.Woken))
            {
                return true;
            }
        }

        return false;
    }

    public void WakeAll()
    {
        while (_head is { } entry)
        {
            Remove(entry);
            entry.Signal(PcmWake.Woken);
        }
    }
}
