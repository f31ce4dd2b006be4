using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Addresses a PCM stream; all of a PREPARE, RELEASE, START or STOP. Wire struct of 8 bytes (virtio 5.14.6.6, virtio_snd_pcm_hdr).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundPcmHeader
{
    /// <summary>The request.</summary>
    public Le32 Code { get; init; }

    /// <summary>[0 .. streams).</summary>
    public Le32 StreamId { get; init; }
}
