namespace Pcm.Virtio;

/// <summary>How much a driver may ask of a device's queue before the device calls it broken. Memory a driver can make us hold is bounded by these.</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public sealed record DeviceVirtqueueLimits
{
    /// <summary>The defaults: what QEMU allows in one chain, and 32 descriptors for each message of a full queue.</summary>
    public static DeviceVirtqueueLimits Default { get; } = new();

    /// <summary>Descriptors of one chain, indirect ones counted; at least 1.</summary>
    public int MaxChainDescriptors { get; init; } = 1024;

    /// <summary>Descriptors of all chains the device holds, for each descriptor of the queue; at least 1. Never less than one longest chain.</summary>
    public int MaxHeldDescriptorsPerSlot { get; init; } = 32;
}
