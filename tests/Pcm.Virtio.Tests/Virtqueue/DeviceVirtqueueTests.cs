namespace Pcm.Virtio.Tests;

/// <summary>The device's side at its beginning and its end, and what its author may not do.</summary>
public sealed class DeviceVirtqueueTests
{
    public static TheoryData<VirtqueueKind> Both => [VirtqueueKind.Split, VirtqueueKind.Packed];

    [Theory] // HD-11
    [InlineData(VirtqueueKind.Split, 0, 0, 0, 0)]
    [InlineData(VirtqueueKind.Split, 7, 0, 0, 0)]
    [InlineData(VirtqueueKind.Split, 40000, 0, 0, 0)]
    [InlineData(VirtqueueKind.Split, 8, 8, 0, 0)]
    [InlineData(VirtqueueKind.Split, 8, 0, 1, 0)]
    [InlineData(VirtqueueKind.Split, 8, 0, 0, 2)]
    [InlineData(VirtqueueKind.Split, 1024, 0, 0, 0)]
    [InlineData(VirtqueueKind.Packed, 0, 0, 0, 0)]
    [InlineData(VirtqueueKind.Packed, 8, 8, 0, 0)]
    [InlineData(VirtqueueKind.Packed, 8, 0, 2, 0)]
    [InlineData(VirtqueueKind.Packed, 8, 0, 0, 2)]
    [InlineData(VirtqueueKind.Packed, 1024, 0, 0, 0)]
    public void TryCreate_BadPlace_Refuses(VirtqueueKind kind, int size, int descriptorShift, int driverShift, int deviceShift)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        VirtqueueAddresses good = bench.Driver.Addresses;
        Assert.NotNull(DeviceVirtqueue.TryCreate(kind, good, VirtioFeatures.Version1, bench.Memory, DeviceVirtqueueLimits.Default));
        var bad = new VirtqueueAddresses(
            (ushort)size, good.DescriptorArea + (uint)descriptorShift, good.DriverArea + (uint)driverShift, good.DeviceArea + (uint)deviceShift);
        Assert.Null(DeviceVirtqueue.TryCreate(kind, bad, VirtioFeatures.Version1, bench.Memory, DeviceVirtqueueLimits.Default));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Rings_Unmapped_BreakInsteadOfTouching(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 4)], [], 0));
        bench.Driver.Publish();
        Assert.True(bench.Device.TryPop(out DescriptorChain chain));
        bench.Driver.Dispose(); // the driver frees the rings under the device
        bench.Device.Push(chain.Head, 0);
        Assert.False(bench.Device.Publish());
        Assert.Equal(VirtqueueFault.RingsUnmapped, bench.Device.Fault);
        Assert.True(bench.Device.TryEnableNotifications());
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Detach_HeadsHeld_EveryCallIsHarmless(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 4)], [bench.Slot(0, 32, 4)], 0));
        Assert.True(bench.Driver.TryAdd([bench.Slot(1, 0, 4)], [bench.Slot(1, 32, 4)], 1));
        bench.Driver.Publish();
        Assert.True(bench.Device.TryPop(out DescriptorChain chain));
        byte[] before = [.. bench.Payload.Span, .. bench.Descriptors, .. bench.DriverArea, .. bench.DeviceArea];
        bench.Device.Detach();
        Assert.False(chain.TryCopyFrom(0, [1, 2, 3, 4]));
        Assert.Equal(0, bench.Device.Open(chain.Head).ReadableLength);
        bench.Device.Push(chain.Head, 4);
        Assert.False(bench.Device.Publish());
        Assert.False(bench.Device.TryPop(out _));
        bench.Device.DisableNotifications();
        Assert.True(bench.Device.TryEnableNotifications());
        Assert.Equal(before, (byte[])[.. bench.Payload.Span, .. bench.Descriptors, .. bench.DriverArea, .. bench.DeviceArea]);
    }

    [Theory] // caller bugs of the device's author are exceptions
    [MemberData(nameof(Both))]
    public void PushAndOpen_NotInFlight_Throw(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => bench.Device.Push(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => bench.Device.Push(60000, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = bench.Device.Open(0).Head);
        Assert.True(bench.Driver.TryAdd([], [bench.Slot(1, 32, 4)], 1));
        bench.Driver.Publish();
        Assert.True(bench.Device.TryPop(out DescriptorChain chain));
        ushort head = chain.Head;
        Assert.Throws<ArgumentOutOfRangeException>(() => bench.Device.Push(head, 5));
        bench.Device.Push(head, 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => bench.Device.Push(head, 4));
    }

    [Theory] // the predecessor may have published without deciding: the first decision says yes, whatever the driver's wish was
    [MemberData(nameof(Both))]
    public void Publish_FirstAfterTakingOver_Interrupts(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, EventIndex: true, Indirect: 0));
        bench.Advance(3);
        Assert.True(bench.Driver.TryEnableInterrupts()); // at the fourth message
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 1)], [], 0));
        Assert.True(bench.Driver.TryAdd([bench.Slot(1, 0, 1)], [], 1));
        bench.Driver.Publish();
        Assert.True(bench.Device.TryPop(out DescriptorChain first));
        bench.Device.Push(first.Head, 0);
        bench.Device.Publish(); // the wish is fulfilled, and the predecessor dies before it interrupts
        DeviceVirtqueue? successor = DeviceVirtqueue.TryCreate(
            kind, bench.Driver.Addresses, VirtioFeatures.Version1 | VirtioFeatures.EventIndex, bench.Memory, DeviceVirtqueueLimits.Default, bench.Device.Position);
        Assert.NotNull(successor);
        Assert.True(successor.TryPop(out DescriptorChain second));
        successor.Push(second.Head, 0);
        Assert.True(successor.Publish());
        Assert.True(bench.Driver.TryAdd([bench.Slot(2, 0, 1)], [], 2));
        bench.Driver.Publish();
        Assert.True(successor.TryPop(out DescriptorChain third));
        successor.Push(third.Head, 0);
        Assert.False(successor.Publish()); // from then on by the rule
    }
}
