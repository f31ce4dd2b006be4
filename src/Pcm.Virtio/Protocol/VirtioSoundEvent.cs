using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>An event other than a control element's. Wire struct of 8 bytes (virtio 5.14.6, virtio_snd_event).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundEvent
{
    /// <summary><see cref="VirtioSoundEventCode"/>.</summary>
    public Le32 Code { get; init; }

    /// <summary>A jack's or a stream's id, by the code.</summary>
    public Le32 Data { get; init; }
}
