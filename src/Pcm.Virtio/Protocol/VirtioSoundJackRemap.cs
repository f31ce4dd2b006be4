using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>Gives a jack another place. Wire struct of 16 bytes (virtio 5.14.6.4.2, virtio_snd_jack_remap).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct VirtioSoundJackRemap
{
    /// <summary><see cref="VirtioSoundRequest.JackRemap"/>.</summary>
    public Le32 Code { get; init; }

    /// <summary>[0 .. jacks).</summary>
    public Le32 JackId { get; init; }

    /// <summary>The selected association number.</summary>
    public Le32 Association { get; init; }

    /// <summary>The selected sequence number.</summary>
    public Le32 Sequence { get; init; }
}
