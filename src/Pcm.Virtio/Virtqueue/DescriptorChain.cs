namespace Pcm.Virtio;

/// <summary>
/// One message as the device sees it: a stream of bytes to read and a stream of bytes to write, however the driver cut them into
/// descriptors (virtio 2.7.4.1: a device makes no assumption on the framing). The descriptors were copied and checked when the message was
/// popped; the driver cannot change them any more. The bytes themselves can change under the device's eyes: copy them before judging them.
/// Lifetime: until <see cref="DeviceVirtqueue.Push"/> of its head, or the queue's end; then every access says false.
/// </summary>
/// <remarks>A ref struct, so that no one holds the driver's memory across a wait: keep <see cref="Head"/> and open it again. Thread safety: as the queue's.</remarks>
public readonly ref struct DescriptorChain
{
    private readonly DeviceVirtqueue _queue;
    private readonly uint _generation;

    internal DescriptorChain(DeviceVirtqueue queue, ushort head, uint generation)
    {
        _queue = queue;
        Head = head;
        _generation = generation;
    }

    /// <summary>The message's number, for <see cref="DeviceVirtqueue.Open"/> and <see cref="DeviceVirtqueue.Push"/>.</summary>
    public ushort Head { get; }

    /// <summary>Bytes the driver sent, [0 .. 2^32].</summary>
    public long ReadableLength => TryFind(out ChainRecord? record) ? record.ReadableBytes : 0;

    /// <summary>Bytes the driver has room for, [0 .. 2^32].</summary>
    public long WritableLength => TryFind(out ChainRecord? record) ? record.WritableBytes : 0;

    /// <summary>
    /// Copies what the driver sent, from <paramref name="offset"/> on, until <paramref name="destination"/> is full. False, with the
    /// destination's contents unspecified, when there are not so many bytes.
    /// </summary>
    /// <param name="offset">From the first readable byte; any value.</param>
    /// <param name="destination">Private memory.</param>
    public bool TryCopyTo(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset + destination.Length > ReadableLength)
        {
            return false;
        }

        foreach (ReadOnlySpan<byte> part in EnumerateReadable(offset, destination.Length))
        {
            part.CopyTo(destination);
            destination = destination[part.Length..];
        }

        return destination.IsEmpty; // not, when memory was unmapped meanwhile
    }

    /// <summary>
    /// Copies an answer into the driver's memory, from <paramref name="offset"/> on. False, with nothing or a part written, when there is not
    /// so much room.
    /// </summary>
    /// <param name="offset">From the first writable byte; any value.</param>
    /// <param name="source">The answer.</param>
    public bool TryCopyFrom(long offset, ReadOnlySpan<byte> source)
    {
        if (offset < 0 || offset + source.Length > WritableLength)
        {
            return false;
        }

        foreach (Span<byte> part in EnumerateWritable(offset, source.Length))
        {
            source[..part.Length].CopyTo(part);
            source = source[part.Length..];
        }

        return source.IsEmpty;
    }

    /// <summary>What the driver sent, in place, piece by piece. Fewer bytes than asked for come when there are no more.</summary>
    /// <param name="offset">From the first readable byte, not negative.</param>
    /// <param name="length">Bytes wanted, not negative.</param>
    public ReadableParts EnumerateReadable(long offset, long length) => new(Enumerate(offset, length, writable: false));

    /// <summary>The room for an answer, in place, piece by piece. Fewer bytes than asked for come when there is no more.</summary>
    /// <param name="offset">From the first writable byte, not negative.</param>
    /// <param name="length">Bytes wanted, not negative.</param>
    public WritableParts EnumerateWritable(long offset, long length) => Enumerate(offset, length, writable: true);

    private WritableParts Enumerate(long offset, long length, bool writable)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return TryFind(out ChainRecord? record) ? new(_queue, record.Part(writable), offset, length) : default;
    }

    private bool TryFind([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ChainRecord? record)
    {
        record = null;
        return _queue is not null && _queue.TryFind(Head, _generation, out record);
    }

    /// <summary>Pieces of the driver's memory that the device may read; for <c>foreach</c>.</summary>
    /// <remarks>Thread safety: as the queue's.</remarks>
    public ref struct ReadableParts
    {
        private WritableParts _parts;

        internal ReadableParts(WritableParts parts) => _parts = parts;

        /// <summary>The piece; at least one byte.</summary>
        public readonly ReadOnlySpan<byte> Current => _parts.Current;

        /// <summary>Itself.</summary>
        public readonly ReadableParts GetEnumerator() => this;

        /// <summary>Goes to the next piece. False after the last.</summary>
        public bool MoveNext() => _parts.MoveNext();
    }

    /// <summary>Pieces of the driver's memory that the device may write; for <c>foreach</c>.</summary>
    /// <remarks>Thread safety: as the queue's.</remarks>
    public ref struct WritableParts
    {
        private readonly DeviceVirtqueue _queue;
        private ReadOnlySpan<DmaSlice> _segments;
        private ulong _skip;
        private ulong _left;

        internal WritableParts(DeviceVirtqueue queue, ReadOnlySpan<DmaSlice> segments, long offset, long length)
        {
            _queue = queue;
            _segments = segments;
            _skip = (ulong)offset;
            _left = (ulong)length;
        }

        /// <summary>The piece; at least one byte.</summary>
        public Span<byte> Current { get; private set; }

        /// <summary>Itself.</summary>
        public readonly WritableParts GetEnumerator() => this;

        /// <summary>Goes to the next piece. False after the last, or when the driver's memory was unmapped (the queue is broken then).</summary>
        public bool MoveNext()
        {
            while (_left != 0 && !_segments.IsEmpty)
            {
                DmaSlice segment = _segments[0];
                if (_skip >= segment.Length)
                {
                    _skip -= segment.Length;
                    _segments = _segments[1..];
                    continue;
                }

                // A segment may span adjacent regions; each region gives a piece.
                if (!_queue.TryGetSpan(segment.DeviceAddress + _skip, Math.Min(segment.Length - _skip, _left), out Span<byte> span))
                {
                    break;
                }

                Current = span;
                _skip += (uint)span.Length;
                _left -= (uint)span.Length;
                return true;
            }

            return false;
        }
    }
}
