using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>A control element changed. Wire struct of 8 bytes (virtio 5.14.6.10.4, virtio_snd_ctl_event).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundControlEvent
{
    /// <summary><see cref="VirtioSoundEventCode.ControlNotify"/>.</summary>
    public Le32 Code { get; init; }

    /// <summary>[0 .. controls).</summary>
    public Le16 ControlId { get; init; }

    /// <summary><see cref="VirtioSoundControlEventMask"/>.</summary>
    public Le16 Mask { get; init; }
}
