namespace Pcm.Virtio;

/// <summary>The packed format (virtio 2.8), the device's side.</summary>
internal sealed class PackedDeviceVirtqueue : DeviceVirtqueue
{
    private int _slot;      // next to pop
    private bool _wrap;     // the driver's wrap counter there
    private int _usedSlot;  // next to push
    private bool _usedWrap; // our wrap counter there
    private int _slotsHeld; // popped and not pushed
    private int _batchSlot;
    private ushort _batchFlags;
    private int _undecided; // slots used since the last interrupt decision
    private bool _forceInterrupt;

    public PackedDeviceVirtqueue(
        VirtqueueLayout layout, in VirtqueueAddresses addresses, VirtioFeatures features, GuestMemory memory, DeviceVirtqueueLimits limits, VirtqueuePosition position)
        : base(layout, addresses, features, memory, limits)
    {
        _slot = position.Available % layout.Size;
        _wrap = position.AvailableWrap;
        _usedSlot = position.Used % layout.Size;
        _usedWrap = position.UsedWrap;
        _forceInterrupt = position != new VirtqueuePosition(VirtqueueKind.Packed);
    }

    internal override VirtqueuePosition Position => new((ushort)_slot, _wrap, (ushort)_usedSlot, _usedWrap);

    private protected override bool TryReadChain(out ushort head, out int slots)
    {
        head = 0;
        slots = 0;
        if (!HasAvailable())
        {
            return false;
        }

        if (_slotsHeld == Size)
        {
            return Break(VirtqueueFault.TooManyInFlight); // the driver reused a slot that we still have
        }

        int slot = _slot;
        bool wrap = _wrap;
        while (true)
        {
            RingDescriptor descriptor = Descriptors.LoadDescriptor(slot, Size);
            if (!IsAvailable(descriptor.PackedFlags, wrap))
            {
                return Break(VirtqueueFault.ListNotAvailable);
            }

            bool hasNext = (descriptor.PackedFlags & RingDescriptor.Next) != 0;
            VirtqueueFault fault = (descriptor.PackedFlags & RingDescriptor.Indirect) != 0
                ? Builder.AddTable(descriptor.Slice, hasNext, linked: false)
                : Builder.Add(descriptor.Slice, (descriptor.PackedFlags & RingDescriptor.Write) != 0);
            if (fault != VirtqueueFault.None)
            {
                return Break(fault);
            }

            slots++;
            if (!hasNext)
            {
                head = descriptor.PackedId; // counts in the list's last descriptor only
                return CheckId(head);
            }

            if (slots + _slotsHeld >= Size)
            {
                return Break(VirtqueueFault.ChainTooLong);
            }

            Advance(ref slot, ref wrap, 1);
        }
    }

    private protected override void AdvancePop(int slots)
    {
        _slotsHeld += slots;
        Advance(ref _slot, ref _wrap, slots);
    }

    // Acquire: the rest of the list is read after the first flags, which the driver stores last.
    private protected override bool HasAvailable() => IsAvailable(Descriptors.LoadAcquire16(FlagsOf(_slot)), _wrap);

    private protected override void PushCore(ushort head, uint written, int slots, bool hasWritable)
    {
        int at = _usedSlot * VirtqueueLayout.DescriptorBytes;
        Descriptors.Store32(at + 8, written);
        Descriptors.Store16(at + 12, head);
        var flags = (ushort)((_usedWrap ? RingDescriptor.Available | RingDescriptor.Used : 0) | (hasWritable ? RingDescriptor.Write : 0));
        if (Unpublished == 0)
        {
            // The driver looks at this slot only, and then at the next: withholding it hides the whole batch.
            _batchSlot = _usedSlot;
            _batchFlags = flags;
        }
        else
        {
            Descriptors.StoreRelease16(FlagsOf(_usedSlot), flags);
        }

        _slotsHeld -= slots;
        _undecided += slots;
        Advance(ref _usedSlot, ref _usedWrap, slots);
    }

    // Release: ids, lengths and everything the device wrote into the messages come before the flags.
    private protected override void PublishCore() => Descriptors.StoreFenced16(FlagsOf(_batchSlot), _batchFlags);

    private protected override bool WantsInterrupt()
    {
        int used = _undecided;
        _undecided = 0;
        bool force = _forceInterrupt;
        _forceInterrupt = false;
        uint wish = DriverArea.LoadAcquire32(0); // position and flags belong together: one load
        ushort flags = (ushort)((wish >> 16) & 3);
        return flags == NotificationRule.PackedAtPosition && HasEventIndex
            ? force || NotificationRule.NeedEventPacked((ushort)wish, _usedSlot, _usedWrap, used, Size)
            : flags != NotificationRule.PackedDisable;
    }

    private protected override void RequestNotification() => DeviceArea.StoreFenced32(0, HasEventIndex
        ? (uint)_slot | (_wrap ? 1u << 15 : 0) | ((uint)NotificationRule.PackedAtPosition << 16)
        : NotificationRule.PackedEnable);

    private protected override void SuppressNotifications() => DeviceArea.StoreRelease32(0, (uint)NotificationRule.PackedDisable << 16);

    private static int FlagsOf(int slot) => (slot * VirtqueueLayout.DescriptorBytes) + RingDescriptor.PackedFlagsOffset;

    /// <summary>virtio 2.8.1: AVAIL equals the driver's wrap counter, USED does not.</summary>
    private static bool IsAvailable(ushort flags, bool wrap) =>
        ((flags & RingDescriptor.Available) != 0) == wrap && ((flags & RingDescriptor.Used) != 0) != wrap;

    private bool CheckId(ushort id)
    {
        if (id >= Size)
        {
            return Break(VirtqueueFault.DescriptorOutOfRange);
        }

        return !IsInFlight(id) || Break(VirtqueueFault.HeadInFlight);
    }

    private void Advance(ref int slot, ref bool wrap, int count)
    {
        slot += count;
        if (slot >= Size)
        {
            slot -= Size;
            wrap = !wrap;
        }
    }
}
