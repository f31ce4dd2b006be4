using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// The event queue: one 8-byte buffer for each descriptor, posted before DRIVER_OK; each that comes back is read once, acted on, and posted again.
/// </summary>
/// <remarks>Thread safety: <see cref="SoundQueue.Drain"/> is called by one interrupt at a time.</remarks>
internal sealed class DriverEventQueue : SoundMessageOwner
{
    private const int EventBytes = 8;

    private readonly SoundQueue _queue;
    private readonly DmaAllocator _dma;
    private readonly DmaRegion _memory;
    private readonly Action<VirtioSoundEvent> _handler;
    private readonly Queue<VirtioSoundEvent> _received;

    public DriverEventQueue(SoundQueue queue, DmaAllocator dma, Action<VirtioSoundEvent> handler)
    {
        _queue = queue;
        _dma = dma;
        _handler = handler;
        _memory = dma.Allocate(queue.Ring.Size * EventBytes, EventBytes);
        _received = new Queue<VirtioSoundEvent>(queue.Ring.Size);
    }

    /// <summary>Posts every buffer. The device is told once it runs (V-34), not here.</summary>
    public void Fill()
    {
        lock (_queue.Lock)
        {
            for (int i = 0; i < _queue.Ring.Size; i++)
            {
                _queue.TryAdd_NeedsLock(this, i, [], [_memory.Slice(i * EventBytes, EventBytes)]);
            }

            _queue.Publish_NeedsLock();
        }
    }

    public override void Used_NeedsQueueLock(int message, uint generation, uint written)
    {
        if (written >= EventBytes)
        {
            _received.Enqueue(MemoryMarshal.Read<VirtioSoundEvent>(_memory.Span[(message * EventBytes)..]));
        }

        _queue.TryAdd_NeedsLock(this, message, [], [_memory.Slice(message * EventBytes, EventBytes)]);
    }

    public override void AfterUsed()
    {
        bool notify;
        lock (_queue.Lock)
        {
            notify = _queue.Publish_NeedsLock();
        }

        if (notify)
        {
            _queue.Notify();
        }

        while (TryTake(out VirtioSoundEvent received))
        {
            _handler(received);
        }
    }

    public override void Reclaimed_NeedsQueueLock(int message, uint generation)
    {
        // The memory is freed as a whole.
    }

    /// <summary>Frees the buffers; quarantines them unless the device lost access.</summary>
    public void Free(bool deviceLetGo)
    {
        if (deviceLetGo)
        {
            _memory.Dispose();
        }
        else
        {
            _dma.Quarantine(_memory);
        }
    }

    private bool TryTake(out VirtioSoundEvent received)
    {
        lock (_queue.Lock)
        {
            return _received.TryDequeue(out received);
        }
    }
}
