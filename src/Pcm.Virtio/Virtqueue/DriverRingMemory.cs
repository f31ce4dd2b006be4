namespace Pcm.Virtio;

/// <summary>The areas of a driver's ring, and an indirect table for each descriptor where there are any, in one region.</summary>
/// <remarks>Thread safety: as the ring's.</remarks>
internal readonly struct DriverRingMemory
{
    // Fields: a property gives a copy, which the compiler put on the stack each time (row "completion and resubmission" of bench/Pcm.Bench).
    public readonly RingMemory Descriptors;
    public readonly RingMemory DriverArea;
    public readonly RingMemory DeviceArea;
    public readonly RingMemory Tables;

    private readonly ulong _tablesAddress;

    public DriverRingMemory(VirtqueueLayout layout, DmaAllocator dma, int indirectDescriptors)
    {
        int tablesOffset = (layout.TotalBytes + VirtqueueLayout.DescriptorAlignment - 1) & -VirtqueueLayout.DescriptorAlignment;
        int tablesBytes = indirectDescriptors > 1 ? checked(layout.Size * indirectDescriptors * VirtqueueLayout.DescriptorBytes) : 0;
        Layout = layout;
        IndirectDescriptors = indirectDescriptors;
        Region = dma.Allocate(checked(tablesOffset + tablesBytes), VirtqueueLayout.DescriptorAlignment);
        Descriptors = new RingMemory(Region.Span[..layout.DescriptorAreaBytes]);
        DriverArea = new RingMemory(Region.Span.Slice(layout.DriverAreaOffset, layout.DriverAreaBytes));
        DeviceArea = new RingMemory(Region.Span.Slice(layout.DeviceAreaOffset, layout.DeviceAreaBytes));
        Tables = new RingMemory(Region.Span[tablesOffset..]);
        _tablesAddress = Region.DeviceAddress + (uint)tablesOffset;
    }

    public DmaRegion Region { get; }

    public VirtqueueLayout Layout { get; }

    public int IndirectDescriptors { get; }

    public VirtqueueAddresses Addresses => new(
        (ushort)Layout.Size,
        Region.DeviceAddress,
        Region.DeviceAddress + (uint)Layout.DriverAreaOffset,
        Region.DeviceAddress + (uint)Layout.DeviceAreaOffset);

    /// <summary>A message's table, one entry for each slice. Tables are as many as descriptors, so that adding never allocates.</summary>
    public DmaSlice TableOf(int slot, int count) =>
        new(_tablesAddress + (uint)(slot * IndirectDescriptors * VirtqueueLayout.DescriptorBytes), (uint)(count * VirtqueueLayout.DescriptorBytes));

    public void ClearRings() => Region.Span[..Layout.TotalBytes].Clear();
}
