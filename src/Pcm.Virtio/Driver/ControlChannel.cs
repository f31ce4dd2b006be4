using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>
/// Control requests to the device: a fixed number of slots, each with its own request and response bytes.
/// Slot lifetime: free -> sent (the waiter and the device have it) -> free. A waiter that times out or is cancelled leaves it abandoned:
/// the device's alone, until the device returns it or is reset. Its memory is never reused before (VIRTIO-SOUND V-23, V-24).
/// </summary>
/// <remarks>Thread safety: <see cref="SendAsync{TRequest}"/> from any thread; requests of one stream are sent one at a time by their stream.</remarks>
internal sealed partial class ControlChannel : SoundMessageOwner
{
    /// <summary>Bytes of a slot for a request.</summary>
    public const int RequestBytes = 528;

    /// <summary>Bytes of a slot for a response: 4 of status and the payload.</summary>
    public const int ResponseBytes = 1024;

    /// <summary>The largest payload of one response.</summary>
    public const int PayloadBytes = ResponseBytes - StatusBytes;

    private const int StatusBytes = 4;

    private readonly SoundQueue _queue;
    private readonly PcmServices _services;
    private readonly TimeSpan _timeout;
    private readonly ILogger _log;
    private readonly DmaRegion _memory;
    private readonly DmaAllocator _dma;
    private readonly Slot[] _slots;
    private readonly PcmEvent _slotFree;
    private readonly PcmGate _slotGate;
    private int _freeSlots;
    private bool _waitsForSlot;
    private PcmError _closed;
    private bool _paused;
    private uint _deviceGeneration = 1;

    public ControlChannel(SoundQueue queue, DmaAllocator dma, PcmServices services, TimeSpan timeout, ILogger log)
    {
        _queue = queue;
        _dma = dma;
        _services = services;
        _timeout = timeout;
        _log = log;
        int slots = Math.Clamp(queue.Ring.Size / 2, 1, 32);
        _memory = dma.Allocate(slots * (RequestBytes + ResponseBytes), 16);
        _slots = new Slot[slots];
        for (int i = 0; i < slots; i++)
        {
            _slots[i] = new Slot(new PcmEvent(services));
        }

        _freeSlots = slots;
        _slotFree = new PcmEvent(services);
        _slotGate = new PcmGate(services);
    }

    /// <summary>Counts the device's resets, from 1. A request can be bound to one; so is what a device knows of a stream.</summary>
    public uint DeviceGeneration => Volatile.Read(ref _deviceGeneration);

    /// <summary>Sends a request and waits for the answer, whose payload is as long as asked for.</summary>
    /// <param name="request">The wire struct.</param>
    /// <param name="payload">Room for the answer's payload; filled on success.</param>
    /// <param name="cancellationToken">Ends the wait; the request is with the device all the same.</param>
    /// <param name="generation">The device generation that it is meant for; 0: any.</param>
    /// <returns>As <see cref="ExchangeAsync"/>; also EIO when the answer is shorter than <paramref name="payload"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<PcmError> SendAsync<TRequest>(
        TRequest request, Memory<byte> payload, CancellationToken cancellationToken, uint generation = 0)
        where TRequest : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<TRequest>(in request)).ToArray();
        (PcmError error, int received) = await ExchangeAsync(bytes, payload, cancellationToken, generation);
        if (error == PcmError.None && received < payload.Length)
        {
            VirtioSoundLog.ShortAnswer(_log, RequestName(bytes), StatusBytes + received, StatusBytes + payload.Length);
            return PcmError.IO;
        }

        return error;
    }

    /// <summary>Sends a request and waits for the answer, whose payload may be shorter than its room.</summary>
    /// <param name="request">The wire struct, and what follows it; at least the 4 bytes of the code.</param>
    /// <param name="payload">Room for the answer's payload; as much as came is filled on success.</param>
    /// <param name="cancellationToken">Ends the wait; the request is with the device all the same.</param>
    /// <param name="generation">The device generation that it is meant for; 0: any.</param>
    /// <returns>
    /// BAD_MSG and unknown answers EINVAL, NOT_SUPP EOPNOTSUPP, IO_ERR EIO; ETIMEDOUT without an answer in time; ENODEV when the device is gone;
    /// EIO when the queue is broken, the device was reset before it answered, or its generation is not <paramref name="generation"/> any more; ENOMEM without memory for a long message. And the bytes of payload that came.
    /// </returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<(PcmError Error, int Received)> ExchangeAsync(
        ReadOnlyMemory<byte> request, Memory<byte> payload, CancellationToken cancellationToken, uint generation = 0)
    {
        (PcmError error, int index) = await SubmitAsync(request, payload.Length, generation, cancellationToken);
        if (error != PcmError.None)
        {
            return (error, 0);
        }

        bool answered;
        try
        {
            answered = await _slots[index].Answered.WaitAsync(_timeout, cancellationToken);
        }
        catch (OperationCanceledException) when (Abandon(index))
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            answered = true; // the answer came first after all
        }

        if (!answered)
        {
            string queue = _queue.ToString(); // as it is before the look that follows
            _queue.Drain(); // the answer may lie there, and its interrupt be lost
            if (Abandon(index))
            {
                VirtioSoundLog.ControlTimedOut(_log, RequestName(request.Span), _timeout, queue);
                return (PcmError.TimedOut, 0);
            }

            VirtioSoundLog.InterruptLost(_log, RequestName(request.Span), queue);
        }

        return Collect(index, payload.Span);
    }

    public override void Used_NeedsQueueLock(int message, uint generation, uint written)
    {
        if (generation == Generation)
        {
            GiveBack_NeedsLock(message, written);
        }
    }

    public override void AfterUsed()
    {
        // The waiters were signalled under the lock, and resume through the scheduler.
    }

    public override void Reclaimed_NeedsQueueLock(int message, uint generation) => GiveBack_NeedsLock(message, 0);

    /// <summary>The device is gone or being reset: every present and later request fails with <paramref name="reason"/>.</summary>
    public void Close(PcmError reason)
    {
        using (_queue.Lock.EnterScope())
        {
            _closed = reason;
            foreach (ref Slot slot in _slots.AsSpan())
            {
                if (slot.State == SlotState.Sent)
                {
                    slot.Answered.TrySet();
                }
            }

            _slotFree.TrySet();
        }
    }

    /// <summary>The device is about to be reset: requests wait from now on, and belong to the next generation.</summary>
    public void Pause()
    {
        using (_queue.Lock.EnterScope())
        {
            _paused = true;
            Volatile.Write(ref _deviceGeneration, _deviceGeneration + 1);
        }
    }

    /// <summary>The device runs again: requests that waited go on.</summary>
    public void Resume()
    {
        using (_queue.Lock.EnterScope())
        {
            _paused = false;
            if (_waitsForSlot)
            {
                _waitsForSlot = false;
                _slotFree.TrySet();
            }
        }
    }

    private async ValueTask<(PcmError Error, int Slot)> SubmitAsync(
        ReadOnlyMemory<byte> request, int payload, uint generation, CancellationToken cancellationToken)
    {
        DmaRegion? region = null;
        if (request.Length > RequestBytes || payload > PayloadBytes)
        {
            try
            {
                region = _dma.Allocate(request.Length + StatusBytes + payload, 16);
            }
            catch (OutOfMemoryException)
            {
                return (PcmError.NoMemory, -1);
            }
        }

        int index = -1;
        try
        {
            (PcmError error, index) = await SubmitAsync(request, payload, region, generation, cancellationToken);
            return (error, index);
        }
        finally
        {
            if (index < 0)
            {
                region?.Dispose(); // no device ever saw it
            }
        }
    }

    private async ValueTask<(PcmError Error, int Slot)> SubmitAsync(
        ReadOnlyMemory<byte> request, int payload, DmaRegion? region, uint generation, CancellationToken cancellationToken)
    {
        if (TrySubmit(request.Span, payload, region, generation, wait: false, out int index, out PcmError error))
        {
            return (error, index);
        }

        // Every slot is in use: wait for one, first come, first served.
        await _slotGate.EnterAsync(cancellationToken);
        try
        {
            while (!TrySubmit(request.Span, payload, region, generation, wait: true, out index, out error))
            {
                if (!await _slotFree.WaitAsync(_timeout, cancellationToken))
                {
                    VirtioSoundLog.NoControlSlot(_log, RequestName(request.Span), _slots.Length, _queue.ToString());
                    return (PcmError.TimedOut, -1);
                }
            }

            return (error, index);
        }
        finally
        {
            _slotGate.Exit();
        }
    }

    /// <returns>False when no slot is free, or the device is being reset; then, with <paramref name="wait"/>, the slot event is armed.</returns>
    private bool TrySubmit(
        ReadOnlySpan<byte> request, int payload, DmaRegion? region, uint generation, bool wait, out int index, out PcmError error)
    {
        bool notify;
        using (_queue.Lock.EnterScope())
        {
            index = -1;
            bool outdated = generation != 0 && generation != _deviceGeneration;
            error = _closed != PcmError.None ? _closed : outdated || (_queue.Ring.IsBroken && !_paused) ? PcmError.IO : PcmError.None;
            if (error != PcmError.None)
            {
                return true;
            }

            int free = _paused ? -1 : Array.FindIndex(_slots, static s => s.State == SlotState.Free);
            if (free < 0)
            {
                _waitsForSlot |= wait;
                if (wait)
                {
                    _slotFree.Arm();
                }

                return false;
            }

            ref Slot slot = ref _slots[free];
            slot.Long = region;
            slot.RequestLength = request.Length;
            request.CopyTo(RequestSpan(free));
            Le32 preset = (uint)VirtioSoundStatusCode.IOError; // what a message that the device never filled reads as
            MemoryMarshal.Write(ResponseSpan(free), in preset);
            slot.Answered.Arm();
            if (!_queue.TryAdd_NeedsLock(this, free, [RequestSlice(free)], [ResponseSlice(free, StatusBytes + payload)]))
            {
                slot.Long = null;
                error = PcmError.IO;
                return true;
            }

            index = free;
            slot.State = SlotState.Sent;
            _freeSlots--;
            notify = _queue.Publish_NeedsLock();
        }

        if (notify)
        {
            _queue.Notify();
        }

        return true;
    }

    private static VirtioSoundRequest RequestName(ReadOnlySpan<byte> request) => (VirtioSoundRequest)MemoryMarshal.Read<Le32>(request).Value;
}
