namespace Pcm.Virtio;

/// <summary>The type of a control element's value (virtio 5.14.6.10: VIRTIO_SND_CTL_TYPE_*).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum VirtioSoundControlType : uint
{
    /// <summary>0 or 1; at most 128 of them.</summary>
    Boolean = 0,

    /// <summary>32 bit; at most 128 of them.</summary>
    Integer = 1,

    /// <summary>64 bit; at most 64 of them.</summary>
    Integer64 = 2,

    /// <summary>Indices of named items; at most 128 of them.</summary>
    Enumerated = 3,

    /// <summary>Octets; at most 512 of them.</summary>
    Bytes = 4,

    /// <summary>One <see cref="VirtioSoundIec958"/>.</summary>
    Iec958 = 5,
}
