namespace Pcm.Virtio;

/// <summary>What a control element is for (virtio 5.14.6.10: VIRTIO_SND_CTL_ROLE_*). Bit 0 of the wire's value is the direction.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum VirtioSoundControlRole : uint
{
    /// <summary>Not said.</summary>
    Undefined = 0,

    /// <summary>A volume.</summary>
    Volume = 1 << 1,

    /// <summary>A mute switch.</summary>
    Mute = 2 << 1,

    /// <summary>A gain.</summary>
    Gain = 3 << 1,
}
