namespace Pcm.Virtio;

/// <summary>The device status field (virtio 2.1). Bits are only ever added; writing None resets the device.</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum VirtioStatus : byte
{
    /// <summary>Reset, or to be reset.</summary>
    None = 0,

    /// <summary>The driver has seen the device.</summary>
    Acknowledge = 1,

    /// <summary>The driver knows how to drive it.</summary>
    Driver = 2,

    /// <summary>The driver is set up: queues run.</summary>
    DriverOk = 4,

    /// <summary>Features are agreed; the device clears it again when it cannot agree.</summary>
    FeaturesOk = 8,

    /// <summary>The device met an error that only a reset cures.</summary>
    NeedsReset = 64,

    /// <summary>The driver gave the device up.</summary>
    Failed = 128,
}
