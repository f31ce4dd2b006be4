using Pcm.Virtio;

namespace Pcm.Bench;

/// <summary>A ring format as a type argument.</summary>
internal interface IRingFormat
{
    static abstract VirtqueueKind Kind { get; }
}

internal readonly struct SplitFormat : IRingFormat
{
    public static VirtqueueKind Kind => VirtqueueKind.Split;
}

internal readonly struct PackedFormat : IRingFormat
{
    public static VirtqueueKind Kind => VirtqueueKind.Packed;
}
