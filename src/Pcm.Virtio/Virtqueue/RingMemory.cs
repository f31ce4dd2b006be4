using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// Memory that the peer reads and writes at the same time. Each load is one access of its width and is never repeated by the compiler;
/// offsets are bounds-checked; values are little-endian on the wire.
/// </summary>
/// <remarks>The memory must outlive the value: it holds an address, not a reference. Thread safety: as the ring's protocol says.</remarks>
internal readonly unsafe struct RingMemory
{
    private readonly byte* _address;
    private readonly int _length;

    /// <param name="memory">Native or pinned memory, aligned as its contents need.</param>
    // SAFETY: the caller promises memory that does not move; see the type's lifetime rule.
    public RingMemory(Span<byte> memory)
    {
        _address = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
        _length = memory.Length;
    }

    // SAFETY: the constructor's caller promised _length bytes at the address.
    private Span<byte> Bytes => new(_address, _length);

    public void Clear() => Bytes.Clear();

    /// <summary>A load that no later load or store can overtake.</summary>
    public ushort LoadAcquire16(int offset) => FromWire(Volatile.Read(ref MemoryMarshal.AsRef<ushort>(Bytes.Slice(offset, 2))));

    /// <summary>A store that no earlier load or store can be delayed past.</summary>
    public void StoreRelease16(int offset, ushort value) =>
        Volatile.Write(ref MemoryMarshal.AsRef<ushort>(Bytes.Slice(offset, 2)), FromWire(value));

    /// <summary>Four bytes at once, as the packed queue's event areas need.</summary>
    public uint LoadAcquire32(int offset)
    {
        uint raw = Volatile.Read(ref MemoryMarshal.AsRef<uint>(Bytes.Slice(offset, 4)));
        return BitConverter.IsLittleEndian ? raw : BinaryPrimitives.ReverseEndianness(raw);
    }

    /// <inheritdoc cref="StoreRelease16"/>
    public void StoreRelease32(int offset, uint value) =>
        Volatile.Write(ref MemoryMarshal.AsRef<uint>(Bytes.Slice(offset, 4)), BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>One descriptor, copied: what is checked is what is used, however the peer changes the original (TOCTOU).</summary>
    public RingDescriptor LoadDescriptor(int index) => MemoryMarshal.Read<RingDescriptor>(Bytes.Slice(index * VirtqueueLayout.DescriptorBytes));

    public void StoreDescriptor(int index, RingDescriptor descriptor) =>
        MemoryMarshal.Write(Bytes.Slice(index * VirtqueueLayout.DescriptorBytes), in descriptor);

    public ushort Load16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.Slice(offset));

    public uint Load32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.Slice(offset));

    public void Store16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Bytes.Slice(offset), value);

    public void Store32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Bytes.Slice(offset), value);

    public void Store64(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Bytes.Slice(offset), value);

    private static ushort FromWire(ushort raw) => BitConverter.IsLittleEndian ? raw : BinaryPrimitives.ReverseEndianness(raw);
}
