namespace Pcm.Virtio;

/// <summary>The two ring formats.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum VirtqueueKind
{
    /// <summary>Descriptor table, available ring and used ring (virtio 2.7).</summary>
    Split = 0,

    /// <summary>One descriptor ring that both sides write (virtio 2.8).</summary>
    Packed = 1,
}
