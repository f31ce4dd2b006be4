namespace Pcm.Virtio;

/// <summary>The private copy of one chain in flight, by head. Readable segments come first.</summary>
internal sealed class ChainRecord
{
    private DmaSlice[]? _segments;
    private int _readable;
    private int _count;

    /// <summary>Changes with every pop and push, so that a chain kept too long finds nothing.</summary>
    public uint Generation { get; private set; }

    public bool InFlight { get; private set; }

    /// <summary>Slots the chain took of a packed ring; 1 in a split one.</summary>
    public int Slots { get; private set; }

    public long ReadableBytes { get; private set; }

    public long WritableBytes { get; private set; }

    public int Count => _count;

    public ReadOnlySpan<DmaSlice> Part(bool writable) => writable ? _segments.AsSpan(_readable, _count - _readable) : _segments.AsSpan(0, _readable);

    public void Fill(ReadOnlySpan<DmaSlice> segments, int readable, long readableBytes, long writableBytes, int slots, SegmentPool pool)
    {
        _segments = pool.Rent(segments.Length);
        segments.CopyTo(_segments);
        _count = segments.Length;
        _readable = readable;
        ReadableBytes = readableBytes;
        WritableBytes = writableBytes;
        Slots = slots;
        InFlight = true;
        Generation++;
    }

    public void Empty(SegmentPool pool)
    {
        pool.Return(_segments!);
        _segments = null;
        _count = 0;
        InFlight = false;
        Generation++;
    }
}
