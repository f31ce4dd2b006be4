namespace Pcm.Virtio;

/// <summary>Extension point: one PCI function, through configuration ports, VFIO, sysfs or anything else.</summary>
/// <remarks>
/// Errors: <see cref="VirtioTransportException"/> when the device cannot be reached. Thread safety: every member may be called from any thread.
/// </remarks>
public interface IPciFunction
{
    /// <summary>Reads configuration space. Context: may wait.</summary>
    /// <param name="offset">A multiple of 4, <c>[0 .. 256)</c>.</param>
    uint ReadConfig(int offset);

    /// <summary>Writes configuration space. Context: may wait.</summary>
    /// <param name="offset">A multiple of 4, <c>[0 .. 256)</c>.</param>
    /// <param name="value">What to write.</param>
    void WriteConfig(int offset, uint value);

    /// <summary>The registers behind a base address register, assigned and enabled.</summary>
    /// <param name="bar">0 to 5.</param>
    /// <exception cref="VirtioTransportException">The function has no such memory region.</exception>
    IRegisterWindow OpenBar(int bar);
}
