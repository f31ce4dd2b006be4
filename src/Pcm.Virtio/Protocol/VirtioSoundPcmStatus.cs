using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Ends an I/O message. Wire struct of 8 bytes (virtio 5.14.6.8, virtio_snd_pcm_status).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundPcmStatus
{
    /// <summary><see cref="VirtioSoundStatusCode"/>: Ok or IOError.</summary>
    public Le32 Status { get; init; }

    /// <summary>The device's latency when it completed the message.</summary>
    public Le32 LatencyBytes { get; init; }
}
