using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Precedes the audio of an I/O message. Wire struct of 4 bytes (virtio 5.14.6.8, virtio_snd_pcm_xfer).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundPcmTransfer
{
    /// <summary>[0 .. streams).</summary>
    public Le32 StreamId { get; init; }
}
