using System.Buffers.Binary;

namespace Pcm.Virtio.Tests;

/// <summary>What the driver's side writes, byte by byte, and its own rules (rows V-52 to V-65).</summary>
public sealed class DriverVirtqueueTests
{
    public static TheoryData<VirtqueueKind> Both => [VirtqueueKind.Split, VirtqueueKind.Packed];

    [Theory] // virtio 2.7, 2.8: sizes and alignments
    [InlineData(VirtqueueKind.Split, 1, 16, 8, 14)]
    [InlineData(VirtqueueKind.Split, 256, 4096, 518, 2054)]
    [InlineData(VirtqueueKind.Split, 32768, 524288, 65542, 262150)]
    [InlineData(VirtqueueKind.Packed, 1, 16, 4, 4)]
    [InlineData(VirtqueueKind.Packed, 7, 112, 4, 4)]
    [InlineData(VirtqueueKind.Packed, 32768, 524288, 4, 4)]
    public void Layout_Size_AsTheSpecification(VirtqueueKind kind, int size, int descriptors, int driver, int device)
    {
        var layout = new VirtqueueLayout(kind, size);
        Assert.Equal((descriptors, driver, device), (layout.DescriptorAreaBytes, layout.DriverAreaBytes, layout.DeviceAreaBytes));
        Assert.Equal(0, layout.DriverAreaOffset % layout.DriverAreaAlignment);
        Assert.Equal(0, layout.DeviceAreaOffset % 4);
        Assert.True(layout.DriverAreaOffset >= descriptors);
        Assert.True(layout.DeviceAreaOffset >= layout.DriverAreaOffset + driver);
        Assert.Equal(layout.DeviceAreaOffset + device, layout.TotalBytes);
    }

    [Theory]
    [InlineData(VirtqueueKind.Split, 0)]
    [InlineData(VirtqueueKind.Split, 3)]
    [InlineData(VirtqueueKind.Split, 65536)]
    [InlineData(VirtqueueKind.Packed, 0)]
    [InlineData(VirtqueueKind.Packed, 32769)]
    [InlineData(VirtqueueKind.Packed, -1)]
    public void Layout_BadSize_Throws(VirtqueueKind kind, int size)
    {
        Assert.False(VirtqueueLayout.IsValidSize(kind, size));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VirtqueueLayout(kind, size));
    }

    [Theory] // V-53
    [MemberData(nameof(Both))]
    public void Create_Rings_AreAlignedAndZero(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 4));
        VirtqueueAddresses addresses = bench.Driver.Addresses;
        Assert.Equal(8, addresses.Size);
        Assert.Equal(0u, addresses.DescriptorArea % 16);
        Assert.Equal(0u, addresses.DriverArea % (kind == VirtqueueKind.Split ? 2u : 4u));
        Assert.Equal(0u, addresses.DeviceArea % 4);
        Assert.True(bench.Descriptors.IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact] // the scenario of the specification's figures: two readable, one writable, N = 4
    public void Add_SplitChain_WritesTheseBytes()
    {
        using var bench = new RingBench(new(VirtqueueKind.Split, 4, false, 0));
        ulong at = bench.Payload.DeviceAddress;
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 4), bench.Slot(0, 8, 5)], [bench.Slot(0, 32, 6)], 77));
        Assert.Equal(0, BinaryPrimitives.ReadUInt16LittleEndian(bench.DriverArea[2..])); // nothing before Publish
        Assert.True(bench.Driver.Publish());
        Assert.Equal((at, 4u, (ushort)1, (ushort)1), Descriptor(bench, 0));
        Assert.Equal((at + 8, 5u, (ushort)1, (ushort)2), Descriptor(bench, 1));
        Assert.Equal((at + 32, 6u, (ushort)2, (ushort)0), Descriptor(bench, 2));
        Assert.Equal([0, 0, 1, 0, 0, 0], bench.DriverArea[..6].ToArray()); // flags 0, idx 1, ring[0] = 0
        Assert.Equal(1, bench.Driver.FreeDescriptors);
    }

    [Fact] // V-65
    public void Add_PackedList_WritesTheseBytes()
    {
        using var bench = new RingBench(new(VirtqueueKind.Packed, 4, false, 0));
        ulong at = bench.Payload.DeviceAddress;
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 4), bench.Slot(0, 8, 5)], [bench.Slot(0, 32, 6)], 77));
        Assert.Equal((ushort)(0x8000 | 1), Descriptor(bench, 0).Word1); // the first has another lap's flags until Publish: neither available nor used
        Assert.True(bench.Driver.Publish());
        Assert.Equal((at, 4u, (ushort)0, (ushort)(0x80 | 1)), Descriptor(bench, 0));
        Assert.Equal((at + 8, 5u, (ushort)0, (ushort)(0x80 | 1)), Descriptor(bench, 1));
        Assert.Equal((at + 32, 6u, (ushort)0, (ushort)(0x80 | 2)), Descriptor(bench, 2));

        // second lap: the driver's wrap counter is 0 there, so USED is set and AVAIL is not
        Assert.True(bench.Device.TryPop(out DescriptorChain chain));
        bench.Device.Push(chain.Head, 6);
        bench.Device.Publish();
        Assert.Equal((at, 6u, (ushort)0, (ushort)(0x8080 | 2)), Descriptor(bench, 0));
        Assert.True(bench.Driver.TryTakeUsed(out ushort token, out uint written));
        Assert.Equal((77, 6u), (token, written));
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 4)], [bench.Slot(0, 32, 6)], 78));
        bench.Driver.Publish();
        Assert.Equal((ushort)(0x80 | 1), Descriptor(bench, 3).Word1);
        Assert.Equal((ushort)(0x8000 | 2), Descriptor(bench, 0).Word1);
    }

    [Theory] // V-56
    [MemberData(nameof(Both))]
    public void Add_Indirect_TakesOneDescriptorAndATable(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, false, 3));
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 4)], [bench.Slot(0, 32, 6), bench.Slot(0, 40, 8)], 0));
        Assert.Equal(7, bench.Driver.FreeDescriptors);
        bench.Driver.Publish();
        (ulong address, uint length, ushort word0, ushort word1) = Descriptor(bench, 0);
        Assert.Equal(48u, length);
        Assert.Equal(4, (kind == VirtqueueKind.Split ? word0 : word1) & 7); // INDIRECT; neither NEXT nor WRITE
        Assert.True(bench.Memory.TryGetSpan(address, 48, out Span<byte> table));
        int flagsAt = kind == VirtqueueKind.Split ? 12 : 14;
        int chained = kind == VirtqueueKind.Split ? 1 : 0;
        Assert.Equal([chained, chained | 2, 2], [table[flagsAt], table[16 + flagsAt], table[32 + flagsAt]]);

        // longer than a table: direct
        Assert.True(bench.Driver.TryAdd([bench.Slot(1, 0, 1), bench.Slot(1, 1, 1), bench.Slot(1, 2, 1), bench.Slot(1, 3, 1)], [], 1));
        Assert.Equal(3, bench.Driver.FreeDescriptors);

        // one descriptor needs no table
        Assert.True(bench.Driver.TryAdd([bench.Slot(2, 0, 1)], [], 2));
        Assert.Equal(2, bench.Driver.FreeDescriptors);
    }

    [Theory] // V-55: found when all but the last descriptor is written
    [MemberData(nameof(Both))]
    public void TryAdd_TooManyBytes_LeavesNothingBehind(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, false, 0));
        DmaSlice one = bench.Slot(0, 0, 1);
        var huge = new DmaSlice(0, uint.MaxValue);
        for (ushort message = 0; message < 20; message++) // over the ring's end
        {
            Assert.Throws<ArgumentException>(() => bench.Driver.TryAdd([one, huge, one], [one, one], 99));
            Assert.Equal((8, 0), (bench.Driver.FreeDescriptors, bench.Driver.InFlight));
            Assert.True(bench.Driver.TryAdd([one], [], message));
            bench.Driver.Publish();
            Assert.True(bench.Device.TryPop(out DescriptorChain chain));
            Assert.Equal((1, 0), (chain.ReadableLength, chain.WritableLength));
            Assert.False(bench.Device.TryPop(out _)); // no slot of the message that was none
            bench.Device.Push(chain.Head, 0);
            bench.Device.Publish();
            Assert.True(bench.Driver.TryTakeUsed(out ushort token, out _));
            Assert.Equal(message, token);
            Assert.False(bench.Driver.TryTakeUsed(out _, out _));
        }

        Assert.False(bench.Driver.IsBroken || bench.Device.IsBroken);
    }

    [Theory] // V-55
    [MemberData(nameof(Both))]
    public void TryAdd_Impossible_Throws(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 2, false, 8));
        DmaSlice one = bench.Slot(0, 0, 1);
        var huge = new DmaSlice(0, uint.MaxValue);
        Assert.Throws<ArgumentException>(() => bench.Driver.TryAdd([], [], 0));
        Assert.Throws<ArgumentException>(() => bench.Driver.TryAdd([bench.Slot(0, 0, 0)], [], 0));
        Assert.Throws<ArgumentException>(() => bench.Driver.TryAdd([one, one], [one], 0));
        Assert.Throws<ArgumentException>(() => bench.Driver.TryAdd([huge], [huge], 0));
        Assert.Equal(2, bench.Driver.IndirectDescriptors); // a table is no longer than the queue
        Assert.Equal(2, bench.Driver.FreeDescriptors);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void TryAdd_Full_SaysNoAndChangesNothing(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 4, false, 0));
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 1), bench.Slot(0, 1, 1), bench.Slot(0, 2, 1)], [], 0));
        byte[] before = bench.Descriptors.ToArray();
        Assert.False(bench.Driver.TryAdd([bench.Slot(1, 0, 1), bench.Slot(1, 1, 1)], [], 1));
        Assert.Equal(before, bench.Descriptors.ToArray());
        Assert.True(bench.Driver.TryAdd([bench.Slot(1, 0, 1)], [], 1));
        Assert.Equal(0, bench.Driver.FreeDescriptors);
    }

    [Theory] // V-61
    [MemberData(nameof(Both))]
    public void TryTakeUsed_SpuriousInterrupt_FindsNothing(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 4, true, 0));
        for (int i = 0; i < 5; i++)
        {
            Assert.False(bench.Driver.TryTakeUsed(out _, out _));
            Assert.True(bench.Driver.TryEnableInterrupts());
        }

        Assert.False(bench.Driver.IsBroken);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Abandon_DeviceMayStillWrite_QuarantinesTheRings(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 4, true, 4));
        long live = bench.Dma.LiveBytes;
        long payload = bench.Payload.Length;
        bench.Driver.Abandon();
        Assert.Equal(payload, bench.Dma.LiveBytes);
        Assert.Equal(live - payload, bench.Dma.QuarantinedBytes);
        Assert.True(bench.Memory.Contains(bench.Driver.Addresses.DescriptorArea, 64));
        bench.Driver.Dispose(); // too late to free
        Assert.Equal(live - payload, bench.Dma.QuarantinedBytes);
    }

    private static (ulong Address, uint Length, ushort Word0, ushort Word1) Descriptor(RingBench bench, int index)
    {
        Span<byte> bytes = bench.Descriptors.Slice(index * 16, 16);
        return (
            BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]));
    }
}
