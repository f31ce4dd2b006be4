namespace Pcm.Virtio;

/// <summary>What a driver brings to a <see cref="VirtioHandshake"/>.</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public sealed record VirtioHandshakeOptions
{
    /// <summary>The kind of device the driver drives.</summary>
    public required uint DeviceId { get; init; }

    /// <summary>The features of the device type that the driver knows, within <see cref="VirtioFeatures.DeviceTypeBits"/>.</summary>
    public VirtioFeatures KnownDeviceFeatures { get; init; }

    /// <summary>The ring and transport features to use when device and transport have them.</summary>
    public VirtioFeatures WantedRingFeatures { get; init; } = VirtioFeatures.RingBits | VirtioFeatures.AccessPlatform | VirtioFeatures.OrderPlatform;

    /// <summary>Bytes of configuration space that exist with the features agreed on: what lies beyond must not be read.</summary>
    public Func<VirtioFeatures, int> ConfigLength { get; init; } = static _ => 0;

    /// <summary>The queues to set up, from index 0.</summary>
    public IReadOnlyList<VirtqueueRequest> Queues { get; init; } = [];

    /// <summary>How long the device may take for a reset, of itself or of a queue.</summary>
    public TimeSpan ResetTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
