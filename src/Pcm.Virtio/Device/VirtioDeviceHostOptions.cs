namespace Pcm.Virtio;

/// <summary>What a host offers on behalf of its device.</summary>
internal sealed record VirtioDeviceHostOptions
{
    /// <summary>Ring features to offer, within <see cref="VirtioFeatures.RingBits"/>; <see cref="VirtioFeatures.Version1"/> always is.</summary>
    public VirtioFeatures RingFeatures { get; init; } = VirtioFeatures.RingBits;

    /// <summary>Which of the device's own features to offer.</summary>
    public VirtioFeatures DeviceFeatureMask { get; init; } = VirtioFeatures.DeviceTypeBits;

    /// <summary>The largest queue, 1 to 32768.</summary>
    public ushort MaxQueueSize { get; init; } = 256;

    /// <summary>What a driver may ask of a queue.</summary>
    public DeviceVirtqueueLimits Limits { get; init; } = DeviceVirtqueueLimits.Default;
}
