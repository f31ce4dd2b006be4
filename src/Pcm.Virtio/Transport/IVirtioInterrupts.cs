namespace Pcm.Virtio;

/// <summary>What a transport tells its driver. Spurious calls are allowed, and one event may be told twice.</summary>
/// <remarks>
/// Context: a thread of the transport, one call at a time, no lock held. Must not block, wait, or throw; work that takes longer goes to a
/// <see cref="PcmScheduler"/>.
/// Thread safety: an implementation need not expect two calls at a time, but its own threads beside them.
/// </remarks>
public interface IVirtioInterrupts
{
    /// <summary>A queue may have used buffers.</summary>
    /// <param name="queue">Its index. A transport with one interrupt for all calls this for each queue.</param>
    void OnQueue(ushort queue);

    /// <summary>The configuration or the status may have changed: read <see cref="VirtioStatus.NeedsReset"/> and the generation.</summary>
    void OnConfigChanged();

    /// <summary>The device is gone. The last call; the driver's memory is its own again.</summary>
    void OnDisconnected();
}
