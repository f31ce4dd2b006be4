using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Pcm.Virtio;

/// <summary>The name of one item of an enumerated control element. Wire struct of 64 bytes (virtio 5.14.6.10.1, virtio_snd_ctl_enum_item).</summary>
/// <remarks>Thread safety: a mutable value; not shared between threads.</remarks>
public struct VirtioSoundControlEnumItem
{
    private ItemArray _item;

    /// <summary>ASCII, ended by a zero.</summary>
    [UnscopedRef]
    public Span<byte> Item => _item;

    [InlineArray(64)]
    private struct ItemArray
    {
        private byte _first;
    }
}
