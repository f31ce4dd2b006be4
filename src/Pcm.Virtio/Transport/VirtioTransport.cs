namespace Pcm.Virtio;

/// <summary>
/// Extension point: how a driver reaches a virtio device. Only primitives; the order they are used in is <see cref="VirtioHandshake"/>'s.
/// </summary>
/// <remarks>
/// Thread safety: <see cref="Notify"/> may be called from any thread; everything else by one thread at a time. Errors of primitives:
/// <see cref="VirtioTransportException"/> when the device cannot be reached, after which <see cref="IVirtioInterrupts.OnDisconnected"/> follows.
/// </remarks>
public abstract class VirtioTransport : IAsyncDisposable
{
    /// <summary>The kind of device, 25 for sound; 0 for an empty place. Context: any.</summary>
    public abstract uint DeviceId { get; }

    /// <summary>What the device offers, bits 0-63. Context: any.</summary>
    public abstract VirtioFeatures DeviceFeatures { get; }

    /// <summary>Feature bits from 24 up that this transport can honour when the device offers them. Context: any.</summary>
    public virtual VirtioFeatures TransportFeatures => VirtioFeatures.RingBits;

    /// <summary>Writes what the driver accepts. Context: between DRIVER and FEATURES_OK.</summary>
    public abstract VirtioFeatures DriverFeatures { set; }

    /// <summary>The device status. Writing None starts a reset, complete when it reads None. Context: any; never waits for the device.</summary>
    public abstract VirtioStatus Status { get; set; }

    /// <summary>Changes when a configuration read may be torn. Context: any.</summary>
    public abstract uint ConfigGeneration { get; }

    /// <summary>Where device-visible memory comes from. Disposed with the transport. Context: any.</summary>
    public abstract DmaAllocator Dma { get; }

    /// <summary>
    /// Reads the configuration space; bytes beyond its end read as 0. Context: any; may be torn, see <see cref="VirtioHandshake.ReadConfig"/>.
    /// </summary>
    /// <param name="offset">First byte, not negative.</param>
    /// <param name="destination">Where to.</param>
    public abstract void ReadConfig(int offset, Span<byte> destination);

    /// <summary>Writes the configuration space. The sound device has nothing writable. Context: after FEATURES_OK.</summary>
    /// <param name="offset">First byte, not negative.</param>
    /// <param name="source">What to write.</param>
    public abstract void WriteConfig(int offset, ReadOnlySpan<byte> source);

    /// <summary>The most descriptors a queue can have; 0 when the device has no such queue. Context: any.</summary>
    /// <param name="queue">Its index.</param>
    public abstract ushort GetMaxQueueSize(ushort queue);

    /// <summary>Tells the device where a queue lies and starts it. Context: between FEATURES_OK and DRIVER_OK, or after a queue reset.</summary>
    /// <param name="queue">Its index.</param>
    /// <param name="addresses">Its memory, zeroed, until the next reset.</param>
    public abstract void EnableQueue(ushort queue, in VirtqueueAddresses addresses);

    /// <summary>Starts the reset of one queue, complete when <see cref="IsQueueEnabled"/> says false. Context: only with <see cref="VirtioFeatures.RingReset"/> negotiated.</summary>
    /// <param name="queue">Its index.</param>
    public abstract void DisableQueue(ushort queue);

    /// <summary>Whether the device may touch a queue. Context: any.</summary>
    /// <param name="queue">Its index.</param>
    public abstract bool IsQueueEnabled(ushort queue);

    /// <summary>
    /// Tells the device that a queue has new buffers. Context: any thread, hot path: no wait, no allocation, no exception; a device that is
    /// gone is not told.
    /// </summary>
    /// <param name="queue">Its index.</param>
    public abstract void Notify(ushort queue);

    /// <summary>Says who hears of interrupts. Context: once, before the handshake.</summary>
    /// <param name="interrupts">The driver.</param>
    /// <exception cref="InvalidOperationException">Somebody is attached already.</exception>
    public abstract void Attach(IVirtioInterrupts interrupts);

    /// <summary>
    /// Ends the connection: no interrupt comes after it, and the device has no access to the memory of <see cref="Dma"/>.
    /// Context: may wait; once, last.
    /// </summary>
    public abstract ValueTask DisposeAsync();
}
