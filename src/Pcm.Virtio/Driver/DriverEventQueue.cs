using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// The event queue: one 8-byte buffer for each descriptor, posted before DRIVER_OK; each that comes back is read once, acted on, and posted again.
/// </summary>
/// <remarks>Thread safety: <see cref="SoundQueue.Drain"/> may come from several threads; events are handled one at a time, in order.</remarks>
internal sealed class DriverEventQueue : SoundMessageOwner
{
    private const int EventBytes = 8;

    private readonly SoundQueue _queue;
    private readonly DmaAllocator _dma;
    private readonly DmaRegion _memory;
    private readonly Action<VirtioSoundEvent> _handler;
    private readonly Queue<VirtioSoundEvent> _received;
    private bool _handling; // under the queue's lock: somebody hands events on, and takes those that come meanwhile too

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
        using (_queue.Lock.EnterScope())
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
        bool notify, handles;
        using (_queue.Lock.EnterScope())
        {
            notify = _queue.Publish_NeedsLock();
            handles = !_handling;
            _handling = true;
        }

        if (notify)
        {
            _queue.Notify();
        }

        // One at a time, in order: a plug and its pull must not overtake each other.
        while (handles && TryTake(out VirtioSoundEvent received))
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
        using (_queue.Lock.EnterScope())
        {
            _handling = _received.TryDequeue(out received);
            return _handling;
        }
    }
}
