using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// The value of a control element: a union of 512 bytes, read by the element's type (virtio 5.14.6.10.2, virtio_snd_ctl_value).
/// </summary>
/// <remarks>Thread safety: a mutable value; not shared between threads.</remarks>
public struct VirtioSoundControlValue
{
    private ValueArray _value;

    /// <summary>512 octets.</summary>
    [UnscopedRef]
    public Span<byte> Bytes => _value;

    /// <summary>128 integers, booleans or item indices.</summary>
    [UnscopedRef]
    public Span<Le32> Integers => MemoryMarshal.Cast<byte, Le32>(Bytes);

    /// <summary>64 integers of 64 bit.</summary>
    [UnscopedRef]
    public Span<Le64> Integers64 => MemoryMarshal.Cast<byte, Le64>(Bytes);

    /// <summary>The value as IEC 958 data.</summary>
    [UnscopedRef]
    public ref VirtioSoundIec958 Iec958 => ref MemoryMarshal.AsRef<VirtioSoundIec958>(Bytes);

    [InlineArray(512)]
    private struct ValueArray
    {
        private byte _first;
    }
}
