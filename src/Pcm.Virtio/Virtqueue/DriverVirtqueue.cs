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
    /// <summary>Negative, and with neither token nor length.</summary>
    private protected const long NothingUsed = long.MinValue;

    private readonly DmaAllocator _dma;
    private readonly DriverRingMemory _memory;

    private protected DriverVirtqueue(in DriverRingMemory memory, DmaAllocator dma)
    {
        _memory = memory;
        _dma = dma;
        Size = memory.Layout.Size;
    }

    /// <summary>Split or packed.</summary>
    public VirtqueueKind Kind => _memory.Layout.Kind;

    /// <summary>Number of descriptors.</summary>
    public int Size { get; }

    /// <summary>Where the queue lies, for <see cref="VirtioTransport.EnableQueue"/>.</summary>
    public VirtqueueAddresses Addresses => _memory.Addresses;

    /// <summary>The longest chain that takes one descriptor only, through an indirect table; 0 or 1 when there are no tables.</summary>
    public int IndirectDescriptors => _memory.IndirectDescriptors;

    /// <summary>Descriptors that <see cref="TryAdd"/> can still take, [0 .. Size].</summary>
    public int FreeDescriptors { get; private protected set; }

    /// <summary>Messages added and not taken back, [0 .. Size].</summary>
    public int InFlight { get; private protected set; }

    /// <summary>Why the device can no longer be believed; None while it can. A broken queue adds nothing and returns nothing.</summary>
    public VirtqueueFault Fault { get; private protected set; }

    /// <summary><see cref="Fault"/> is not None.</summary>
    public bool IsBroken => Fault != VirtqueueFault.None;

    /// <summary>How often the device claimed to have written more than it was given; the claim was clamped.</summary>
    public long ClampedLengths { get; private protected set; }

    /// <summary>The rings and tables as bytes, for a fuzzer that scribbles on them.</summary>
    internal DmaRegion Memory => _memory.Region;

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
        ArgumentNullException.ThrowIfNull(dma);
        ArgumentOutOfRangeException.ThrowIfNegative(indirectDescriptors);
        var layout = new VirtqueueLayout(kind, size);

        // A chain may not be longer than the queue, indirect or not (virtio 2.7.5.3.1).
        int tables = features.HasFlag(VirtioFeatures.IndirectDescriptors) ? Math.Min(indirectDescriptors, size) : 0;
        bool hasEventIndex = features.HasFlag(VirtioFeatures.EventIndex);
        var memory = new DriverRingMemory(layout, dma, tables);
        return kind == VirtqueueKind.Split
            ? new DriverVirtqueue<SplitDriverRing>(memory, dma, new SplitDriverRing(memory, hasEventIndex), hasEventIndex)
            : new DriverVirtqueue<PackedDriverRing>(memory, dma, new PackedDriverRing(memory, hasEventIndex), hasEventIndex);
    }

    /// <summary>
    /// Puts a message into the ring; the device sees it after <see cref="Publish"/>. Empty slices are left out.
    /// False when there are not enough free descriptors, or the queue is broken; nothing changed then.
    /// </summary>
    /// <param name="readable">What the device reads, in order.</param>
    /// <param name="writable">What the device writes, in order; follows <paramref name="readable"/>.</param>
    /// <param name="token">The caller's number for the message. The caller keeps the memory until it comes back.</param>
    /// <exception cref="ArgumentException">No byte at all, more descriptors than <see cref="Size"/>, or more than 2^32 bytes.</exception>
    public abstract bool TryAdd(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, ushort token);

    /// <summary>
    /// Lets the device see what was added. True when the device wants to be notified: then call <see cref="VirtioTransport.Notify"/>, outside
    /// the queue's lock if that is convenient. False when nothing was added, or the queue is broken.
    /// </summary>
    public abstract bool Publish();

    /// <summary>
    /// Takes one message the device has finished with. False when there is none, or the device broke the protocol
    /// (then <see cref="IsBroken"/>).
    /// </summary>
    /// <param name="token">As given to <see cref="TryAdd"/>.</param>
    /// <param name="written">Bytes the device says it wrote, from the first writable byte on; at most the message's writable bytes.</param>
    public bool TryTakeUsed(out ushort token, out uint written)
    {
        long taken = TakeUsedCore();
        token = (ushort)taken;
        written = (uint)(taken >> 16);
        return taken >= 0;
    }

    /// <summary>Asks the device not to interrupt. A hint: interrupts may still come.</summary>
    public abstract void DisableInterrupts();

    /// <summary>
    /// Asks the device to interrupt for the next message. False when it has used one already: take it first, then ask again.
    /// True on a broken queue, where nothing more will come.
    /// </summary>
    public abstract bool TryEnableInterrupts();

    /// <summary>
    /// Makes the queue empty, as it was made. Only while the device has no access: after a completed device or queue reset. Messages still in
    /// flight are forgotten; who owned them knows.
    /// </summary>
    public void Reset()
    {
        _memory.ClearRings();
        InFlight = 0;
        FreeDescriptors = Size;
        Fault = VirtqueueFault.None;
        ResetCore();
    }

    /// <summary>Frees the rings. Only while the device has no access: after a completed device or queue reset.</summary>
    public void Dispose()
    {
        Memory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the queue up while the device may still use it: its memory is quarantined, not freed.</summary>
    public void Abandon() => _dma.Quarantine(Memory);

    /// <summary>Where both sides stand, for a message about a time-out: what we published, what the device says it used, what we took of it.</summary>
    public abstract override string ToString();

    /// <summary>The token in 16 bits and what was written in the 32 above, so that both come in a register; else <see cref="NothingUsed"/>.</summary>
    private protected abstract long TakeUsedCore();

    private protected abstract void ResetCore();
}
