using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>The first field of every request, response and event: its code. Wire struct of 4 bytes (virtio 5.14.6, virtio_snd_hdr).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundHeader
{
    /// <summary>A <see cref="VirtioSoundRequest"/>, <see cref="VirtioSoundStatusCode"/> or <see cref="VirtioSoundEventCode"/>.</summary>
    public Le32 Code { get; init; }
}
