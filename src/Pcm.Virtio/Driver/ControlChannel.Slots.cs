using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <content>The slots: what each holds, who owns it, and how it comes back.</content>
internal sealed partial class ControlChannel
{
    /// <summary>Slots that the device has kept after their waiters left.</summary>
    public int AbandonedSlots
    {
        get
        {
            using (_queue.Lock.EnterScope())
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
            using (_queue.Lock.EnterScope())
            {
                return (_slots.Length, _freeSlots);
            }
        }
    }

    /// <summary>Frees the memory; quarantines it when the device still has slots.</summary>
    public void Free()
    {
        using (_queue.Lock.EnterScope())
        {
            foreach (ref Slot slot in _slots.AsSpan())
            {
                if (slot.Long is { } region)
                {
                    _dma.Quarantine(region);
                    slot.Long = null;
                }
            }
        }

        if (_freeSlots == _slots.Length)
        {
            _memory.Dispose();
        }
        else
        {
            _dma.Quarantine(_memory);
        }
    }

    /// <summary>The waiter leaves.</summary>
    /// <returns>False when the answer came meanwhile; then collect it.</returns>
    private bool Abandon(int index)
    {
        using (_queue.Lock.EnterScope())
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

    private (PcmError Error, int Received) Collect(int index, Span<byte> payload)
    {
        using (_queue.Lock.EnterScope())
        {
            ref Slot slot = ref _slots[index];
            if (_closed != PcmError.None && slot.State == SlotState.Answered)
            {
                Free_NeedsLock(ref slot); // its memory may be gone
                return (_closed, 0);
            }

            if (slot.State != SlotState.Answered)
            {
                slot.State = SlotState.Abandoned; // closed before an answer: the device has it until it is reset
                return (_closed != PcmError.None ? _closed : PcmError.IO, 0);
            }

            // Only what the device says it wrote: behind it lies an older answer (virtio 2.7.8.2).
            ReadOnlySpan<byte> response = ResponseSpan(index);
            uint code = MemoryMarshal.Read<Le32>(response);
            int received = 0;
            if (code == (uint)VirtioSoundStatusCode.Ok)
            {
                received = Math.Min(slot.Written - StatusBytes, payload.Length);
                response.Slice(StatusBytes, received).CopyTo(payload);
            }

            Free_NeedsLock(ref slot);
            PcmError error = code switch
            {
                (uint)VirtioSoundStatusCode.Ok => PcmError.None,
                (uint)VirtioSoundStatusCode.NotSupported => PcmError.NotSupported,
                (uint)VirtioSoundStatusCode.IOError => PcmError.IO,
                _ => PcmError.InvalidArgument,
            };
            return (error, received);
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

        if (written < StatusBytes && _closed == PcmError.None)
        {
            Le32 nothing = (uint)VirtioSoundStatusCode.IOError;
            MemoryMarshal.Write(ResponseSpan(index), in nothing);
        }

        slot.Written = (int)Math.Max(written, StatusBytes);
        slot.State = SlotState.Answered;
        slot.Answered.TrySet();
    }

    private void Free_NeedsLock(ref Slot slot)
    {
        slot.State = SlotState.Free;
        slot.Long?.Dispose();
        slot.Long = null;
        _freeSlots++;
        if (_waitsForSlot)
        {
            _waitsForSlot = false;
            _slotFree.TrySet();
        }
    }

    private Span<byte> RequestSpan(int index) => _slots[index].Long is { } region
        ? region.Span[.._slots[index].RequestLength]
        : _memory.Span.Slice(index * (RequestBytes + ResponseBytes), RequestBytes);

    private Span<byte> ResponseSpan(int index) => _slots[index].Long is { } region
        ? region.Span[_slots[index].RequestLength..]
        : _memory.Span.Slice((index * (RequestBytes + ResponseBytes)) + RequestBytes, ResponseBytes);

    private DmaSlice RequestSlice(int index) => _slots[index].Long is { } region
        ? region.Slice(0, _slots[index].RequestLength)
        : _memory.Slice(index * (RequestBytes + ResponseBytes), _slots[index].RequestLength);

    private DmaSlice ResponseSlice(int index, int length) => _slots[index].Long is { } region
        ? region.Slice(_slots[index].RequestLength, length)
        : _memory.Slice((index * (RequestBytes + ResponseBytes)) + RequestBytes, length);

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
        public int RequestLength;
        public int Written;

        /// <summary>The memory of a message that does not fit the slot's own; freed with the slot.</summary>
        public DmaRegion? Long;
    }
}
