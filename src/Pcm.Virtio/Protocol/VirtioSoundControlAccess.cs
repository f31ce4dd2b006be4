namespace Pcm.Virtio;

/// <summary>What may be done with a control element (virtio 5.14.6.10: VIRTIO_SND_CTL_ACCESS_*).</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum VirtioSoundControlAccess : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Readable.</summary>
    Read = 1 << 0,

    /// <summary>Writable.</summary>
    Write = 1 << 1,

    /// <summary>Changes without an event.</summary>
    Volatile = 1 << 2,

    /// <summary>Has no effect at present.</summary>
    Inactive = 1 << 3,

    /// <summary>Metadata readable.</summary>
    TlvRead = 1 << 4,

    /// <summary>Metadata writable.</summary>
    TlvWrite = 1 << 5,

    /// <summary>Metadata commands work.</summary>
    TlvCommand = 1 << 6,
}
