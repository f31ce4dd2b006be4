namespace Pcm.Virtio.Tests;

public sealed class DmaAllocatorTests
{
    private readonly GuestMemory _memory = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4096, 4096)]
    [InlineData(100_000, 64)]
    public void Allocate_Region_IsZeroedAlignedAndReachable(int bytes, int alignment)
    {
        using var dma = new InProcessDmaAllocator(_memory);
        using DmaRegion region = dma.Allocate(bytes, alignment);
        Assert.Equal(bytes, region.Length);
        Assert.Equal(0u, region.DeviceAddress % 4096);
        Assert.Equal(0, region.HostAddress % alignment);
        Assert.True(region.Span.IndexOfAnyExcept((byte)0) < 0);
        Assert.NotEqual((ulong)region.HostAddress, region.DeviceAddress);
        region.Span[^1] = 0x42;
        var last = new byte[1];
        Assert.True(_memory.TryRead(region.DeviceAddress + (uint)bytes - 1, last));
        Assert.Equal(0x42, last[0]);
        Assert.False(_memory.Contains(region.DeviceAddress, (uint)bytes + 1));
        Assert.Equal(bytes, dma.LiveBytes);
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(-1, 16)]
    [InlineData(16, 0)]
    [InlineData(16, 24)]
    [InlineData(16, 8192)]
    public void Allocate_BadArgument_Throws(int bytes, int alignment)
    {
        using var dma = new InProcessDmaAllocator(_memory);
        Assert.Throws<ArgumentOutOfRangeException>(() => dma.Allocate(bytes, alignment));
    }

    [Fact]
    public void Dispose_Region_IsOutOfReachAndItsAddressNeverComesAgain()
    {
        using var dma = new InProcessDmaAllocator(_memory);
        var seen = new HashSet<ulong>();
        for (int i = 0; i < 20; i++)
        {
            DmaRegion region = dma.Allocate(5000, 16);
            Assert.True(seen.Add(region.DeviceAddress));
            region.Dispose();
            region.Dispose();
            Assert.False(_memory.Contains(region.DeviceAddress, 1));
            Assert.Equal(0, dma.LiveBytes);
        }
    }

    [Fact]
    public void Quarantine_LateDevice_WritesIntoNobodysMemory()
    {
        using var dma = new InProcessDmaAllocator(_memory);
        DmaRegion region = dma.Allocate(64, 16);
        dma.Quarantine(region);
        dma.Quarantine(region);
        region.Dispose();
        Assert.Equal((0, 64), (dma.LiveBytes, dma.QuarantinedBytes));
        Assert.True(_memory.TryWrite(region.DeviceAddress, [1, 2, 3])); // still somebody's: the device's
        using DmaRegion next = dma.Allocate(64, 16);
        Assert.True(next.Span.IndexOfAnyExcept((byte)0) < 0);

        dma.ReleaseQuarantine();
        Assert.Equal((64, 0), (dma.LiveBytes, dma.QuarantinedBytes));
        Assert.False(_memory.Contains(region.DeviceAddress, 1));
    }

    [Fact]
    public void Dispose_Allocator_EndsTheDevicesAccessAndKeepsOurs()
    {
        var dma = new InProcessDmaAllocator(_memory);
        DmaRegion live = dma.Allocate(64, 16);
        DmaRegion late = dma.Allocate(32, 16);
        dma.Quarantine(dma.Allocate(128, 16));
        dma.Dispose();
        Assert.Equal(0, dma.QuarantinedBytes);
        Assert.False(_memory.Contains(live.DeviceAddress, 1));
        live.Span.Fill(7);
        live.Dispose();
        dma.Quarantine(late); // the device has no access any more: freed at once
        Assert.Equal((0, 0), (dma.LiveBytes, dma.QuarantinedBytes));
        Assert.Throws<ObjectDisposedException>(() => dma.Allocate(1, 1));
    }

    [Fact]
    public void Slice_Part_HasItsAddress()
    {
        using var dma = new InProcessDmaAllocator(_memory);
        using DmaRegion region = dma.Allocate(64, 16);
        Assert.Equal(new DmaSlice(region.DeviceAddress + 60, 4), region.Slice(60, 4));
        Assert.Equal(new DmaSlice(region.DeviceAddress + 64, 0), region.Slice(64, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Slice(61, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Slice(-1, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Slice(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Slice(1, int.MaxValue));
    }
}
