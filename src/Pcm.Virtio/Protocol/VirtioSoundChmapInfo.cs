using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Describes a channel map. Wire struct of 24 bytes (virtio 5.14.6.9.1, virtio_snd_chmap_info).</summary>
/// <remarks>Thread safety: a mutable value; not shared between threads.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct VirtioSoundChmapInfo
{
    /// <summary>The most channels a map can have.</summary>
    public const int MaxChannels = 18;

    [FieldOffset(6)]
    private PositionArray _positions;

    /// <summary>Groups jacks, streams and channel maps that belong together (hda_fn_nid).</summary>
    [field: FieldOffset(0)]
    public Le32 HdaFunctionNode { get; set; }

    /// <summary><see cref="VirtioSoundDirection"/>.</summary>
    [field: FieldOffset(4)]
    public byte Direction { get; set; }

    /// <summary>Number of positions used, [0 .. 18].</summary>
    [field: FieldOffset(5)]
    public byte Channels { get; set; }

    /// <summary>All 18 positions: <see cref="VirtioSoundChannel"/>.</summary>
    [UnscopedRef]
    public Span<byte> Positions => _positions;

    [InlineArray(MaxChannels)]
    private struct PositionArray
    {
        private byte _first;
    }
}
