using System.Runtime.CompilerServices;

namespace Pcm.Virtio;

/// <summary>The split format (virtio 2.7). Free descriptors are a list through a private copy of the links.</summary>
internal struct SplitDriverRing : IDriverRing
{
    private const ushort NoInterrupt = 1;
    private const ushort NoNotify = 1;
    private const int Flags = 0;
    private const int Index = 2;
    private const int Ring = 4;

    private readonly DriverRingMemory _memory;
    private readonly bool _hasEventIndex;
    private readonly int _mask;
    private readonly ushort[] _next; // the links the device sees may be changed by it; these may not
    private ushort _freeHead;
    private ushort _added; // avail.idx when all is published
    private ushort _usedSeen;
    private ushort _decided; // avail.idx at the last notification decision

    public SplitDriverRing(in DriverRingMemory memory, bool hasEventIndex)
    {
        _memory = memory;
        _hasEventIndex = hasEventIndex;
        _mask = memory.Layout.Size - 1;
        _next = new ushort[memory.Layout.Size];
        Reset();
    }

    private readonly int UsedEvent => Ring + (2 * _next.Length);

    private readonly int AvailEvent => Ring + (8 * _next.Length);

    public void Reset()
    {
        for (int i = 0; i < _next.Length; i++)
        {
            _next[i] = (ushort)(i + 1);
        }

        _freeHead = 0;
        _added = 0;
        _usedSeen = 0;
        _decided = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // so that its results stay in registers: 1 ns of the row "completion and resubmission"
    public int Add(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, out ushort last, out int count, out ulong writableBytes)
    {
        // All in locals: through fields, each link would wait for the store of the one before, and a message that turns out bad leaves no trace. Each
        // descriptor is linked to the next, and at the end the last one's link is taken away.
        RingMemory descriptors = _memory.Descriptors;
        ushort[] links = _next;
        ushort next = _freeHead, tail = next;
        int slices = 0;
        ulong bytes = 0;
        foreach (DmaSlice slice in readable)
        {
            if (slice.Length != 0)
            {
                slices++;
                bytes += slice.Length;
                tail = next;
                next = links[tail];
                descriptors.StoreDescriptor(tail, RingDescriptor.Split(slice, RingDescriptor.Next, next));
            }
        }

        ulong readableBytes = bytes;
        foreach (DmaSlice slice in writable)
        {
            if (slice.Length != 0)
            {
                slices++;
                bytes += slice.Length;
                tail = next;
                next = links[tail];
                descriptors.StoreDescriptor(tail, RingDescriptor.Split(slice, RingDescriptor.Write | RingDescriptor.Next, next));
            }
        }

        last = tail;
        count = slices;
        writableBytes = bytes - readableBytes;
        if (bytes - 1 > uint.MaxValue) // none, or too many
        {
            return -1;
        }

        descriptors.Store32((tail * VirtqueueLayout.DescriptorBytes) + RingDescriptor.SplitFlagsOffset, bytes == readableBytes ? 0u : RingDescriptor.Write);
        return Offer(next);
    }

    public int AddIndirect(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, int count)
    {
        int at = 0;
        ushort next = _next[_freeHead];
        WriteTable(readable, 0, count, ref at);
        WriteTable(writable, RingDescriptor.Write, count, ref at);
        _memory.Descriptors.StoreDescriptor(_freeHead, RingDescriptor.Split(_memory.TableOf(_freeHead, count), RingDescriptor.Indirect, 0));
        return Offer(next);
    }

    public bool Publish()
    {
        _memory.DriverArea.StoreFenced16(Index, _added);
        return _hasEventIndex ? IsEventReached() : (_memory.DeviceArea.LoadAcquire16(Flags) & NoNotify) == 0;
    }

    // Acquire: the entry and the payload are read after the index.
    public readonly int CountUsed() => (ushort)(_memory.DeviceArea.LoadAcquire16(Index) - _usedSeen);

    public readonly void ReadUsed(out uint id, out uint length)
    {
        int entry = Ring + (8 * (_usedSeen & _mask));
        id = _memory.DeviceArea.Load32(entry);
        length = _memory.DeviceArea.Load32(entry + 4);
    }

    public void Retire(ushort id, ushort last, int descriptors)
    {
        _next[last] = _freeHead;
        _freeHead = id;
        _usedSeen++;
    }

    public readonly string DescribeUsed() => $"used index {_memory.DeviceArea.LoadAcquire16(Index)}, {_usedSeen} taken";

    public readonly void RequestInterrupt()
    {
        if (_hasEventIndex)
        {
            _memory.DriverArea.StoreFenced16(UsedEvent, _usedSeen); // "when the entry with this index is used"; avail.flags stays 0
        }
        else
        {
            _memory.DriverArea.StoreFenced16(Flags, 0);
        }
    }

    public readonly void SuppressInterrupts()
    {
        if (_hasEventIndex)
        {
            // An index already passed: silent for the next 65535 entries, after which one needless interrupt may come.
            _memory.DriverArea.StoreRelease16(UsedEvent, (ushort)(_usedSeen - 1));
        }
        else
        {
            _memory.DriverArea.StoreRelease16(Flags, NoInterrupt);
        }
    }

    private bool IsEventReached()
    {
        ushort before = _decided;
        _decided = _added;
        return NotificationRule.NeedEvent(_memory.DeviceArea.LoadAcquire16(AvailEvent), _added, before);
    }

    /// <summary>Takes the chain up to <paramref name="next"/> from the free list, and puts it behind those that the device may see.</summary>
    private int Offer(ushort next)
    {
        ushort head = _freeHead;
        _freeHead = next;
        _memory.DriverArea.Store16(Ring + (2 * (_added & _mask)), head);
        _added++;
        return head;
    }

    /// <summary>A table's entries link to the next within the table (virtio 2.7.5.3); the last has no link.</summary>
    private readonly void WriteTable(ReadOnlySpan<DmaSlice> slices, int flags, int count, ref int at)
    {
        foreach (DmaSlice slice in slices)
        {
            if (slice.Length != 0)
            {
                int entry = (_freeHead * _memory.IndirectDescriptors) + at++;
                _memory.Tables.StoreDescriptor(entry, at == count
                    ? RingDescriptor.Split(slice, flags, 0)
                    : RingDescriptor.Split(slice, flags | RingDescriptor.Next, at));
            }
        }
    }
}
