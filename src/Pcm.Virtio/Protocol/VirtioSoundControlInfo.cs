using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Describes a control element. Wire struct of 96 bytes (virtio 5.14.6.10.1, virtio_snd_ctl_info).</summary>
/// <remarks>Thread safety: a mutable value; not shared between threads.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 96)]
public struct VirtioSoundControlInfo
{
    [FieldOffset(24)]
    private NameArray _name;

    /// <summary>Groups jacks, streams and channel maps that belong together (hda_fn_nid).</summary>
    [field: FieldOffset(0)]
    public Le32 HdaFunctionNode { get; set; }

    /// <summary>A <see cref="VirtioSoundControlRole"/>, with the <see cref="VirtioSoundDirection"/> in bit 0.</summary>
    [field: FieldOffset(4)]
    public Le32 Role { get; set; }

    /// <summary><see cref="VirtioSoundControlType"/>: says which of the ranges below counts.</summary>
    [field: FieldOffset(8)]
    public Le32 Type { get; set; }

    /// <summary><see cref="VirtioSoundControlAccess"/>.</summary>
    [field: FieldOffset(12)]
    public Le32 Access { get; set; }

    /// <summary>Number of values of the element, at least 1.</summary>
    [field: FieldOffset(16)]
    public Le32 Count { get; set; }

    /// <summary>Tells elements of the same name apart.</summary>
    [field: FieldOffset(20)]
    public Le32 Index { get; set; }

    /// <summary>44 bytes: ASCII, ended by a zero.</summary>
    [UnscopedRef]
    public Span<byte> Name => _name;

    /// <summary>The range of <see cref="VirtioSoundControlType.Integer"/>.</summary>
    [field: FieldOffset(72)]
    public VirtioSoundIntegerRange Integer { get; set; }

    /// <summary>The range of <see cref="VirtioSoundControlType.Integer64"/>.</summary>
    [field: FieldOffset(72)]
    public VirtioSoundInteger64Range Integer64 { get; set; }

    /// <summary>The number of items of <see cref="VirtioSoundControlType.Enumerated"/>.</summary>
    [field: FieldOffset(72)]
    public Le32 EnumeratedItems { get; set; }

    [InlineArray(44)]
    private struct NameArray
    {
        private byte _first;
    }
}
