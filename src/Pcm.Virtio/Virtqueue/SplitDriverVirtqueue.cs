namespace Pcm.Virtio;

/// <summary>The split format (virtio 2.7). Free descriptors are a list through a private copy of the links.</summary>
internal sealed class SplitDriverVirtqueue : DriverVirtqueue
{
    private const ushort NoInterrupt = 1;
    private const ushort NoNotify = 1;

    private readonly int _mask;
    private readonly int _availFlags;
    private readonly int _availIndex;
    private readonly int _availRing;
    private readonly int _usedEvent;
    private readonly int _usedFlags;
    private readonly int _usedIndex;
    private readonly int _usedRing;
    private readonly int _availEvent;
    private readonly ushort[] _next; // the links the device sees may be changed by it; these may not
    private ushort _freeHead;
    private ushort _usedSeen;
    private ushort _decided; // avail.idx at the last notification decision

    public SplitDriverVirtqueue(VirtqueueLayout layout, VirtioFeatures features, DmaAllocator dma, int indirectDescriptors)
        : base(layout, features, dma, indirectDescriptors)
    {
        _mask = layout.Size - 1;
        _availFlags = layout.DriverAreaOffset;
        _availIndex = _availFlags + 2;
        _availRing = _availFlags + 4;
        _usedEvent = _availRing + (2 * layout.Size);
        _usedFlags = layout.DeviceAreaOffset;
        _usedIndex = _usedFlags + 2;
        _usedRing = _usedFlags + 4;
        _availEvent = _usedRing + (8 * layout.Size);
        _next = new ushort[layout.Size];
        ResetCore();
    }

    private protected override int AddCore(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, int count, bool indirect)
    {
        ushort head = _freeHead;
        if (indirect)
        {
            DmaSlice table = TableOf(head, count);
            int first = head * IndirectDescriptors;
            int at = 0;
            WriteTable(readable, first, 0, count, ref at);
            WriteTable(writable, first, RingDescriptor.Write, count, ref at);
            Rings.StoreDescriptor(head, RingDescriptor.Split(table, RingDescriptor.Indirect, 0));
            _freeHead = _next[head];
        }
        else
        {
            int left = count;
            WriteChain(readable, 0, ref left);
            WriteChain(writable, RingDescriptor.Write, ref left);
        }

        Rings.Store16(_availRing + (2 * (Added & _mask)), head);
        return head;
    }

    private protected override void PublishCore() => Rings.StoreRelease16(_availIndex, Added);

    private protected override bool WantsNotification()
    {
        ushort before = _decided;
        _decided = Added;
        return HasEventIndex
            ? NotificationRule.NeedEvent(Rings.LoadAcquire16(_availEvent), Added, before)
            : (Rings.LoadAcquire16(_usedFlags) & NoNotify) == 0;
    }

    private protected override bool TryReadUsed(out uint id, out uint length)
    {
        id = 0;
        length = 0;
        int used = (ushort)(Rings.LoadAcquire16(_usedIndex) - _usedSeen); // acquire: the entry and the payload are read after the index
        if (used == 0)
        {
            return false;
        }

        if (used > OutstandingPublished)
        {
            return Break(VirtqueueFault.UsedIndexJumped);
        }

        int entry = _usedRing + (8 * (_usedSeen & _mask));
        id = Rings.Load32(entry);
        length = Rings.Load32(entry + 4);
        return true;
    }

    private protected override bool HasUsed() => Rings.LoadAcquire16(_usedIndex) != _usedSeen;

    private protected override void RetireCore(ushort id, int descriptors)
    {
        ushort tail = id;
        for (int i = 1; i < descriptors; i++)
        {
            tail = _next[tail];
        }

        _next[tail] = _freeHead;
        _freeHead = id;
        _usedSeen++;
    }

    private protected override string DescribeUsed() => $"used index {Rings.LoadAcquire16(_usedIndex)}, {_usedSeen} taken";

    private protected override void RequestInterrupt()
    {
        if (HasEventIndex)
        {
            Rings.StoreRelease16(_usedEvent, _usedSeen); // "when the entry with this index is used"; avail.flags stays 0
        }
        else
        {
            Rings.StoreRelease16(_availFlags, 0);
        }
    }

    private protected override void SuppressInterrupts()
    {
        if (HasEventIndex)
        {
            // An index already passed: silent for the next 65535 entries, after which one needless interrupt may come.
            Rings.StoreRelease16(_usedEvent, (ushort)(_usedSeen - 1));
        }
        else
        {
            Rings.StoreRelease16(_availFlags, NoInterrupt);
        }
    }

    private protected override void ResetCore()
    {
        for (int i = 0; i < Size; i++)
        {
            _next[i] = (ushort)(i + 1);
        }

        FreeDescriptors = Size;
        _freeHead = 0;
        _usedSeen = 0;
        _decided = 0;
    }

    private void WriteChain(ReadOnlySpan<DmaSlice> slices, ushort flags, ref int left)
    {
        foreach (DmaSlice slice in slices)
        {
            if (slice.Length != 0)
            {
                left--;
                ushort here = _freeHead;
                _freeHead = _next[here];
                Rings.StoreDescriptor(here, left == 0
                    ? RingDescriptor.Split(slice, flags, 0)
                    : RingDescriptor.Split(slice, (ushort)(flags | RingDescriptor.Next), _freeHead));
            }
        }
    }

    /// <summary>A table's entries link to the next within the table (virtio 2.7.5.3); the last has no link.</summary>
    private void WriteTable(ReadOnlySpan<DmaSlice> slices, int first, ushort flags, int count, ref int at)
    {
        foreach (DmaSlice slice in slices)
        {
            if (slice.Length != 0)
            {
                Tables.StoreDescriptor(first + at, at == count - 1
                    ? RingDescriptor.Split(slice, flags, 0)
                    : RingDescriptor.Split(slice, (ushort)(flags | RingDescriptor.Next), (ushort)(at + 1)));
                at++;
            }
        }
    }
}
