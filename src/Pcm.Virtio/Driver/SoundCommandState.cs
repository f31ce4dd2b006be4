namespace Pcm.Virtio;

/// <summary>
/// Where a stream of the device stands after the last command that it accepted (virtio 5.14.6.6.1). The device's protocol, not the application's
/// lifecycle: that is the core's alone.
/// </summary>
internal enum SoundCommandState
{
    /// <summary>After a device reset; parameters are unknown to it.</summary>
    Idle,

    /// <summary>SET_PARAMS.</summary>
    Configured,

    /// <summary>PREPARE; messages may be queued.</summary>
    Prepared,

    /// <summary>START.</summary>
    Running,

    /// <summary>STOP; messages stay queued until RELEASE.</summary>
    Stopped,

    /// <summary>RELEASE; nothing is queued.</summary>
    Released,
}
