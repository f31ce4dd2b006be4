namespace Pcm.Virtio;

/// <summary>The queues of a virtio sound device (virtio 5.14.2) and its device id (virtio 5.14.1).</summary>
/// <remarks>Thread safety: constants.</remarks>
public static class VirtioSoundQueues
{
    /// <summary>The sound device's virtio device id.</summary>
    public const uint DeviceId = 25;

    /// <summary>Requests of the driver and their responses (controlq).</summary>
    public const ushort Control = 0;

    /// <summary>Empty buffers that the device returns with events in them (eventq).</summary>
    public const ushort Event = 1;

    /// <summary>Playback messages (txq).</summary>
    public const ushort Playback = 2;

    /// <summary>Capture messages (rxq).</summary>
    public const ushort Capture = 3;

    /// <summary>Number of queues.</summary>
    public const int Count = 4;
}
