namespace Pcm.Virtio;

/// <summary>What changed about a control element (virtio 5.14.6.10.4: VIRTIO_SND_CTL_EVT_MASK_*).</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum VirtioSoundControlEventMask : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its value.</summary>
    Value = 1 << 0,

    /// <summary>Its description.</summary>
    Info = 1 << 1,

    /// <summary>Its metadata.</summary>
    Tlv = 1 << 2,
}
