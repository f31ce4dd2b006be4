using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Addresses a control element. Wire struct of 8 bytes (virtio 5.14.6.10, virtio_snd_ctl_hdr).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundControlHeader
{
    /// <summary>The request.</summary>
    public Le32 Code { get; init; }

    /// <summary>[0 .. controls).</summary>
    public Le32 ControlId { get; init; }
}
