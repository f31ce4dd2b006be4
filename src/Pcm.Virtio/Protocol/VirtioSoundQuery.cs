using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Asks for the descriptions of a range of items. Wire struct of 16 bytes (virtio 5.14.6.1, virtio_snd_query_info).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundQuery
{
    /// <summary>One of the *Info requests.</summary>
    public Le32 Code { get; init; }

    /// <summary>The first item.</summary>
    public Le32 StartId { get; init; }

    /// <summary>How many items; StartId + Count must not exceed the number in the configuration space.</summary>
    public Le32 Count { get; init; }

    /// <summary>Bytes of one item, as the driver knows it.</summary>
    public Le32 Size { get; init; }
}
