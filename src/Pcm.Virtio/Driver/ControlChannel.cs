using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>
/// Control requests to the device: a fixed number of slots, each with its own request and response bytes.
/// Slot lifetime: free -> sent (the waiter and the device have it) -> free. A waiter that times out or is cancelled leaves it abandoned:
/// the device's alone, until the device returns it or is reset. Its memory is never reused before (VIRTIO-SOUND V-23, V-24).
/// </summary>
/// <remarks>Thread safety: <see cref="SendAsync{TRequest}"/> from any thread; requests of one stream are sent one at a time by their stream.</remarks>
internal sealed class ControlChannel : SoundMessageOwner
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

    /// <summary>Slots that the device has kept after their waiters left.</summary>
    public int AbandonedSlots
    {
        get
        {
            lock (_queue.Lock)
            {
                return _slots.Count(static s => s.State == SlotState.Abandoned);
            }
        }
    }

    /// <summary>All slots, and those that are free, for accounting.</summary>
    public (int All, int Free) Slots
    {
        get
        {
            lock (_queue.Lock)
            {
                return (_slots.Length, _freeSlots);
            }
        }
    }

    /// <summary>Sends a request and waits for the answer.</summary>
    /// <param name="request">The wire struct.</param>
    /// <param name="payload">Room for the answer's payload, at most <see cref="PayloadBytes"/>; filled on success.</param>
    /// <param name="cancellationToken">Ends the wait; the request is with the device all the same.</param>
    /// <returns>
    /// BAD_MSG and unknown answers EINVAL, NOT_SUPP EOPNOTSUPP, IO_ERR EIO; ETIMEDOUT without an answer in time; ENODEV when the device is gone;
    /// EIO when the queue is broken.
    /// </returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<PcmError> SendAsync<TRequest>(TRequest request, Memory<byte> payload, CancellationToken cancellationToken)
        where TRequest : unmanaged
    {
        (PcmError error, int index) = await SubmitAsync(request, payload.Length, cancellationToken);
        if (error != PcmError.None)
        {
            return error;
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

        if (!answered && Abandon(index))
        {
            VirtioSoundLog.ControlTimedOut(_log, RequestName(request), _timeout, _queue.ToString());
            return PcmError.TimedOut;
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
        lock (_queue.Lock)
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

    /// <summary>Frees the memory; quarantines it when the device still has slots.</summary>
    public void Free()
    {
        if (_freeSlots == _slots.Length)
        {
            _memory.Dispose();
        }
        else
        {
            _dma.Quarantine(_memory);
        }
    }

    private async ValueTask<(PcmError Error, int Slot)> SubmitAsync<TRequest>(TRequest request, int payload, CancellationToken cancellationToken)
        where TRequest : unmanaged
    {
        if (TrySubmit(request, payload, wait: false, out int index, out PcmError error))
        {
            return (error, index);
        }

        // Every slot is in use: wait for one, first come, first served.
        await _slotGate.EnterAsync(cancellationToken);
        try
        {
            while (!TrySubmit(request, payload, wait: true, out index, out error))
            {
                if (!await _slotFree.WaitAsync(_timeout, cancellationToken))
                {
                    VirtioSoundLog.NoControlSlot(_log, RequestName(request), _slots.Length, _queue.ToString());
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

    /// <returns>False when no slot is free; then, with <paramref name="wait"/>, the slot event is armed.</returns>
    private bool TrySubmit<TRequest>(TRequest request, int payload, bool wait, out int index, out PcmError error)
        where TRequest : unmanaged
    {
        bool notify;
        lock (_queue.Lock)
        {
            index = -1;
            error = _closed != PcmError.None ? _closed : _queue.Ring.IsBroken ? PcmError.IO : PcmError.None;
            if (error != PcmError.None)
            {
                return true;
            }

            index = Array.FindIndex(_slots, static s => s.State == SlotState.Free);
            if (index < 0)
            {
                _waitsForSlot |= wait;
                if (wait)
                {
                    _slotFree.Arm();
                }

                return false;
            }

            ref Slot slot = ref _slots[index];
            int requestBytes = Unsafe.SizeOf<TRequest>();
            MemoryMarshal.Write(RequestSpan(index), in request);
            Le32 preset = (uint)VirtioSoundStatusCode.IOError; // what a message that the device never filled reads as
            MemoryMarshal.Write(ResponseSpan(index), in preset);
            slot.Answered.Arm();
            slot.ResponseLength = StatusBytes + payload;
            int at = index * (RequestBytes + ResponseBytes);
            if (!_queue.TryAdd_NeedsLock(this, index, [_memory.Slice(at, requestBytes)], [_memory.Slice(at + RequestBytes, slot.ResponseLength)]))
            {
                error = PcmError.IO;
                return true;
            }

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

    /// <summary>The waiter leaves.</summary>
    /// <returns>False when the answer came meanwhile; then collect it.</returns>
    private bool Abandon(int index)
    {
        lock (_queue.Lock)
        {
            ref Slot slot = ref _slots[index];
            if (slot.State != SlotState.Sent)
            {
                return false;
            }

            slot.State = SlotState.Abandoned;
            return true;
        }
    }

    private PcmError Collect(int index, Span<byte> payload)
    {
        lock (_queue.Lock)
        {
            ref Slot slot = ref _slots[index];
            if (slot.State != SlotState.Answered)
            {
                slot.State = SlotState.Abandoned; // closed before an answer: the device has it until it is reset
                return _closed != PcmError.None ? _closed : PcmError.IO;
            }

            ReadOnlySpan<byte> response = ResponseSpan(index);
            uint code = MemoryMarshal.Read<Le32>(response);
            if (code == (uint)VirtioSoundStatusCode.Ok)
            {
                response.Slice(StatusBytes, payload.Length).CopyTo(payload);
            }

            Free_NeedsLock(ref slot);
            return code switch
            {
                (uint)VirtioSoundStatusCode.Ok => PcmError.None,
                (uint)VirtioSoundStatusCode.NotSupported => PcmError.NotSupported,
                (uint)VirtioSoundStatusCode.IOError => PcmError.IO,
                _ => PcmError.InvalidArgument,
            };
        }
    }

    private void GiveBack_NeedsLock(int index, uint written)
    {
        ref Slot slot = ref _slots[index];
        if (slot.State == SlotState.Abandoned)
        {
            Free_NeedsLock(ref slot);
            return;
        }

        if (written < StatusBytes)
        {
            Le32 nothing = (uint)VirtioSoundStatusCode.IOError;
            MemoryMarshal.Write(ResponseSpan(index), in nothing);
        }

        slot.State = SlotState.Answered;
        slot.Answered.TrySet();
    }

    private void Free_NeedsLock(ref Slot slot)
    {
        slot.State = SlotState.Free;
        _freeSlots++;
        if (_waitsForSlot)
        {
            _waitsForSlot = false;
            _slotFree.TrySet();
        }
    }

    private Span<byte> RequestSpan(int index) => _memory.Span.Slice(index * (RequestBytes + ResponseBytes), RequestBytes);

    private Span<byte> ResponseSpan(int index) => _memory.Span.Slice((index * (RequestBytes + ResponseBytes)) + RequestBytes, ResponseBytes);

    private static VirtioSoundRequest RequestName<TRequest>(TRequest request)
        where TRequest : unmanaged =>
        (VirtioSoundRequest)MemoryMarshal.Read<Le32>(MemoryMarshal.AsBytes(new ReadOnlySpan<TRequest>(in request))).Value;

    private enum SlotState
    {
        Free,
        Sent,
        Answered,
        Abandoned,
    }

    private struct Slot(PcmEvent answered)
    {
        public readonly PcmEvent Answered = answered;
        public SlotState State;
        public int ResponseLength;
    }
}
