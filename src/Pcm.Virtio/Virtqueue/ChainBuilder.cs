namespace Pcm.Virtio;

/// <summary>
/// Gathers and checks the descriptors of one chain, in private memory. Split and packed rings feed it; the rules of a chain are the same
/// (virtio 2.7.4.2, 2.7.5.3, 2.8.7).
/// </summary>
internal sealed class ChainBuilder(GuestMemory memory, DeviceVirtqueueLimits limits, bool allowIndirect)
{
    private readonly DmaSlice[] _segments = new DmaSlice[limits.MaxChainDescriptors];
    private int _walked;
    private int _count;
    private int _readable;
    private bool _sawWritable;

    public ReadOnlySpan<DmaSlice> Segments => _segments.AsSpan(0, _count);

    public int ReadableCount => _readable;

    public long ReadableBytes { get; private set; }

    public long WritableBytes { get; private set; }

    public void Start()
    {
        _walked = 0;
        _count = 0;
        _readable = 0;
        _sawWritable = false;
        ReadableBytes = 0;
        WritableBytes = 0;
    }

    public VirtqueueFault Add(DmaSlice slice, bool writable)
    {
        if (++_walked > _segments.Length)
        {
            return VirtqueueFault.ChainTooLong;
        }

        if (_sawWritable && !writable)
        {
            return VirtqueueFault.ReadableAfterWritable;
        }

        _sawWritable |= writable;
        if (slice.Length == 0)
        {
            return VirtqueueFault.None; // no byte, nothing to check; harmless, so more lenient than QEMU
        }

        if (!memory.Contains(slice.DeviceAddress, slice.Length))
        {
            return VirtqueueFault.BadAddress;
        }

        if (writable)
        {
            WritableBytes += slice.Length;
        }
        else
        {
            ReadableBytes += slice.Length;
            _readable++;
        }

        _segments[_count++] = slice;
        return ReadableBytes + WritableBytes > 1L << 32 ? VirtqueueFault.MessageTooLong : VirtqueueFault.None;
    }

    /// <summary>Adds the entries of an indirect table. The flag WRITE of the descriptor that names it means nothing (virtio 2.7.5.3.2).</summary>
    /// <param name="table">The table's memory, as the descriptor says.</param>
    /// <param name="hasNext">The descriptor that names the table also claims a successor.</param>
    /// <param name="linked">Split: entries link to each other. Packed: they follow each other, and only WRITE counts.</param>
    public VirtqueueFault AddTable(DmaSlice table, bool hasNext, bool linked)
    {
        int entries = (int)(table.Length / VirtqueueLayout.DescriptorBytes);
        if (!allowIndirect || hasNext || entries == 0 || table.Length % VirtqueueLayout.DescriptorBytes != 0)
        {
            return VirtqueueFault.BadIndirect;
        }

        if (!memory.TryGetSpan(table.DeviceAddress, table.Length, out Span<byte> span) || (uint)span.Length != table.Length)
        {
            return VirtqueueFault.BadAddress; // a table lies in one region
        }

        return linked ? AddLinkedTable(span, entries) : AddPlainTable(span, entries);
    }

    private VirtqueueFault AddLinkedTable(ReadOnlySpan<byte> table, int entries)
    {
        int index = 0;
        for (int walked = 0; walked < entries; walked++)
        {
            RingDescriptor entry = RingDescriptor.Read(table, index);
            if ((entry.SplitFlags & RingDescriptor.Indirect) != 0)
            {
                return VirtqueueFault.BadIndirect;
            }

            VirtqueueFault fault = Add(entry.Slice, (entry.SplitFlags & RingDescriptor.Write) != 0);
            if (fault != VirtqueueFault.None || (entry.SplitFlags & RingDescriptor.Next) == 0)
            {
                return fault;
            }

            index = entry.SplitNext;
            if (index >= entries)
            {
                return VirtqueueFault.DescriptorOutOfRange;
            }
        }

        return VirtqueueFault.ChainTooLong; // more links than entries: a loop
    }

    private VirtqueueFault AddPlainTable(ReadOnlySpan<byte> table, int entries)
    {
        for (int index = 0; index < entries; index++)
        {
            RingDescriptor entry = RingDescriptor.Read(table, index);
            VirtqueueFault fault = Add(entry.Slice, (entry.PackedFlags & RingDescriptor.Write) != 0);
            if (fault != VirtqueueFault.None)
            {
                return fault;
            }
        }

        return VirtqueueFault.None;
    }
}
