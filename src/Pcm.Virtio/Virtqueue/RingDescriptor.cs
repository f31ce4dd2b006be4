using System.Buffers.Binary;

namespace Pcm.Virtio;

/// <summary>
/// A descriptor as the two words of 8 bytes that it is in memory, so that each takes one store and one load. Both formats begin with the address;
/// then come length, flags and next (split, virtio 2.7.5), or length, id and flags (packed, virtio 2.8.13): the two views of the upper half.
/// </summary>
internal readonly record struct RingDescriptor(ulong Address, ulong Rest)
{
    /// <summary>VIRTQ_DESC_F_NEXT: the chain goes on.</summary>
    public const ushort Next = 1;

    /// <summary>VIRTQ_DESC_F_WRITE: for the device to write.</summary>
    public const ushort Write = 2;

    /// <summary>VIRTQ_DESC_F_INDIRECT: names a table of descriptors.</summary>
    public const ushort Indirect = 4;

    /// <summary>Packed: VIRTQ_DESC_F_AVAIL.</summary>
    public const ushort Available = 1 << 7;

    /// <summary>Packed: VIRTQ_DESC_F_USED.</summary>
    public const ushort Used = 1 << 15;

    /// <summary>Where the split format's flags are, within a descriptor; the link follows.</summary>
    public const int SplitFlagsOffset = 12;

    /// <summary>Where the packed format's flags are, within a descriptor.</summary>
    public const int PackedFlagsOffset = 14;

    public uint Length => (uint)Rest;

    public ushort SplitFlags => (ushort)(Rest >> 32);

    public ushort SplitNext => (ushort)(Rest >> 48);

    public ushort PackedId => (ushort)(Rest >> 32);

    public ushort PackedFlags => (ushort)(Rest >> 48);

    public DmaSlice Slice => new(Address, Length);

    public static RingDescriptor Split(DmaSlice slice, int flags, int next) => new(slice.DeviceAddress, Words(slice.Length, flags, next));

    public static RingDescriptor Packed(DmaSlice slice, int id, int flags) => new(slice.DeviceAddress, Words(slice.Length, id, flags));

    /// <summary>An entry of an indirect table, copied: what is checked is what is used, however the peer changes the original (TOCTOU).</summary>
    public static RingDescriptor Read(ReadOnlySpan<byte> table, int index)
    {
        ReadOnlySpan<byte> entry = table.Slice(index * VirtqueueLayout.DescriptorBytes, VirtqueueLayout.DescriptorBytes);
        return new(BinaryPrimitives.ReadUInt64LittleEndian(entry), BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]));
    }

    private static ulong Words(uint length, int word0, int word1) => length | ((ulong)((uint)(ushort)word0 | ((uint)word1 << 16)) << 32);
}
