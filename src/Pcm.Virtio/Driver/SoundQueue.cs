namespace Pcm.Virtio;

/// <summary>
/// A virtqueue with its lock and the way to notify the device; knows whose each message in flight is.
/// </summary>
/// <remarks>Thread safety: <see cref="Lock"/> guards everything; nothing is called out while it is held.</remarks>
internal sealed class SoundQueue
{
    private readonly Slot[] _slots;
    private readonly ushort[] _free;
    private readonly VirtioTransport _transport;
    private PcmSpinLock _lock;
    private int _freeCount;
    private long _kicks;
    private bool _reclaimed;

    public SoundQueue(ushort index, DriverVirtqueue ring, VirtioTransport transport)
    {
        Index = index;
        Ring = ring;
        _transport = transport;
        _slots = new Slot[ring.Size];
        _free = new ushort[ring.Size];
        _freeCount = ring.Size;
        for (int i = 0; i < _free.Length; i++)
        {
            _free[i] = (ushort)i;
        }
    }

    /// <summary>A spin lock, as the kernel's driver has: its sections move some messages between ring and owners, and none waits or calls out.</summary>
    public ref PcmSpinLock Lock => ref _lock;

    public ushort Index { get; }

    public DriverVirtqueue Ring { get; }

    /// <summary>Notifications sent.</summary>
    public long Kicks => Volatile.Read(ref _kicks);

    /// <summary>Descriptors promised to streams; each may have that many in the ring at any time.</summary>
    public int Reserved { get; private set; }

    /// <summary>Promises room for <paramref name="messages"/> of at most <paramref name="descriptors"/> each.</summary>
    public bool TryReserve(int messages, int descriptors, out int reserved)
    {
        reserved = messages * (Ring.IndirectDescriptors >= descriptors ? 1 : descriptors);
        using (Lock.EnterScope())
        {
            if (Reserved + reserved > Ring.Size)
            {
                return false;
            }

            Reserved += reserved;
            return true;
        }
    }

    public void Unreserve(int reserved)
    {
        using (Lock.EnterScope())
        {
            Reserved -= reserved;
        }
    }

    /// <summary>Adds a message; the device sees it after the next <see cref="Publish_NeedsLock"/>.</summary>
    public bool TryAdd_NeedsLock(SoundMessageOwner owner, int message, ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable)
    {
        if (_freeCount == 0 || _reclaimed)
        {
            return false;
        }

        ushort token = _free[_freeCount - 1];
        if (!Ring.TryAdd(readable, writable, token))
        {
            return false;
        }

        _freeCount--;
        _slots[token] = new Slot(owner, message, owner.Generation);
        VirtioMetrics.InFlight(Index, 1);
        return true;
    }

    /// <summary>Lets the device see what was added. True: then call <see cref="Notify"/>, without the lock.</summary>
    public bool Publish_NeedsLock() => Ring.Publish();

    public void Notify()
    {
        Interlocked.Increment(ref _kicks);
        VirtioMetrics.Kick(Index);
        _transport.Notify(Index);
    }

    /// <summary>
    /// Takes everything that the device has finished with. Owners are told under the lock to note it, and are told to act on it after the lock.
    /// </summary>
    public void Drain()
    {
        SoundMessageOwner? touched = null;
        using (Lock.EnterScope())
        {
            if (_reclaimed)
            {
                return; // what lies in the ring still was given back already
            }

            do
            {
                Ring.DisableInterrupts();
                while (Ring.TryTakeUsed(out ushort token, out uint written))
                {
                    Slot slot = _slots[token];
                    _slots[token] = default;
                    _free[_freeCount++] = token;
                    VirtioMetrics.InFlight(Index, -1);
                    SoundMessageOwner owner = slot.Owner!;
                    owner.Used_NeedsQueueLock(slot.Message, slot.Generation, written);
                    if (!owner.IsTouched)
                    {
                        owner.IsTouched = true;
                        owner.NextTouched = touched;
                        touched = owner;
                    }
                }
            }
            while (!Ring.TryEnableInterrupts());
        }

        while (touched is { } owner)
        {
            touched = owner.NextTouched;
            owner.NextTouched = null;
            owner.IsTouched = false;
            owner.AfterUsed();
        }
    }

    /// <summary>
    /// The device has lost access (reset, gone): gives every message back to its owner. The queue takes and returns nothing until <see cref="Restart"/>.
    /// </summary>
    public void Reclaim()
    {
        using (Lock.EnterScope())
        {
            _reclaimed = true;
            for (int token = 0; token < _slots.Length; token++)
            {
                if (_slots[token].Owner is { } owner)
                {
                    owner.Reclaimed_NeedsQueueLock(_slots[token].Message, _slots[token].Generation);
                    _slots[token] = default;
                    _free[_freeCount++] = (ushort)token;
                    VirtioMetrics.InFlight(Index, -1);
                }
            }
        }
    }

    /// <summary>The device was reset: gives every message back, and empties the ring for the next start.</summary>
    public void Restart()
    {
        using (Lock.EnterScope())
        {
            Reclaim(); // the lock is reentrant; a message added in between would be lost
            Ring.Reset();
            _reclaimed = false;
        }
    }

    /// <summary>Where both sides stand, for a message about a time-out.</summary>
    public override string ToString() => $"queue {Index}: {Ring}";

    private readonly record struct Slot(SoundMessageOwner? Owner, int Message, uint Generation);
}
