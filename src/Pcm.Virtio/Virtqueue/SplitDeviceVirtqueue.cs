namespace Pcm.Virtio;

/// <summary>The split format (virtio 2.7), the device's side.</summary>
internal sealed class SplitDeviceVirtqueue : DeviceVirtqueue
{
    private const ushort NoInterrupt = 1;
    private const ushort NoNotify = 1;
    private const int Flags = 0;
    private const int Index = 2;
    private const int Ring = 4;

    private readonly int _mask;
    private ushort _availSeen;  // the next entry to pop
    private ushort _availKnown; // avail.idx as last read; entries up to it are the driver's promise
    private ushort _usedAdded;  // the next entry to push
    private ushort _decided;    // used.idx at the last interrupt decision
    private bool _forceInterrupt;

    public SplitDeviceVirtqueue(
        VirtqueueLayout layout, in VirtqueueAddresses addresses, VirtioFeatures features, GuestMemory memory, DeviceVirtqueueLimits limits, VirtqueuePosition position)
        : base(layout, addresses, features, memory, limits)
    {
        _mask = layout.Size - 1;
        _availSeen = position.Available;
        _availKnown = position.Available;
        _usedAdded = position.Used;
        _decided = position.Used;

        // Whoever served the queue before may have published without deciding; one interrupt too many is harmless, one too few is not.
        _forceInterrupt = position != new VirtqueuePosition(VirtqueueKind.Split);
    }

    internal override VirtqueuePosition Position => new(_availSeen, false, _usedAdded, false);

    private protected override bool TryReadChain(out ushort head, out int slots)
    {
        head = 0;
        slots = 1;
        if (_availSeen == _availKnown)
        {
            _availKnown = DriverArea.LoadAcquire16(Index); // acquire: ring and descriptors are read after the index
            int pending = (ushort)(_availKnown - _availSeen);
            if (pending > Size)
            {
                return Break(VirtqueueFault.AvailableIndexJumped);
            }

            if (pending + InFlight > Size)
            {
                return Break(VirtqueueFault.TooManyInFlight); // each has a descriptor at least
            }

            if (pending == 0)
            {
                return false;
            }
        }

        head = DriverArea.Load16(Ring + (2 * (_availSeen & _mask)));
        if (head >= Size)
        {
            return Break(VirtqueueFault.DescriptorOutOfRange);
        }

        if (IsInFlight(head))
        {
            return Break(VirtqueueFault.HeadInFlight);
        }

        VirtqueueFault fault = Walk(head);
        return fault == VirtqueueFault.None || Break(fault);
    }

    private protected override void AdvancePop(int slots) => _availSeen++;

    private protected override bool HasAvailable() => DriverArea.LoadAcquire16(Index) != _availSeen;

    private protected override void PushCore(ushort head, uint written, int slots, bool hasWritable)
    {
        int entry = Ring + (8 * (_usedAdded & _mask));
        DeviceArea.Store32(entry, head);
        DeviceArea.Store32(entry + 4, written);
        _usedAdded++;
    }

    // Release: the entries and everything the device wrote into the messages come before the index.
    private protected override void PublishCore() => DeviceArea.StoreFenced16(Index, _usedAdded);

    private protected override bool WantsInterrupt()
    {
        ushort before = _decided;
        _decided = _usedAdded;
        bool force = _forceInterrupt;
        _forceInterrupt = false;
        return HasEventIndex
            ? force || NotificationRule.NeedEvent(DriverArea.LoadAcquire16(Ring + (2 * Size)), _usedAdded, before)
            : (DriverArea.LoadAcquire16(Flags) & NoInterrupt) == 0;
    }

    private protected override void RequestNotification()
    {
        if (HasEventIndex)
        {
            DeviceArea.StoreFenced16(Ring + (8 * Size), _availSeen); // "when the entry with this index is available"; used.flags stays 0
        }
        else
        {
            DeviceArea.StoreFenced16(Flags, 0);
        }
    }

    private protected override void SuppressNotifications()
    {
        if (HasEventIndex)
        {
            // An index already passed: silent for the next 65535 entries, after which one needless notification may come.
            DeviceArea.StoreRelease16(Ring + (8 * Size), (ushort)(_availSeen - 1));
        }
        else
        {
            DeviceArea.StoreRelease16(Flags, NoNotify);
        }
    }

    private VirtqueueFault Walk(ushort head)
    {
        int index = head;
        for (int walked = 0; walked < Size; walked++)
        {
            RingDescriptor descriptor = Descriptors.LoadDescriptor(index, Size);
            bool hasNext = (descriptor.SplitFlags & RingDescriptor.Next) != 0;
            bool indirect = (descriptor.SplitFlags & RingDescriptor.Indirect) != 0;
            VirtqueueFault fault = indirect
                ? Builder.AddTable(descriptor.Slice, hasNext, linked: true)
                : Builder.Add(descriptor.Slice, (descriptor.SplitFlags & RingDescriptor.Write) != 0);
            if (fault != VirtqueueFault.None || !hasNext)
            {
                return fault;
            }

            index = descriptor.SplitNext;
            if (index >= Size)
            {
                return VirtqueueFault.DescriptorOutOfRange;
            }
        }

        return VirtqueueFault.ChainTooLong; // more links than descriptors: a loop
    }
}
