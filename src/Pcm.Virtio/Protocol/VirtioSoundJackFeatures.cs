namespace Pcm.Virtio;

/// <summary>What a jack can do (virtio 5.14.6.4.1: VIRTIO_SND_JACK_F_*).</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum VirtioSoundJackFeatures : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><see cref="VirtioSoundRequest.JackRemap"/> works.</summary>
    Remap = 1 << 0,
}
