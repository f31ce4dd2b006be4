namespace Pcm.Virtio;

/// <summary>How a device answers (virtio 5.14.6: VIRTIO_SND_S_*).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum VirtioSoundStatusCode : uint
{
    /// <summary>Done.</summary>
    Ok = 0x8000,

    /// <summary>The request is malformed or one of its parameters or ids is invalid (S_BAD_MSG).</summary>
    BadMessage = 0x8001,

    /// <summary>The request is valid; this device cannot do it (S_NOT_SUPP).</summary>
    NotSupported = 0x8002,

    /// <summary>Input or output failed (S_IO_ERR).</summary>
    IOError = 0x8003,
}
