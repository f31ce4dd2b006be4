namespace Pcm.Virtio;

/// <summary>
/// Extension point: a range of device registers, reached by a mapping (VFIO, /dev/mem), a socket, or anything else that moves 1, 2 and 4 bytes.
/// 64-bit fields are two 32-bit accesses (virtio 4.1.3.1, 4.2.2.2). Values are the CPU's; the registers are little-endian.
/// </summary>
/// <remarks>
/// Context: reads and writes may wait for the device, as a read over PCI does; <see cref="Post"/> may not.
/// Errors: <see cref="VirtioTransportException"/> when the device cannot be reached.
/// Thread safety: every member may be called from any thread; accesses of one thread reach the device in its order.
/// </remarks>
public interface IRegisterWindow
{
    /// <summary>Reads one register.</summary>
    /// <param name="offset">First byte, a multiple of <paramref name="bytes"/>.</param>
    /// <param name="bytes">Its width: 1, 2 or 4.</param>
    uint Read(int offset, int bytes);

    /// <summary>Writes one register; when it returns, the device has seen it.</summary>
    /// <param name="offset">First byte, a multiple of <paramref name="bytes"/>.</param>
    /// <param name="bytes">Its width: 1, 2 or 4.</param>
    /// <param name="value">What to write; higher bytes are ignored.</param>
    void Write(int offset, int bytes, uint value);

    /// <summary>
    /// Writes a doorbell: may return before the device has seen it. Several equal writes may become one, as long as the device sees one after
    /// the last of them. Context: any thread, hot path: no wait, no allocation, no exception; a device that is gone is not told.
    /// </summary>
    /// <param name="offset">First byte, a multiple of <paramref name="bytes"/>.</param>
    /// <param name="bytes">Its width: 1, 2 or 4.</param>
    /// <param name="value">What to write.</param>
    void Post(int offset, int bytes, uint value);
}
