using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Precedes a control element's metadata. Wire struct of 8 bytes (virtio 5.14.6.10.3, virtio_snd_ctl_tlv).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundTlvHeader
{
    /// <summary>The metadata's type.</summary>
    public Le32 Type { get; init; }

    /// <summary>Bytes that follow; a multiple of 4.</summary>
    public Le32 Length { get; init; }
}
