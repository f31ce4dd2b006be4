using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// An area of a ring: memory that the peer reads and writes at the same time. Each load is one access of its width and is never repeated by the
/// compiler; values are little-endian on the wire. An offset is a constant of the layout, or made of a position that its owner masks or wraps,
/// never the peer's; the area was checked to have the layout's size when it was mapped. So offsets are asserted, not checked: by the row "completion
/// and resubmission" of bench/Pcm.Bench a period makes 14 accesses. Only <see cref="LoadDescriptor"/> takes what a peer may have chosen, and checks.
/// </summary>
/// <remarks>The memory must outlive the value: it holds an address, not a reference. Thread safety: as the ring's protocol says.</remarks>
internal readonly unsafe struct RingMemory
{
    private readonly byte* _address;
#if DEBUG
    private readonly int _length; // not in release: of one field, the compiler keeps a copy in a register
#endif

    /// <param name="memory">Native or pinned memory, aligned as its contents need, as long as the layout says.</param>
    // SAFETY: the caller promises memory that does not move; see the type's lifetime rule.
    public RingMemory(Span<byte> memory)
    {
        _address = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
#if DEBUG
        _length = memory.Length;
#endif
    }

    /// <summary>A load that no later load or store can overtake.</summary>
    public ushort LoadAcquire16(int offset) => Wire(Volatile.Read(ref At<ushort>(offset)));

    /// <summary>A store that no earlier load or store can be delayed past.</summary>
    public void StoreRelease16(int offset, ushort value) => Volatile.Write(ref At<ushort>(offset), Wire(value));

    /// <summary>Four bytes at once, as the packed queue's event areas need.</summary>
    public uint LoadAcquire32(int offset) => Wire(Volatile.Read(ref At<uint>(offset)));

    /// <inheritdoc cref="StoreRelease16"/>
    public void StoreRelease32(int offset, uint value) => Volatile.Write(ref At<uint>(offset), Wire(value));

    /// <summary>
    /// A store with a full fence around it: no later load can overtake it either. One exchange, which costs what the fence alone does, by the row
    /// "completion and resubmission"; and after the framework's fence, which touches four bytes of the stack, loading eight from there takes 3 ns.
    /// </summary>
    public void StoreFenced16(int offset, ushort value) => Interlocked.Exchange(ref At<ushort>(offset), Wire(value));

    /// <inheritdoc cref="StoreFenced16"/>
    public void StoreFenced32(int offset, uint value) => Interlocked.Exchange(ref At<uint>(offset), Wire(value));

    public ushort Load16(int offset) => Wire(At<ushort>(offset));

    public uint Load32(int offset) => Wire(At<uint>(offset));

    public void Store16(int offset, ushort value) => At<ushort>(offset) = Wire(value);

    public void Store32(int offset, uint value) => At<uint>(offset) = Wire(value);

    public void Store64(int offset, ulong value) => At<ulong>(offset) = Wire(value);

    public void StoreDescriptor(int index, RingDescriptor descriptor)
    {
        ref ulong words = ref At<ulong>(index * VirtqueueLayout.DescriptorBytes);
        words = Wire(descriptor.Address);
        Unsafe.Add(ref words, 1) = Wire(descriptor.Rest);
    }

    /// <summary>One descriptor, copied: what is checked is what is used, however the peer changes the original (TOCTOU).</summary>
    /// <param name="index">May be the peer's: it is checked, though the caller has a fault for one out of range.</param>
    /// <param name="count">Descriptors in the area.</param>
    public RingDescriptor LoadDescriptor(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)count, nameof(index));
        int offset = index * VirtqueueLayout.DescriptorBytes;
        return new(Wire(At<ulong>(offset)), Wire(At<ulong>(offset + 8)));
    }

    private static ushort Wire(ushort raw) => BitConverter.IsLittleEndian ? raw : BinaryPrimitives.ReverseEndianness(raw);

    private static uint Wire(uint raw) => BitConverter.IsLittleEndian ? raw : BinaryPrimitives.ReverseEndianness(raw);

    private static ulong Wire(ulong raw) => BitConverter.IsLittleEndian ? raw : BinaryPrimitives.ReverseEndianness(raw);

    // SAFETY: by the type's rule the offset lies within the area, which the constructor's caller promised to be there; the layouts align what they contain.
    private ref T At<T>(int offset)
        where T : unmanaged
    {
#if DEBUG
        System.Diagnostics.Debug.Assert((uint)offset <= (uint)(_length - sizeof(T)) && offset % sizeof(T) == 0, "An offset is of the layout.");
#endif
        return ref *(T*)(_address + (uint)offset);
    }
}
