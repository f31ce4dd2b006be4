using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>The value of an IEC 958 control element. Wire struct of 176 bytes (virtio 5.14.6.10.2, virtio_snd_ctl_iec958).</summary>
/// <remarks>Thread safety: a mutable value; not shared between threads.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 176)]
public struct VirtioSoundIec958
{
    [FieldOffset(0)]
    private StatusArray _status;

    [FieldOffset(24)]
    private SubcodeArray _subcode;

    // Offset 171 is the protocol's padding byte.
    [FieldOffset(172)]
    private SubframeArray _digitalSubframe;

    /// <summary>24 bytes of channel status.</summary>
    [UnscopedRef]
    public Span<byte> Status => _status;

    /// <summary>147 bytes of subcode.</summary>
    [UnscopedRef]
    public Span<byte> Subcode => _subcode;

    /// <summary>4 bytes of digital subframe.</summary>
    [UnscopedRef]
    public Span<byte> DigitalSubframe => _digitalSubframe;

    [InlineArray(24)]
    private struct StatusArray
    {
        private byte _first;
    }

    [InlineArray(147)]
    private struct SubcodeArray
    {
        private byte _first;
    }

    [InlineArray(4)]
    private struct SubframeArray
    {
        private byte _first;
    }
}
