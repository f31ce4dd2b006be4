using System.Runtime.CompilerServices;

namespace Pcm.Virtio;

/// <summary>The packed format (virtio 2.8). Slots are taken in ring order; buffer ids are separate and recycled as they come back.</summary>
internal struct PackedDriverRing : IDriverRing
{
    private const ushort Both = RingDescriptor.Available | RingDescriptor.Used;

    private readonly DriverRingMemory _memory;
    private readonly bool _hasEventIndex;
    private readonly ushort[] _freeIds; // a stack, [0 .. _freeIdCount)
    private int _freeIdCount;
    private int _slot;          // next to make available
    private ushort _lap;        // the flags that say so there: AVAIL where the wrap counter is 1, else USED
    private int _usedSlot;      // next to be used
    private ushort _usedLap;    // the flags that say so there: both where the wrap counter is 1, else none
    private int _batchSlot;     // first slot added since the last publication; none: -1
    private ushort _batchFlags; // its flags, withheld until then

    public PackedDriverRing(in DriverRingMemory memory, bool hasEventIndex)
    {
        _memory = memory;
        _hasEventIndex = hasEventIndex;
        _freeIds = new ushort[memory.Layout.Size];
        Reset();
    }

    public void Reset()
    {
        for (int i = 0; i < _freeIds.Length; i++)
        {
            _freeIds[i] = (ushort)(_freeIds.Length - 1 - i);
        }

        _freeIdCount = _freeIds.Length;
        _slot = 0;
        _lap = RingDescriptor.Available;
        _usedSlot = 0;
        _usedLap = Both;
        _batchSlot = -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // so that its results stay in registers: 1 ns of the row "completion and resubmission"
    public int Add(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, out ushort last, out int count, out ulong writableBytes)
    {
        // All in locals: a field would be stored and loaded for each slot. The device may look at the first slot at any time, so that gets flags of
        // another lap, with which it is neither available nor used, and is made available last (virtio 2.8.21); it hides the others. Each goes on to
        // the next until the last one is known.
        RingMemory descriptors = _memory.Descriptors;
        int top = _freeIdCount - 1, id = _freeIds[top];
        int size = _freeIds.Length, slot = _slot, lap = _lap, flags = lap ^ Both, written = 0;
        ulong bytes = 0;
        foreach (DmaSlice slice in readable)
        {
            if (slice.Length != 0)
            {
                bytes += slice.Length;
                written = flags | RingDescriptor.Next;
                descriptors.StoreDescriptor(slot, RingDescriptor.Packed(slice, id, written));
                flags = lap;
                if (++slot == size)
                {
                    slot = 0;
                    lap ^= Both;
                    flags = lap;
                }
            }
        }

        ulong readableBytes = bytes;
        foreach (DmaSlice slice in writable)
        {
            if (slice.Length != 0)
            {
                bytes += slice.Length;
                written = flags | RingDescriptor.Next | RingDescriptor.Write;
                descriptors.StoreDescriptor(slot, RingDescriptor.Packed(slice, id, written));
                flags = lap;
                if (++slot == size)
                {
                    slot = 0;
                    lap ^= Both;
                    flags = lap;
                }
            }
        }

        int first = _slot;
        last = (ushort)id;
        count = slot > first ? slot - first : slot - first + size;
        writableBytes = bytes - readableBytes;
        if (bytes - 1 > uint.MaxValue) // none, or too many
        {
            count = bytes == 0 ? 0 : count;
            Hide(count);
            return -1;
        }

        int firstFlags = (written ^ Both) & ~RingDescriptor.Next;
        if (count > 1)
        {
            descriptors.Store16(FlagsOf((slot == 0 ? size : slot) - 1), (ushort)(written & ~RingDescriptor.Next));
            firstFlags = _lap | RingDescriptor.Next | (readableBytes == 0 ? RingDescriptor.Write : 0);
        }

        _freeIdCount = top;
        _slot = slot;
        _lap = (ushort)lap;
        Offer(first, (ushort)firstFlags);
        return id;
    }

    public int AddIndirect(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, int count)
    {
        ushort id = _freeIds[--_freeIdCount];
        int at = id * _memory.IndirectDescriptors, slot = _slot;
        WriteTable(readable, 0, ref at);
        WriteTable(writable, RingDescriptor.Write, ref at);
        ushort flags = (ushort)(_lap | RingDescriptor.Indirect);
        _memory.Descriptors.StoreDescriptor(slot, RingDescriptor.Packed(_memory.TableOf(id, count), id, flags ^ Both));
        if (++_slot == _freeIds.Length)
        {
            _slot = 0;
            _lap ^= Both;
        }

        Offer(slot, flags);
        return id;
    }

    public bool Publish()
    {
        int first = _batchSlot;
        _batchSlot = -1;
        _memory.Descriptors.StoreFenced16(FlagsOf(first), _batchFlags);
        uint wish = _memory.DeviceArea.LoadAcquire32(0); // position and flags belong together: one load
        ushort flags = (ushort)((wish >> 16) & 3);
        return flags == NotificationRule.PackedAtPosition && _hasEventIndex
            ? NotificationRule.NeedEventPacked((ushort)wish, _slot, _lap == RingDescriptor.Available, SlotsFrom(first), _freeIds.Length)
            : flags != NotificationRule.PackedDisable;
    }

    // Acquire: id, length and payload are read after the flags.
    public readonly int CountUsed() => (_memory.Descriptors.LoadAcquire16(FlagsOf(_usedSlot)) & Both) == _usedLap ? 1 : 0;

    // The flag WRITE would say whether the length counts (virtio 2.8.3). It is not looked at: a device that forgets it would seem to have
    // written nothing, and the clamp to the message's writable bytes is what protects us.
    public readonly void ReadUsed(out uint id, out uint length)
    {
        int slot = _usedSlot * VirtqueueLayout.DescriptorBytes;
        id = _memory.Descriptors.Load16(slot + 12);
        length = _memory.Descriptors.Load32(slot + 8);
    }

    public void Retire(ushort id, ushort last, int descriptors)
    {
        ushort[] freeIds = _freeIds;
        freeIds[_freeIdCount++] = id;
        int slot = _usedSlot + descriptors;
        if (slot >= freeIds.Length)
        {
            slot -= freeIds.Length;
            _usedLap ^= Both;
        }

        _usedSlot = slot;
    }

    public readonly string DescribeUsed() =>
        $"used index {_usedSlot} (wrap {(_usedLap == Both ? 1 : 0)}), where {(CountUsed() != 0 ? "an answer lies" : "nothing lies")}";

    public readonly void RequestInterrupt() => _memory.DriverArea.StoreFenced32(0, _hasEventIndex
        ? (uint)_usedSlot | (_usedLap == Both ? 1u << 15 : 0) | ((uint)NotificationRule.PackedAtPosition << 16)
        : NotificationRule.PackedEnable);

    public readonly void SuppressInterrupts() => _memory.DriverArea.StoreRelease32(0, (uint)NotificationRule.PackedDisable << 16);

    private static int FlagsOf(int slot) => (slot * VirtqueueLayout.DescriptorBytes) + RingDescriptor.PackedFlagsOffset;

    /// <summary>Slots from a position to the present one, at least 1.</summary>
    private readonly int SlotsFrom(int first) => _slot > first ? _slot - first : _slot - first + _freeIds.Length;

    /// <summary>
    /// Makes a list available, with the first of its slots. The device reads slots in order and stops at the first that is not available: so the first
    /// list of a batch, withheld until the publication, hides the whole batch.
    /// </summary>
    private void Offer(int first, ushort flags)
    {
        if (_batchSlot < 0)
        {
            _batchSlot = first;
            _batchFlags = flags;
        }
        else
        {
            _memory.Descriptors.StoreRelease16(FlagsOf(first), flags);
        }
    }

    /// <summary>Takes back the slots of a list that is no message: a shorter one in their place must not be followed by slots that seem available.</summary>
    private readonly void Hide(int slots)
    {
        int slot = _slot, flags = _lap ^ Both;
        for (; slots > 0; slots--)
        {
            _memory.Descriptors.Store16(FlagsOf(slot), (ushort)flags);
            if (++slot == _freeIds.Length)
            {
                slot = 0;
                flags ^= Both;
            }
        }
    }

    /// <summary>In the packed format a table's entries follow each other and have no flag but WRITE (virtio 2.8.7).</summary>
    private readonly void WriteTable(ReadOnlySpan<DmaSlice> slices, int flags, ref int at)
    {
        foreach (DmaSlice slice in slices)
        {
            if (slice.Length != 0)
            {
                _memory.Tables.StoreDescriptor(at++, RingDescriptor.Packed(slice, 0, flags));
            }
        }
    }
}
