namespace Pcm.Virtio;

/// <summary>
/// Extension point: a virtio device implemented in this process. It runs unchanged behind every device-side transport.
/// </summary>
/// <remarks>
/// Thread safety: <see cref="Activate"/>, <see cref="ProcessQueue"/>, <see cref="ResetQueue"/> and <see cref="Reset"/> run on the device's
/// executor, one at a time, as does what it posts to <see cref="VirtioDeviceBus.Post"/>; the bus and the queues may be used from there only.
/// The other members may be called from any thread. None may wait. A driver's nonsense is answered by a status, never by an exception.
/// </remarks>
public abstract class VirtioDevice
{
    /// <summary>The kind of device (virtio 5), 25 for sound. Context: any thread; constant.</summary>
    public abstract uint DeviceId { get; }

    /// <summary>The features of the device type it offers, within <see cref="VirtioFeatures.DeviceTypeBits"/>. Context: any thread; constant.</summary>
    public abstract VirtioFeatures Features { get; }

    /// <summary>How many queues it has, at least 1. Context: any thread; constant.</summary>
    public abstract int QueueCount { get; }

    /// <summary>
    /// Reads the configuration space; bytes beyond its end are 0. Context: any thread, also before the features are agreed.
    /// A change of several fields is announced by <see cref="VirtioDeviceBus.ChangeConfig"/> after it was made.
    /// </summary>
    /// <param name="offset">First byte; any value from 0.</param>
    /// <param name="destination">Where to.</param>
    public abstract void ReadConfig(int offset, Span<byte> destination);

    /// <summary>The driver is set up. What it queued before is processed next, without a notification. Context: executor.</summary>
    /// <param name="bus">The queues and the interrupts, until <see cref="Reset"/>.</param>
    /// <param name="negotiated">The features agreed on.</param>
    public abstract void Activate(VirtioDeviceBus bus, VirtioFeatures negotiated);

    /// <summary>
    /// A queue may have messages: pop what can be handled, until there is none. Notifications are off meanwhile and come on again after it; a
    /// message that is left in the ring brings no further call: pop it when the time comes, or ask with <see cref="VirtioDeviceBus.Poll"/>.
    /// Context: executor; may be called for nothing.
    /// </summary>
    /// <param name="queue">[0 .. <see cref="QueueCount"/>).</param>
    public abstract void ProcessQueue(ushort queue);

    /// <summary>One queue was taken back by the driver: forget the heads held of it. Context: executor.</summary>
    /// <param name="queue">[0 .. <see cref="QueueCount"/>).</param>
    public virtual void ResetQueue(ushort queue)
    {
    }

    /// <summary>The driver reset the device, or is gone: forget all heads, stop, be as new. The driver's memory is out of reach already. Context: executor.</summary>
    public abstract void Reset();
}
