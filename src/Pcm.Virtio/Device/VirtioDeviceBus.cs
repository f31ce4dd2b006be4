using System.Diagnostics.CodeAnalysis;

namespace Pcm.Virtio;

/// <summary>What a <see cref="VirtioDevice"/> sees of its transport: queues, interrupts, and an executor of its own.</summary>
/// <remarks>
/// Thread safety: <see cref="Post"/>, <see cref="Poll"/>, <see cref="ChangeConfig"/> and <see cref="Fail"/> may be called from any thread,
/// also under a lock; the rest belongs to the device's executor.
/// </remarks>
public abstract class VirtioDeviceBus
{
    private protected VirtioDeviceBus()
    {
    }

    /// <summary>A queue the driver enabled. False when it did not.</summary>
    /// <param name="index">[0 .. QueueCount).</param>
    /// <param name="queue">Good until <see cref="VirtioDevice.Reset"/> or <see cref="VirtioDevice.ResetQueue"/>.</param>
    public abstract bool TryGetQueue(ushort index, [NotNullWhen(true)] out DeviceVirtqueue? queue);

    /// <summary>Publishes what was pushed to a queue and interrupts the driver when it wants that.</summary>
    /// <param name="index">[0 .. QueueCount).</param>
    public abstract void Publish(ushort index);

    /// <summary>Calls <see cref="VirtioDevice.ProcessQueue"/> later, as a notification would.</summary>
    /// <param name="index">[0 .. QueueCount).</param>
    public abstract void Poll(ushort index);

    /// <summary>Says that the configuration space changed: a new generation, and an interrupt when the driver runs.</summary>
    public abstract void ChangeConfig();

    /// <summary>Says that the device cannot go on: <see cref="VirtioStatus.NeedsReset"/>, and an interrupt when the driver runs (virtio 2.1.2).</summary>
    public abstract void Fail();

    /// <summary>Runs work on the device's executor, later, in order. For timers and for the completions of other threads. It runs also after a reset.</summary>
    /// <param name="work">A static delegate, so that nothing is allocated.</param>
    /// <param name="state">Passed to <paramref name="work"/>.</param>
    public abstract void Post(Action<object?> work, object? state);
}
