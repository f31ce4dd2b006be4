namespace Pcm.Virtio;

/// <summary>The packed format (virtio 2.8). Slots are taken in ring order; buffer ids are separate and recycled as they come back.</summary>
internal sealed class PackedDriverVirtqueue : DriverVirtqueue
{
    private readonly ushort[] _freeIds; // a stack, [0 .. _freeIdCount)
    private int _freeIdCount;
    private int _slot;          // next to make available
    private bool _wrap;         // the wrap counter there
    private int _usedSlot;      // next to be used
    private bool _usedWrap;     // the wrap counter there
    private int _batchSlot;     // first slot added since the last publication
    private ushort _batchFlags; // its flags, withheld until then
    private int _undecided;     // slots added since the last notification decision

    public PackedDriverVirtqueue(VirtqueueLayout layout, VirtioFeatures features, DmaAllocator dma, int indirectDescriptors)
        : base(layout, features, dma, indirectDescriptors)
    {
        _freeIds = new ushort[layout.Size];
        ResetCore();
    }

    private int DriverEvent => Layout.DriverAreaOffset;

    private int DeviceEvent => Layout.DeviceAreaOffset;

    private protected override int AddCore(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, int count, bool indirect)
    {
        ushort id = _freeIds[--_freeIdCount];
        var list = new ListWriter { First = _slot, Left = indirect ? 1 : count };
        if (indirect)
        {
            DmaSlice table = TableOf(id, count);
            int at = id * IndirectDescriptors;
            WriteTable(readable, 0, ref at);
            WriteTable(writable, RingDescriptor.Write, ref at);
            WriteSlot(table, RingDescriptor.Indirect, id, ref list);
        }
        else
        {
            WriteList(readable, 0, id, ref list);
            WriteList(writable, RingDescriptor.Write, id, ref list);
        }

        if (Unpublished == 0)
        {
            // The device reads slots in order and stops at the first that is not available: this one hides the whole batch.
            _batchSlot = list.First;
            _batchFlags = list.FirstFlags;
        }
        else
        {
            // virtio 2.8.21: the first descriptor of a list is made available last.
            Rings.StoreRelease16(FlagsOf(list.First), list.FirstFlags);
        }

        return id;
    }

    private protected override void PublishCore() => Rings.StoreRelease16(FlagsOf(_batchSlot), _batchFlags);

    private protected override bool WantsNotification()
    {
        int added = _undecided;
        _undecided = 0;
        uint wish = Rings.LoadAcquire32(DeviceEvent); // position and flags belong together: one load
        ushort flags = (ushort)((wish >> 16) & 3);
        return flags == NotificationRule.PackedAtPosition && HasEventIndex
            ? NotificationRule.NeedEventPacked((ushort)wish, _slot, _wrap, added, Size)
            : flags != NotificationRule.PackedDisable;
    }

    private protected override bool TryReadUsed(out uint id, out uint length)
    {
        id = 0;
        length = 0;
        if (!HasUsed())
        {
            return false;
        }

        // The flag WRITE would say whether the length counts (virtio 2.8.3). It is not looked at: a device that forgets it would seem to have
        // written nothing, and the clamp to the message's writable bytes is what protects us.
        int slot = _usedSlot * VirtqueueLayout.DescriptorBytes;
        id = Rings.Load16(slot + 12);
        length = Rings.Load32(slot + 8);
        return true;
    }

    private protected override bool HasUsed()
    {
        ushort flags = Rings.LoadAcquire16(FlagsOf(_usedSlot)); // acquire: id, length and payload are read after the flags
        bool available = (flags & RingDescriptor.Available) != 0;
        bool used = (flags & RingDescriptor.Used) != 0;
        return available == used && used == _usedWrap;
    }

    private protected override void RetireCore(ushort id, int descriptors)
    {
        _freeIds[_freeIdCount++] = id;
        _usedSlot += descriptors;
        if (_usedSlot >= Size)
        {
            _usedSlot -= Size;
            _usedWrap = !_usedWrap;
        }
    }

    private protected override string DescribeUsed() => $"used index {_usedSlot} (wrap {(_usedWrap ? 1 : 0)}), where {(HasUsed() ? "an answer lies" : "nothing lies")}";

    private protected override void RequestInterrupt() => Rings.StoreRelease32(DriverEvent, HasEventIndex
        ? (uint)_usedSlot | (_usedWrap ? 1u << 15 : 0) | ((uint)NotificationRule.PackedAtPosition << 16)
        : NotificationRule.PackedEnable);

    private protected override void SuppressInterrupts() => Rings.StoreRelease32(DriverEvent, (uint)NotificationRule.PackedDisable << 16);

    private protected override void ResetCore()
    {
        for (int i = 0; i < Size; i++)
        {
            _freeIds[i] = (ushort)(Size - 1 - i);
        }

        _freeIdCount = Size;
        FreeDescriptors = Size;
        _slot = 0;
        _wrap = true;
        _usedSlot = 0;
        _usedWrap = true;
        _undecided = 0;
    }

    private static int FlagsOf(int slot) => (slot * VirtqueueLayout.DescriptorBytes) + RingDescriptor.PackedFlagsOffset;

    private void WriteList(ReadOnlySpan<DmaSlice> slices, ushort flags, ushort id, ref ListWriter list)
    {
        foreach (DmaSlice slice in slices)
        {
            if (slice.Length != 0)
            {
                WriteSlot(slice, flags, id, ref list);
            }
        }
    }

    private void WriteSlot(DmaSlice slice, ushort flags, ushort id, ref ListWriter list)
    {
        list.Left--;
        flags |= (ushort)((list.Left == 0 ? 0 : RingDescriptor.Next) | (_wrap ? RingDescriptor.Available : RingDescriptor.Used));
        if (list.HasFirst)
        {
            Rings.StoreDescriptor(_slot, RingDescriptor.Packed(slice, id, flags));
        }
        else
        {
            // All but the flags: the device may look at this slot at any time.
            int at = _slot * VirtqueueLayout.DescriptorBytes;
            Rings.Store64(at, slice.DeviceAddress);
            Rings.Store32(at + 8, slice.Length);
            Rings.Store16(at + 12, id);
            list.FirstFlags = flags;
            list.HasFirst = true;
        }

        _undecided++;
        if (++_slot == Size)
        {
            _slot = 0;
            _wrap = !_wrap;
        }
    }

    /// <summary>In the packed format a table's entries follow each other and have no flag but WRITE (virtio 2.8.7).</summary>
    private void WriteTable(ReadOnlySpan<DmaSlice> slices, ushort flags, ref int at)
    {
        foreach (DmaSlice slice in slices)
        {
            if (slice.Length != 0)
            {
                Tables.StoreDescriptor(at++, RingDescriptor.Packed(slice, 0, flags));
            }
        }
    }

    /// <summary>One list being written: how many slots are to come, and the flags of the first, which are stored last.</summary>
    private struct ListWriter
    {
        public int First;
        public int Left;
        public bool HasFirst;
        public ushort FirstFlags;
    }
}
