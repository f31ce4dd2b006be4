namespace Pcm.Virtio.Tests;

/// <summary>A driver's and a device's side over the same memory, and slots of payload for messages by token.</summary>
internal sealed class RingBench : IDisposable
{
    public const int SlotBytes = 64;

    private readonly InProcessDmaAllocator _dma;

    public RingBench(RingCase ring, int tokens = 64, DeviceVirtqueueLimits? limits = null)
    {
        Memory = new GuestMemory();
        _dma = new InProcessDmaAllocator(Memory);
        Payload = _dma.Allocate(tokens * SlotBytes, 16);
        Driver = DriverVirtqueue.Create(ring.Kind, ring.Size, ring.Features, _dma, ring.Indirect);
        Device = DeviceVirtqueue.TryCreate(ring.Kind, Driver.Addresses, ring.Features, Memory, limits ?? DeviceVirtqueueLimits.Default)
            ?? throw new InvalidOperationException("The device refuses the rings.");
    }

    public GuestMemory Memory { get; }

    public DmaAllocator Dma => _dma;

    public DmaRegion Payload { get; }

    public DriverVirtqueue Driver { get; }

    public DeviceVirtqueue Device { get; }

    public DmaSlice Slot(int token, int offset, int length) => Payload.Slice((token * SlotBytes) + offset, length);

    public Span<byte> SlotSpan(int token, int offset, int length) => Payload.Span.Slice((token * SlotBytes) + offset, length);

    /// <summary>One message there and back, so that indices move on.</summary>
    public void RoundTrip(ushort token)
    {
        Assert.True(Driver.TryAdd([Slot(token, 0, 4)], [Slot(token, 32, 4)], token));
        Driver.Publish();
        Assert.True(Device.TryPop(out DescriptorChain chain));
        Device.Push(chain.Head, 4);
        Device.Publish();
        Assert.True(Driver.TryTakeUsed(out ushort taken, out uint written));
        Assert.Equal(token, taken);
        Assert.Equal(4u, written);
    }

    public void Dispose()
    {
        Driver.Dispose();
        Payload.Dispose();
        _dma.Dispose();
    }
}
