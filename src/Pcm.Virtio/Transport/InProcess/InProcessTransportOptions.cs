namespace Pcm.Virtio;

/// <summary>What the device's end of an <see cref="InProcessTransport"/> offers.</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public sealed record InProcessTransportOptions
{
    /// <summary>Ring features to offer, within <see cref="VirtioFeatures.RingBits"/>. Without <see cref="VirtioFeatures.RingPacked"/> the queues are split.</summary>
    public VirtioFeatures RingFeatures { get; init; } = VirtioFeatures.RingBits;

    /// <summary>Which of the device's own features to offer.</summary>
    public VirtioFeatures DeviceFeatureMask { get; init; } = VirtioFeatures.DeviceTypeBits;

    /// <summary>The most descriptors of a queue, 1 to 32768.</summary>
    public ushort MaxQueueSize { get; init; } = 256;

    /// <summary>What the device's end lets the driver do.</summary>
    public DeviceVirtqueueLimits Limits { get; init; } = DeviceVirtqueueLimits.Default;

    /// <summary>
    /// Interrupts call the driver straight from the device's executor instead of going through the scheduler: one hop less, and the driver
    /// delays the device.
    /// </summary>
    public bool DirectInterrupts { get; init; }
}
