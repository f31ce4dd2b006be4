using System.Runtime.CompilerServices;

namespace Pcm.Virtio;

/// <summary>
/// A queue on a ring format: the rules of both formats, with every check of what the device wrote. Made for each format by the compiler, so that
/// an operation is one virtual call: measured by the rows "completion and resubmission" of bench/Pcm.Bench, where calls in the middle of
/// operations went well only for the format that was hot first, and in a program compiled ahead of time for neither.
/// </summary>
/// <remarks>Thread safety: none; the caller holds the queue's lock.</remarks>
internal sealed class DriverVirtqueue<TRing> : DriverVirtqueue
    where TRing : struct, IDriverRing
{
    private readonly Message[] _messages; // by head (split) or buffer id (packed); private, so the device cannot change it
    private readonly bool _hasEventIndex;
    private TRing _ring;
    private bool _interruptsEnabled = true; // zeroed rings mean enabled
    private ushort _added; // the free-running number of the next message
    private ushort _published;

    public DriverVirtqueue(in DriverRingMemory memory, DmaAllocator dma, in TRing ring, bool hasEventIndex)
        : base(memory, dma)
    {
        _messages = new Message[Size];
        _hasEventIndex = hasEventIndex;
        _ring = ring;
        FreeDescriptors = Size;
    }

    /// <summary>Messages added and not yet published.</summary>
    private int Unpublished => (ushort)(_added - _published);

    public override bool TryAdd(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, ushort token)
    {
        // With more than room for all slices and no table to use, those that are not empty need not be counted before they are written.
        if (readable.Length + writable.Length >= FreeDescriptors || IndirectDescriptors > 1 || IsBroken)
        {
            return TryAddCounted(readable, writable, token);
        }

        int id = _ring.Add(readable, writable, out ushort last, out int descriptors, out ulong writableBytes);
        if (id < 0)
        {
            ThrowBadMessage(descriptors);
        }

        Note(id, new Message(token, descriptors, _added, last, writableBytes));
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAddCounted(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, ushort token)
    {
        int count = Measure(readable, out ulong readableBytes) + Measure(writable, out ulong writableBytes);
        if (count == 0 || count > Size || readableBytes + writableBytes > 1UL << 32)
        {
            ThrowBadMessage(count);
        }

        bool indirect = count > 1 && count <= IndirectDescriptors;
        int descriptors = indirect ? 1 : count;
        if (descriptors > FreeDescriptors || IsBroken)
        {
            return false;
        }

        ushort last;
        int id = indirect ? last = (ushort)_ring.AddIndirect(readable, writable, count) : _ring.Add(readable, writable, out last, out _, out _);
        Note(id, new Message(token, descriptors, _added, last, writableBytes));
        return true;
    }

    private void Note(int id, Message message)
    {
        _messages[id] = message;
        _added++;
        FreeDescriptors -= message.Descriptors;
        InFlight++;
    }

    public override bool Publish()
    {
        if (_added == _published || IsBroken)
        {
            return false;
        }

        _published = _added;
        return _ring.Publish();
    }

    private protected override long TakeUsedCore()
    {
        int used = IsBroken ? 0 : _ring.CountUsed();
        if (used == 0)
        {
            return NothingUsed;
        }

        if (used > InFlight - Unpublished)
        {
            return Break(VirtqueueFault.UsedIndexJumped);
        }

        _ring.ReadUsed(out uint id, out uint length);
        Message[] messages = _messages;
        if (id >= (uint)messages.Length)
        {
            return Break(VirtqueueFault.UsedIdOutOfRange);
        }

        // Descriptors == 0: not ours, or back already. Younger than the last publication: the device cannot have seen it, and its
        // descriptors must not be recycled under the coming publication.
        ref Message message = ref messages[(int)id];
        int descriptors = message.Descriptors;
        if (descriptors == 0 || (ushort)(_added - message.Number) <= Unpublished)
        {
            return Break(VirtqueueFault.UsedIdNotOutstanding);
        }

        if (length > message.WritableBytes)
        {
            length = (uint)message.WritableBytes;
            ClampedLengths++;
        }

        long taken = message.Token | ((long)length << 16);
        _ring.Retire((ushort)id, message.Last, descriptors);
        message = default;
        InFlight--;
        FreeDescriptors += descriptors;
        if (_interruptsEnabled && _hasEventIndex)
        {
            // Race: the device uses the next message after our look and before it sees that we want to hear of it. The caller looks again
            // before it sleeps; the fence makes that look come after the request.
            _ring.RequestInterrupt();
        }

        return taken;
    }

    public override void DisableInterrupts()
    {
        if (_interruptsEnabled && !IsBroken)
        {
            _interruptsEnabled = false;
            _ring.SuppressInterrupts();
        }
    }

    public override bool TryEnableInterrupts()
    {
        if (IsBroken)
        {
            return true;
        }

        // Race: the device uses a message between our last look and this request, sees no wish, and does not interrupt. So: request, full
        // fence, look again. The device does store, full fence, look at the wish.
        _interruptsEnabled = true;
        _ring.RequestInterrupt();
        return _ring.CountUsed() == 0;
    }

    private protected override void ResetCore()
    {
        Array.Clear(_messages);
        _added = 0;
        _published = 0;
        _interruptsEnabled = true;
        _ring.Reset();
    }

    public override string ToString() =>
        $"{Size} descriptors, available index {_published}, {_ring.DescribeUsed()}, {InFlight} messages in flight, {FreeDescriptors} descriptors free"
        + (IsBroken ? $", broken ({Fault})" : "");

    private static int Measure(ReadOnlySpan<DmaSlice> slices, out ulong bytes)
    {
        int count = 0;
        bytes = 0;
        foreach (DmaSlice slice in slices)
        {
            bytes += slice.Length;
            count += slice.Length == 0 ? 0 : 1;
        }

        return count;
    }

    private long Break(VirtqueueFault fault)
    {
        Fault = fault;
        return NothingUsed;
    }

    private void ThrowBadMessage(int count) => throw new ArgumentException(
        $"A message has 1 to {Size} non-empty slices with at most 2^32 bytes in all; this one has {count}.");

    /// <summary>What the driver knows about a message in flight. Descriptors == 0: none in flight under this id. Two words, so two stores.</summary>
    private readonly struct Message(ushort token, int descriptors, ushort number, ushort last, ulong writableBytes)
    {
        private readonly ulong _words = token | ((ulong)number << 16) | ((ulong)last << 32) | ((ulong)(uint)descriptors << 48);

        public ulong WritableBytes { get; } = writableBytes;

        public ushort Token => (ushort)_words;

        public ushort Number => (ushort)(_words >> 16);

        public ushort Last => (ushort)(_words >> 32);

        public int Descriptors => (int)(_words >> 48);
    }
}
