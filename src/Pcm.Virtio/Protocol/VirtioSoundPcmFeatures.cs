namespace Pcm.Virtio;

/// <summary>What a PCM stream can do, and what a driver selects of it (virtio 5.14.6.6.2: VIRTIO_SND_PCM_F_*).</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum VirtioSoundPcmFeatures : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Shared memory of the host; a placeholder that must not be selected.</summary>
    SharedHostMemory = 1 << 0,

    /// <summary>Shared memory of the guest; a placeholder that must not be selected.</summary>
    SharedGuestMemory = 1 << 1,

    /// <summary>The device polls the ring: the driver need not notify.</summary>
    MessagePolling = 1 << 2,

    /// <summary>Period events for shared memory.</summary>
    SharedMemoryPeriodEvents = 1 << 3,

    /// <summary>The device reports <see cref="VirtioSoundEventCode.PcmXRun"/>.</summary>
    XRunEvents = 1 << 4,
}
