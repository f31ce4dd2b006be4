namespace Pcm.Virtio;

/// <summary>How a device-side transport reaches the driver. Context: no lock held; must not wait.</summary>
internal interface IVirtioDeviceOutput
{
    /// <summary>Raises a queue's interrupt. Context: the device's executor.</summary>
    void Interrupt(ushort queue);

    /// <summary>Raises the configuration interrupt. Context: any thread.</summary>
    void ConfigChanged();
}
