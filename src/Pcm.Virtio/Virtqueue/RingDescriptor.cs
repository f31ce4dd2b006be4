using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// A descriptor as it lies in memory. Both formats have 16 bytes: address and length first, then flags and next (split, virtio 2.7.5), or
/// id and flags (packed, virtio 2.8.13) in the opposite order; hence the two views of the last four bytes.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct RingDescriptor(Le64 Address, Le32 Length, Le16 Word0, Le16 Word1)
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

    /// <summary>Where the packed format's flags are, within a descriptor.</summary>
    public const int PackedFlagsOffset = 14;

    public ushort SplitFlags => Word0;

    public ushort SplitNext => Word1;

    public ushort PackedId => Word0;

    public ushort PackedFlags => Word1;

    public static RingDescriptor Split(DmaSlice slice, ushort flags, ushort next) => new(slice.DeviceAddress, slice.Length, flags, next);

    public static RingDescriptor Packed(DmaSlice slice, ushort id, ushort flags) => new(slice.DeviceAddress, slice.Length, id, flags);
}
