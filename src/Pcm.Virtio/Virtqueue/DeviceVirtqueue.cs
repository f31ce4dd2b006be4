using System.Diagnostics.CodeAnalysis;

namespace Pcm.Virtio;

/// <summary>
/// The device's side of a virtqueue. Messages come out by <see cref="TryPop"/> and go back by <see cref="Push"/> and
/// <see cref="Publish"/>, in any order. The driver is hostile: whatever it writes ends in a <see cref="Fault"/>, never in an exception.
/// Lifetime: made when the driver enables the queue; after <see cref="Detach"/> (reset, unplug) it touches the driver's memory no more and
/// every call is harmless.
/// </summary>
/// <remarks>
/// A steady load allocates nothing. Thread safety: none; the device's executor calls it
/// (<see cref="VirtioDevice.ProcessQueue"/>, work given to <see cref="VirtioDeviceBus.Post"/>).
/// </remarks>
public abstract class DeviceVirtqueue
{
    private readonly SegmentPool _pool = new();
    private readonly ChainRecord?[] _records; // by head or buffer id; made when first used
    private readonly long _maxHeld;
    private readonly VirtqueueAddresses _addresses;
    private int _mappedVersion;
    private int _held;

    private protected DeviceVirtqueue(VirtqueueLayout layout, in VirtqueueAddresses addresses, VirtioFeatures features, GuestMemory memory, DeviceVirtqueueLimits limits)
    {
        _addresses = addresses;
        Layout = layout;
        Memory = memory;
        HasEventIndex = features.HasFlag(VirtioFeatures.EventIndex);
        Builder = new ChainBuilder(memory, limits, features.HasFlag(VirtioFeatures.IndirectDescriptors));
        _records = new ChainRecord?[layout.Size];
        _maxHeld = Math.Max(limits.MaxChainDescriptors, (long)limits.MaxHeldDescriptorsPerSlot * layout.Size);
        _mappedVersion = memory.Version;
        TryMap();
    }

    /// <summary>Split or packed.</summary>
    public VirtqueueKind Kind => Layout.Kind;

    /// <summary>Number of descriptors.</summary>
    public int Size => Layout.Size;

    /// <summary>Messages popped and not pushed, [0 .. Size].</summary>
    public int InFlight { get; private set; }

    /// <summary>Why the driver can no longer be believed; None while it can. A broken queue pops nothing and publishes nothing.</summary>
    public VirtqueueFault Fault { get; private set; }

    /// <summary><see cref="Fault"/> is not None.</summary>
    public bool IsBroken => Fault != VirtqueueFault.None;

    /// <summary>The queue was taken from the device.</summary>
    public bool IsDetached { get; private set; }

    /// <summary>Messages popped since the queue was made.</summary>
    public long Popped { get; private set; }

    /// <summary>How often <see cref="TryPop"/> found nothing.</summary>
    internal long FoundEmpty { get; private set; }

    private protected VirtqueueLayout Layout { get; }

    private protected GuestMemory Memory { get; }

    private protected bool HasEventIndex { get; }

    private protected ChainBuilder Builder { get; }

    private protected RingMemory Descriptors { get; private set; }

    private protected RingMemory DriverArea { get; private set; }

    private protected RingMemory DeviceArea { get; private set; }

    private protected bool NotificationsEnabled { get; private set; } = true; // zeroed rings mean enabled

    /// <summary>Messages pushed and not yet published.</summary>
    private protected int Unpublished { get; private set; }

    /// <summary>
    /// Makes the device's side of a queue. Null when the size, an alignment or an address is one a driver must not use, or the memory is not
    /// mapped in one piece: the queue must not be started.
    /// </summary>
    /// <param name="kind">As negotiated.</param>
    /// <param name="addresses">From the driver; any values.</param>
    /// <param name="features">The negotiated features.</param>
    /// <param name="memory">The driver's memory.</param>
    /// <param name="limits">What to allow.</param>
    public static DeviceVirtqueue? TryCreate(VirtqueueKind kind, in VirtqueueAddresses addresses, VirtioFeatures features, GuestMemory memory, DeviceVirtqueueLimits limits) =>
        TryCreate(kind, addresses, features, memory, limits, new VirtqueuePosition(kind));

    /// <summary>As the other overload, continuing a queue that another device served (vhost-user SET_VRING_BASE).</summary>
    internal static DeviceVirtqueue? TryCreate(
        VirtqueueKind kind, in VirtqueueAddresses addresses, VirtioFeatures features, GuestMemory memory, DeviceVirtqueueLimits limits, VirtqueuePosition position)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(limits);
        if (!VirtqueueLayout.IsValidSize(kind, addresses.Size))
        {
            return null;
        }

        var layout = new VirtqueueLayout(kind, addresses.Size);
        bool aligned = addresses.DescriptorArea % VirtqueueLayout.DescriptorAlignment == 0
            && addresses.DriverArea % (uint)layout.DriverAreaAlignment == 0
            && addresses.DeviceArea % VirtqueueLayout.DeviceAreaAlignment == 0;
        if (!aligned)
        {
            return null;
        }

        DeviceVirtqueue queue = kind == VirtqueueKind.Split
            ? new SplitDeviceVirtqueue(layout, addresses, features, memory, limits, position)
            : new PackedDeviceVirtqueue(layout, addresses, features, memory, limits, position);
        return queue.IsBroken ? null : queue;
    }

    /// <summary>Takes the next message the driver made available. False when there is none, or the driver broke the protocol.</summary>
    /// <param name="chain">The message; retained by its head.</param>
    public bool TryPop(out DescriptorChain chain)
    {
        chain = default;
        if (!IsUsable())
        {
            return false;
        }

        Builder.Start();
        if (!TryReadChain(out ushort head, out int slots))
        {
            FoundEmpty++;
            return false;
        }

        ChainRecord record = _records[head] ??= new ChainRecord();
        if (_held + Builder.Segments.Length > _maxHeld)
        {
            return Break(VirtqueueFault.TooManyInFlight);
        }

        record.Fill(Builder.Segments, Builder.ReadableCount, Builder.ReadableBytes, Builder.WritableBytes, slots, _pool);
        _held += record.Count;
        InFlight++;
        Popped++;
        AdvancePop(slots);
        if (NotificationsEnabled && HasEventIndex)
        {
            // Race: the driver adds the next message after our look and before it sees that we want to hear of it. The fence makes our next
            // look come after the request.
            RequestNotification();
        }

        chain = new DescriptorChain(this, head, record.Generation);
        return true;
    }

    /// <summary>A message popped earlier and not pushed yet.</summary>
    /// <param name="head">Its <see cref="DescriptorChain.Head"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No message in flight has that head. Never thrown on a detached queue: the chain is empty there.</exception>
    public DescriptorChain Open(ushort head)
    {
        if (IsDetached)
        {
            return default;
        }

        return new DescriptorChain(this, head, Find(head).Generation);
    }

    /// <summary>Gives a message back. The driver sees it after <see cref="Publish"/>. Harmless on a broken or detached queue.</summary>
    /// <param name="head">The message.</param>
    /// <param name="written">Bytes written, from the first writable byte on.</param>
    /// <exception cref="ArgumentOutOfRangeException">No message in flight has that head, or it has less room than <paramref name="written"/>.</exception>
    public void Push(ushort head, uint written)
    {
        if (IsDetached)
        {
            return;
        }

        ChainRecord record = Find(head);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(written, record.WritableBytes);
        _held -= record.Count;
        InFlight--;
        bool hasRoom = record.WritableBytes != 0;
        record.Empty(_pool);
        if (IsUsable())
        {
            PushCore(head, written, record.Slots, hasRoom);
            Unpublished++;
        }
    }

    /// <summary>Gives back what the driver never sent, as a device does that forgot a reset. For devices that misbehave on purpose.</summary>
    /// <param name="head">A message of a former life.</param>
    /// <param name="written">Bytes it claims to have written.</param>
    internal void PushStale(ushort head, uint written)
    {
        if (IsUsable())
        {
            PushCore(head, written, 1, true);
            Unpublished++;
        }
    }

    /// <summary>
    /// Lets the driver see what was pushed. True when the driver wants an interrupt; most devices call <see cref="VirtioDeviceBus.Publish"/>,
    /// which raises it.
    /// </summary>
    public bool Publish()
    {
        if (Unpublished == 0 || !IsUsable())
        {
            return false;
        }

        // Full fence between our index and the driver's wish. Race: the driver stores "interrupt me" and then looks for used buffers; we
        // store used buffers and then look for the wish. Without both fences each can miss the other's store.
        PublishCore();
        Unpublished = 0;
        return WantsInterrupt();
    }

    /// <summary>Asks the driver not to notify. A hint: notifications may still come.</summary>
    public void DisableNotifications()
    {
        if (NotificationsEnabled && IsUsable())
        {
            NotificationsEnabled = false;
            SuppressNotifications();
        }
    }

    /// <summary>
    /// Asks the driver to notify of the next message. False when one is there already: pop it first, then ask again. True on a broken or
    /// detached queue, where nothing more will come.
    /// </summary>
    public bool TryEnableNotifications()
    {
        if (!IsUsable())
        {
            return true;
        }

        // Race: the driver adds a message between our last look and this request, sees no wish, and does not notify. So: request, full
        // fence, look again. The driver does store, full fence, look at the wish.
        NotificationsEnabled = true;
        RequestNotification();
        return !HasAvailable();
    }

    /// <summary>Takes the queue from the device: from now on no call touches the driver's memory, and heads still held are void.</summary>
    internal void Detach()
    {
        IsDetached = true;
        foreach (ChainRecord? record in _records)
        {
            if (record is { InFlight: true })
            {
                record.Empty(_pool);
            }
        }

        InFlight = 0;
        _held = 0;
        Unpublished = 0;
    }

    /// <summary>Where another device would go on (vhost-user GET_VRING_BASE), provided that no message is in flight.</summary>
    internal abstract VirtqueuePosition Position { get; }

    internal bool TryFind(ushort head, uint generation, [NotNullWhen(true)] out ChainRecord? record)
    {
        record = head < _records.Length ? _records[head] : null;
        return record is { InFlight: true } && record.Generation == generation && !IsDetached;
    }

    /// <summary>A piece of the driver's memory; a piece that vanished since the chain was checked breaks the queue.</summary>
    internal bool TryGetSpan(ulong address, ulong length, out Span<byte> span) =>
        Memory.TryGetSpan(address, length, out span) || Break(VirtqueueFault.BadAddress);

    /// <summary>Reads the next chain into <see cref="Builder"/>, copying each descriptor once. False when there is none, or it is bad (fault set).</summary>
    private protected abstract bool TryReadChain(out ushort head, out int slots);

    /// <summary>Moves behind the chain just read.</summary>
    private protected abstract void AdvancePop(int slots);

    /// <summary>Whether <see cref="TryReadChain"/> would find something.</summary>
    private protected abstract bool HasAvailable();

    private protected abstract void PushCore(ushort head, uint written, int slots, bool hasWritable);

    /// <summary>The store that makes all pushed messages visible, with a full fence around it.</summary>
    private protected abstract void PublishCore();

    private protected abstract bool WantsInterrupt();

    /// <summary>The store that asks for a notification of the next message, with a full fence around it.</summary>
    private protected abstract void RequestNotification();

    private protected abstract void SuppressNotifications();

    private protected bool Break(VirtqueueFault fault)
    {
        if (Fault == VirtqueueFault.None)
        {
            Fault = fault;
        }

        return false;
    }

    private protected bool IsInFlight(ushort head) => _records[head] is { InFlight: true };

    /// <summary>Not broken, not detached, and the rings are where they were.</summary>
    private bool IsUsable()
    {
        if (IsBroken || IsDetached)
        {
            return false;
        }

        int version = Memory.Version;
        if (version != _mappedVersion)
        {
            // The table changed: the cached ring addresses may be dead. Order: version first, so that a change during TryMap is seen next time.
            _mappedVersion = version;
            return TryMap();
        }

        return true;
    }

    private bool TryMap()
    {
        if (!TryMap(_addresses.DescriptorArea, Layout.DescriptorAreaBytes, out RingMemory descriptors)
            || !TryMap(_addresses.DriverArea, Layout.DriverAreaBytes, out RingMemory driver)
            || !TryMap(_addresses.DeviceArea, Layout.DeviceAreaBytes, out RingMemory device))
        {
            return Break(VirtqueueFault.RingsUnmapped);
        }

        Descriptors = descriptors;
        DriverArea = driver;
        DeviceArea = device;
        return true;
    }

    private bool TryMap(ulong address, int bytes, out RingMemory memory)
    {
        bool mapped = Memory.TryGetSpan(address, (uint)bytes, out Span<byte> span) && span.Length == bytes;
        memory = mapped ? new RingMemory(span) : default;
        return mapped;
    }

    private ChainRecord Find(ushort head) => head < _records.Length && _records[head] is { InFlight: true } record
        ? record
        : throw new ArgumentOutOfRangeException(nameof(head), head, "No message in flight has this head.");
}
