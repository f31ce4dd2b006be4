using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Addresses a jack. Wire struct of 8 bytes (virtio 5.14.6.4, virtio_snd_jack_hdr).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundJackHeader
{
    /// <summary>The request.</summary>
    public Le32 Code { get; init; }

    /// <summary>[0 .. jacks).</summary>
    public Le32 JackId { get; init; }
}
