namespace Pcm.Virtio;

/// <summary>Where a device stands in a queue: what vhost-user calls the vring base.</summary>
internal readonly record struct VirtqueuePosition(ushort Available, bool AvailableWrap, ushort Used, bool UsedWrap)
{
    /// <summary>The start: index 0; in a packed queue both wrap counters are 1 (virtio 2.8.1).</summary>
    public VirtqueuePosition(VirtqueueKind kind)
        : this(0, kind == VirtqueueKind.Packed, 0, kind == VirtqueueKind.Packed)
    {
    }
}
