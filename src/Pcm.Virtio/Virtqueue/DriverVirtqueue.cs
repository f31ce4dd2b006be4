namespace Pcm.Virtio;

/// <summary>
/// The driver's side of a virtqueue. Messages go in by <see cref="TryAdd"/> and <see cref="Publish"/> and come back by
/// <see cref="TryTakeUsed"/>; what the device can write is read once, checked, and never trusted.
/// Lifetime: made by <see cref="Create"/>; the device is told <see cref="Addresses"/>; <see cref="Dispose"/> after a completed reset, or
/// <see cref="Abandon"/> when the device did not complete one.
/// </summary>
/// <remarks>
/// Completion loop: <c>do { queue.DisableInterrupts(); while (queue.TryTakeUsed(out token, out written)) ...; } while (!queue.TryEnableInterrupts());</c>
/// Nothing is allocated after construction. Thread safety: none; the caller holds the queue's lock.
/// </remarks>
public abstract class DriverVirtqueue : IDisposable
{
    private readonly DmaAllocator _dma;
    private readonly DmaRegion _memory; // the rings, then a table for each descriptor
    private readonly int _tablesOffset;
    private readonly Message[] _messages; // by head (split) or buffer id (packed); private, so the device cannot change it
    private ushort _added;
    private ushort _published;

    private protected DriverVirtqueue(VirtqueueLayout layout, VirtioFeatures features, DmaAllocator dma, int indirectDescriptors)
    {
        ArgumentNullException.ThrowIfNull(dma);
        ArgumentOutOfRangeException.ThrowIfNegative(indirectDescriptors);
        _dma = dma;
        Layout = layout;
        HasEventIndex = features.HasFlag(VirtioFeatures.EventIndex);

        // A chain may not be longer than the queue, indirect or not (virtio 2.7.5.3.1).
        IndirectDescriptors = features.HasFlag(VirtioFeatures.IndirectDescriptors) ? Math.Min(indirectDescriptors, layout.Size) : 0;
        _messages = new Message[layout.Size];
        _tablesOffset = (layout.TotalBytes + VirtqueueLayout.DescriptorAlignment - 1) & -VirtqueueLayout.DescriptorAlignment;
        int tablesBytes = IndirectDescriptors > 1 ? checked(layout.Size * IndirectDescriptors * VirtqueueLayout.DescriptorBytes) : 0;
        _memory = dma.Allocate(checked(_tablesOffset + tablesBytes), VirtqueueLayout.DescriptorAlignment);
        Rings = new RingMemory(_memory.Span[..layout.TotalBytes]);
        Tables = new RingMemory(_memory.Span[_tablesOffset..]);
        Addresses = new(
            (ushort)layout.Size,
            _memory.DeviceAddress,
            _memory.DeviceAddress + (uint)layout.DriverAreaOffset,
            _memory.DeviceAddress + (uint)layout.DeviceAreaOffset);
    }

    /// <summary>Split or packed.</summary>
    public VirtqueueKind Kind => Layout.Kind;

    /// <summary>Number of descriptors.</summary>
    public int Size => Layout.Size;

    /// <summary>Where the queue lies, for <see cref="VirtioTransport.EnableQueue"/>.</summary>
    public VirtqueueAddresses Addresses { get; }

    /// <summary>The longest chain that takes one descriptor only, through an indirect table; 0 or 1 when there are no tables.</summary>
    public int IndirectDescriptors { get; }

    /// <summary>Descriptors that <see cref="TryAdd"/> can still take, [0 .. Size].</summary>
    public int FreeDescriptors { get; private protected set; }

    /// <summary>Messages added and not taken back, [0 .. Size].</summary>
    public int InFlight { get; private set; }

    /// <summary>Why the device can no longer be believed; None while it can. A broken queue adds nothing and returns nothing.</summary>
    public VirtqueueFault Fault { get; private set; }

    /// <summary><see cref="Fault"/> is not None.</summary>
    public bool IsBroken => Fault != VirtqueueFault.None;

    /// <summary>How often the device claimed to have written more than it was given; the claim was clamped.</summary>
    public long ClampedLengths { get; private set; }

    /// <summary>The rings and tables as bytes, for a fuzzer that scribbles on them.</summary>
    internal DmaRegion Memory => _memory;

    private protected VirtqueueLayout Layout { get; }

    private protected bool HasEventIndex { get; }

    private protected RingMemory Rings { get; }

    private protected RingMemory Tables { get; }

    private protected bool InterruptsEnabled { get; set; } = true; // zeroed rings mean enabled

    /// <summary>The free-running number of the next message to add; the split format's shadow of avail.idx.</summary>
    private protected ushort Added => _added;

    /// <summary>Messages added and not yet published.</summary>
    private protected int Unpublished => (ushort)(_added - _published);

    /// <summary>Makes an empty queue in zeroed memory.</summary>
    /// <param name="kind">As negotiated.</param>
    /// <param name="size">Number of descriptors.</param>
    /// <param name="features">The negotiated features: indirect descriptors and event indices are used when among them.</param>
    /// <param name="dma">Gives the rings, and a table per descriptor when <paramref name="indirectDescriptors"/> is more than 1.</param>
    /// <param name="indirectDescriptors">The longest chain to send through a table, 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a size the kind can have.</exception>
    /// <exception cref="OverflowException">More tables than 2 GiB hold.</exception>
    /// <exception cref="OutOfMemoryException">No memory.</exception>
    public static DriverVirtqueue Create(VirtqueueKind kind, int size, VirtioFeatures features, DmaAllocator dma, int indirectDescriptors)
    {
        var layout = new VirtqueueLayout(kind, size);
        return kind == VirtqueueKind.Split
            ? new SplitDriverVirtqueue(layout, features, dma, indirectDescriptors)
            : new PackedDriverVirtqueue(layout, features, dma, indirectDescriptors);
    }

    /// <summary>
    /// Puts a message into the ring; the device sees it after <see cref="Publish"/>. Empty slices are left out.
    /// False when there are not enough free descriptors, or the queue is broken; nothing changed then.
    /// </summary>
    /// <param name="readable">What the device reads, in order.</param>
    /// <param name="writable">What the device writes, in order; follows <paramref name="readable"/>.</param>
    /// <param name="token">The caller's number for the message. The caller keeps the memory until it comes back.</param>
    /// <exception cref="ArgumentException">No byte at all, more descriptors than <see cref="Size"/>, or more than 2^32 bytes.</exception>
    public bool TryAdd(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, ushort token)
    {
        int count = Measure(readable, out ulong readableBytes) + Measure(writable, out ulong writableBytes);
        if (count == 0 || count > Size || readableBytes + writableBytes > 1UL << 32)
        {
            ThrowBadMessage(count);
        }

        bool indirect = count > 1 && count <= IndirectDescriptors;
        int descriptors = indirect ? 1 : count;
        if (descriptors > FreeDescriptors || IsBroken)
        {
            return false;
        }

        int id = AddCore(readable, writable, count, indirect);
        _messages[id] = new Message(token, (ushort)descriptors, _added, (uint)Math.Min(writableBytes, uint.MaxValue));
        _added++;
        FreeDescriptors -= descriptors;
        InFlight++;
        return true;
    }

    /// <summary>
    /// Lets the device see what was added. True when the device wants to be notified: then call <see cref="VirtioTransport.Notify"/>, outside
    /// the queue's lock if that is convenient. False when nothing was added, or the queue is broken.
    /// </summary>
    public bool Publish()
    {
        if (_added == _published || IsBroken)
        {
            return false;
        }

        PublishCore();
        _published = _added;

        // Full fence between our index and the device's wish. Race: the device stores "notify me" and then looks for work; we store work and
        // then look for the wish. Without both fences each can miss the other's store, and the queue sleeps for ever.
        Interlocked.MemoryBarrier();
        return WantsNotification();
    }

    /// <summary>
    /// Takes one message the device has finished with. False when there is none, or the device broke the protocol
    /// (then <see cref="IsBroken"/>).
    /// </summary>
    /// <param name="token">As given to <see cref="TryAdd"/>.</param>
    /// <param name="written">Bytes the device says it wrote, from the first writable byte on; at most the message's writable bytes.</param>
    public bool TryTakeUsed(out ushort token, out uint written)
    {
        token = 0;
        written = 0;
        if (IsBroken || !TryReadUsed(out uint id, out uint length) || !CheckOutstanding(id))
        {
            return false;
        }

        ref Message message = ref _messages[id];
        token = message.Token;
        written = length;
        if (length > message.WritableBytes)
        {
            written = message.WritableBytes;
            ClampedLengths++;
        }

        int descriptors = message.Descriptors;
        message = default;
        InFlight--;
        FreeDescriptors += descriptors;
        RetireCore((ushort)id, descriptors);
        if (InterruptsEnabled && HasEventIndex)
        {
            RequestInterrupt();

            // Race: the device uses the next message after our look and before it sees that we want to hear of it. The caller looks again
            // before it sleeps; the fence makes that look come after the request.
            Interlocked.MemoryBarrier();
        }

        return true;
    }

    /// <summary>Asks the device not to interrupt. A hint: interrupts may still come.</summary>
    public void DisableInterrupts()
    {
        if (InterruptsEnabled && !IsBroken)
        {
            InterruptsEnabled = false;
            SuppressInterrupts();
        }
    }

    /// <summary>
    /// Asks the device to interrupt for the next message. False when it has used one already: take it first, then ask again.
    /// True on a broken queue, where nothing more will come.
    /// </summary>
    public bool TryEnableInterrupts()
    {
        if (IsBroken)
        {
            return true;
        }

        InterruptsEnabled = true;
        RequestInterrupt();

        // Race: the device uses a message between our last look and this request, sees no wish, and does not interrupt. So: request, full
        // fence, look again. The device does store, full fence, look at the wish.
        Interlocked.MemoryBarrier();
        return !HasUsed();
    }

    /// <summary>
    /// Makes the queue empty, as it was made. Only while the device has no access: after a completed device or queue reset. Messages still in
    /// flight are forgotten; who owned them knows.
    /// </summary>
    public void Reset()
    {
        Rings.Clear();
        Array.Clear(_messages);
        _added = 0;
        _published = 0;
        InFlight = 0;
        Fault = VirtqueueFault.None;
        InterruptsEnabled = true;
        ResetCore();
    }

    /// <summary>Frees the rings. Only while the device has no access: after a completed device or queue reset.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Where both sides stand, for a message about a time-out: what we published, what the device says it used, what we took of it.</summary>
    public override string ToString() =>
        $"{Size} descriptors, available index {_published}, {DescribeUsed()}, {InFlight} messages in flight, {FreeDescriptors} descriptors free"
        + (IsBroken ? $", broken ({Fault})" : "");

    /// <summary>Gives the queue up while the device may still use it: its memory is quarantined, not freed.</summary>
    public void Abandon() => _dma.Quarantine(_memory);

    /// <summary>Writes the message's descriptors and returns its id, [0 .. Size). There is room.</summary>
    private protected abstract int AddCore(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, int count, bool indirect);

    /// <summary>The store that makes all added messages visible, with release order.</summary>
    private protected abstract void PublishCore();

    /// <summary>Whether the device wants to hear of what <see cref="PublishCore"/> published. Called once for each publication.</summary>
    private protected abstract bool WantsNotification();

    /// <summary>Reads the next used entry, once; breaks the queue when the device published more than there can be.</summary>
    private protected abstract bool TryReadUsed(out uint id, out uint length);

    /// <summary>Whether <see cref="TryReadUsed"/> would find something, or a fault.</summary>
    private protected abstract bool HasUsed();

    /// <summary>Recycles the descriptors and moves behind the used entry.</summary>
    private protected abstract void RetireCore(ushort id, int descriptors);

    /// <summary>The device's index as it is in the rings now, and ours.</summary>
    private protected abstract string DescribeUsed();

    private protected abstract void RequestInterrupt();

    private protected abstract void SuppressInterrupts();

    private protected abstract void ResetCore();

    /// <summary>Messages the device could have used: published and not taken.</summary>
    private protected int OutstandingPublished => InFlight - Unpublished;

    private protected bool Break(VirtqueueFault fault)
    {
        Fault = fault;
        return false;
    }

    /// <summary>A message's table, one entry for each slice. Private tables are as many as descriptors, so that adding never allocates.</summary>
    private protected DmaSlice TableOf(int slot, int count) =>
        _memory.Slice(_tablesOffset + (slot * IndirectDescriptors * VirtqueueLayout.DescriptorBytes), count * VirtqueueLayout.DescriptorBytes);

    private static int Measure(ReadOnlySpan<DmaSlice> slices, out ulong bytes)
    {
        int count = 0;
        bytes = 0;
        foreach (DmaSlice slice in slices)
        {
            bytes += slice.Length;
            count += slice.Length == 0 ? 0 : 1;
        }

        return count;
    }

    private bool CheckOutstanding(uint id)
    {
        if (id >= (uint)Size)
        {
            return Break(VirtqueueFault.UsedIdOutOfRange);
        }

        // Descriptors == 0: not ours, or back already. Younger than the last publication: the device cannot have seen it, and its
        // descriptors must not be recycled under the coming publication.
        ref readonly Message message = ref _messages[id];
        return (message.Descriptors != 0 && (ushort)(_added - message.Number) > Unpublished) || Break(VirtqueueFault.UsedIdNotOutstanding);
    }

    private void ThrowBadMessage(int count) => throw new ArgumentException(
        $"A message has 1 to {Size} non-empty slices with at most 2^32 bytes in all; this one has {count}.");

    /// <summary>What the driver knows about a message in flight. Descriptors == 0: none in flight under this id.</summary>
    private readonly record struct Message(ushort Token, ushort Descriptors, ushort Number, uint WritableBytes);
}
