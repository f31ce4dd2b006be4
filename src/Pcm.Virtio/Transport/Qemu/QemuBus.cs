namespace Pcm.Virtio;

/// <summary>How QEMU's virtio-sound is attached.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum QemuBus
{
    /// <summary>virtio-mmio, on the machine <c>microvm</c>.</summary>
    Mmio,

    /// <summary>virtio-pci, on the machine <c>q35</c>.</summary>
    Pci,
}
