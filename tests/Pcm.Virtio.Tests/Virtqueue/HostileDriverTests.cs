namespace Pcm.Virtio.Tests;

/// <summary>The device's side against a driver that writes what it likes (rows HD-1 to HD-12).</summary>
public sealed class HostileDriverTests
{
    private const int Next = 1;
    private const int Write = 2;
    private const int Indirect = 4;

    public static TheoryData<VirtqueueKind> Both => [VirtqueueKind.Split, VirtqueueKind.Packed];

    [Fact] // HD-1
    public void TryPop_AvailableIndexJumps_Breaks()
    {
        using RingBench bench = Split();
        bench.MakeAvailable(9);
        AssertBroken(bench, VirtqueueFault.AvailableIndexJumped);
    }

    [Fact] // HD-8
    public void TryPop_MoreThanTheRingHolds_Breaks()
    {
        using RingBench bench = Split();
        for (int i = 0; i < 8; i++)
        {
            bench.WriteSplit(i, bench.Slot(i, 0, 4), 0, 0);
        }

        bench.MakeAvailable(8, 0, 1, 2, 3, 4, 5, 6, 7);
        for (int i = 0; i < 8; i++)
        {
            Assert.True(bench.Device.TryPop(out _));
        }

        bench.MakeAvailable(9);
        AssertBroken(bench, VirtqueueFault.TooManyInFlight);
    }

    [Fact] // HD-8, packed: a slot that the device still has is made available again
    public void TryPop_PackedSlotReused_Breaks()
    {
        using RingBench bench = Packed();
        for (int i = 0; i < 8; i++)
        {
            bench.WritePacked(i, bench.Slot(i, 0, 4), i, 0);
        }

        for (int i = 0; i < 8; i++)
        {
            Assert.True(bench.Device.TryPop(out _));
        }

        Assert.False(bench.Device.TryPop(out _));
        Assert.False(bench.Device.IsBroken);
        RingBench.Write(bench.Descriptors, bench.Slot(0, 0, 4), 0, 0x8000); // available on the second lap
        AssertBroken(bench, VirtqueueFault.TooManyInFlight);
    }

    [Theory] // HD-2
    [InlineData(8)]
    [InlineData(65535)]
    public void TryPop_HeadOutOfRange_Breaks(int head)
    {
        using RingBench bench = Split();
        bench.MakeAvailable(1, head);
        AssertBroken(bench, VirtqueueFault.DescriptorOutOfRange);
    }

    [Fact] // HD-2
    public void TryPop_NextOutOfRange_Breaks()
    {
        using RingBench bench = Split();
        bench.WriteSplit(0, bench.Slot(0, 0, 4), Next, 8);
        bench.MakeAvailable(1, 0);
        AssertBroken(bench, VirtqueueFault.DescriptorOutOfRange);
    }

    [Fact] // HD-2, packed: the buffer id
    public void TryPop_PackedIdOutOfRange_Breaks()
    {
        using RingBench bench = Packed();
        bench.WritePacked(0, bench.Slot(0, 0, 4), 8, 0);
        AssertBroken(bench, VirtqueueFault.DescriptorOutOfRange);
    }

    [Theory] // HD-3
    [InlineData(0)]
    [InlineData(1)]
    public void TryPop_Loop_Breaks(int backTo)
    {
        using RingBench bench = Split();
        bench.WriteSplit(0, bench.Slot(0, 0, 4), Next, 1);
        bench.WriteSplit(1, bench.Slot(0, 0, 4), Next, backTo);
        bench.MakeAvailable(1, 0);
        AssertBroken(bench, VirtqueueFault.ChainTooLong);
    }

    [Fact] // HD-3, packed: every slot says that another follows
    public void TryPop_PackedListAroundTheRing_Breaks()
    {
        using RingBench bench = Packed();
        for (int i = 0; i < 8; i++)
        {
            bench.WritePacked(i, bench.Slot(i, 0, 4), 0, Next);
        }

        AssertBroken(bench, VirtqueueFault.ChainTooLong);
    }

    [Fact]
    public void TryPop_PackedListNotAllAvailable_Breaks()
    {
        using RingBench bench = Packed();
        bench.WritePacked(0, bench.Slot(0, 0, 4), 0, Next);
        AssertBroken(bench, VirtqueueFault.ListNotAvailable);
    }

    [Theory] // HD-3: the device's own limit, D-55
    [MemberData(nameof(Both))]
    public void TryPop_LongerThanTheLimit_Breaks(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0), limits: new() { MaxChainDescriptors = 3 });
        DmaSlice slice = bench.Slot(0, 0, 1);
        Assert.True(bench.Driver.TryAdd([slice, slice, slice], [], 0));
        Assert.True(bench.Driver.TryAdd([slice, slice, slice, slice], [], 1));
        bench.Driver.Publish();
        Assert.True(bench.Device.TryPop(out _));
        AssertBroken(bench, VirtqueueFault.ChainTooLong);
    }

    [Theory] // what a driver can make the device hold is bounded
    [MemberData(nameof(Both))]
    public void TryPop_HoldsMoreThanTheLimit_Breaks(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 2, true, 2), limits: new() { MaxChainDescriptors = 2, MaxHeldDescriptorsPerSlot = 1 });
        DmaSlice slice = bench.Slot(0, 0, 1);
        Assert.True(bench.Driver.TryAdd([slice, slice], [], 0));
        Assert.True(bench.Driver.TryAdd([slice, slice], [], 1));
        bench.Driver.Publish();
        Assert.True(bench.Device.TryPop(out _));
        AssertBroken(bench, VirtqueueFault.TooManyInFlight);
    }

    [Theory] // HD-4: length 0, not a multiple of 16, with NEXT
    [InlineData(VirtqueueKind.Split, 0, 0)]
    [InlineData(VirtqueueKind.Split, 8, 0)]
    [InlineData(VirtqueueKind.Split, 24, 0)]
    [InlineData(VirtqueueKind.Split, 16, Next)]
    [InlineData(VirtqueueKind.Packed, 0, 0)]
    [InlineData(VirtqueueKind.Packed, 17, 0)]
    [InlineData(VirtqueueKind.Packed, 16, Next)]
    public void TryPop_BadTable_Breaks(VirtqueueKind kind, int bytes, int flags)
    {
        using var bench = new RingBench(new(kind, 8, true, 4));
        WriteHead(bench, bench.Slot(0, 0, bytes), Indirect | flags);
        AssertBroken(bench, VirtqueueFault.BadIndirect);
    }

    [Theory] // HD-4: the feature was not agreed on
    [MemberData(nameof(Both))]
    public void TryPop_TableNotNegotiated_Breaks(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        WriteHead(bench, bench.Slot(0, 0, 16), Indirect);
        AssertBroken(bench, VirtqueueFault.BadIndirect);
    }

    [Theory] // HD-4: the table ends outside its region
    [MemberData(nameof(Both))]
    public void TryPop_TableNotMapped_Breaks(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 4), tokens: 1);
        WriteHead(bench, new DmaSlice(bench.Payload.DeviceAddress, RingBench.SlotBytes + 16), Indirect);
        AssertBroken(bench, VirtqueueFault.BadAddress);
    }

    [Fact] // HD-4: a table within a table
    public void TryPop_NestedTable_Breaks()
    {
        using var bench = new RingBench(new(VirtqueueKind.Split, 8, true, 4));
        RingBench.Write(bench.SlotSpan(0, 0, 16), bench.Slot(1, 0, 16), Indirect, 0);
        WriteHead(bench, bench.Slot(0, 0, 16), Indirect);
        AssertBroken(bench, VirtqueueFault.BadIndirect);
    }

    [Theory] // HD-2, HD-3 within a table
    [InlineData(2, VirtqueueFault.DescriptorOutOfRange)]
    [InlineData(0, VirtqueueFault.ChainTooLong)]
    [InlineData(1, VirtqueueFault.ChainTooLong)]
    public void TryPop_TableWithBadLink_Breaks(int next, VirtqueueFault fault)
    {
        using var bench = new RingBench(new(VirtqueueKind.Split, 8, true, 4));
        RingBench.Write(bench.SlotSpan(0, 0, 16), bench.Slot(1, 0, 4), Next, 1);
        RingBench.Write(bench.SlotSpan(0, 16, 16), bench.Slot(1, 0, 4), Next, next);
        WriteHead(bench, bench.Slot(0, 0, 32), Indirect);
        AssertBroken(bench, fault);
    }

    [Fact] // D-57, D-58: WRITE with INDIRECT means nothing; a table may follow plain descriptors
    public void TryPop_TableAfterDescriptorsWithWrite_IsRead()
    {
        using var bench = new RingBench(new(VirtqueueKind.Split, 8, true, 4));
        RingBench.Write(bench.SlotSpan(0, 0, 16), bench.Slot(1, 4, 4), Next, 1);
        RingBench.Write(bench.SlotSpan(0, 16, 16), bench.Slot(1, 32, 8), Write, 0);
        "abcdefgh"u8.CopyTo(bench.SlotSpan(1, 0, 8));
        bench.WriteSplit(0, bench.Slot(1, 0, 4), Next, 5);
        bench.WriteSplit(5, bench.Slot(0, 0, 32), Indirect | Write, 0);
        bench.MakeAvailable(1, 0);
        Assert.True(bench.Device.TryPop(out DescriptorChain chain));
        Span<byte> bytes = stackalloc byte[8];
        Assert.True(chain.TryCopyTo(0, bytes));
        Assert.True(bytes.SequenceEqual("abcdefgh"u8));
        Assert.Equal(8, chain.WritableLength);
    }

    [Theory] // HD-5
    [MemberData(nameof(Both))]
    public void TryPop_ReadableAfterWritable_Breaks(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        if (kind == VirtqueueKind.Split)
        {
            bench.WriteSplit(0, bench.Slot(0, 0, 4), Next | Write, 1);
            bench.WriteSplit(1, bench.Slot(1, 0, 4), 0, 0);
            bench.MakeAvailable(1, 0);
        }
        else
        {
            bench.WritePacked(1, bench.Slot(1, 0, 4), 0, 0);
            bench.WritePacked(0, bench.Slot(0, 0, 4), 0, Next | Write);
        }

        AssertBroken(bench, VirtqueueFault.ReadableAfterWritable);
    }

    [Theory] // HD-6: skipped, not fatal
    [MemberData(nameof(Both))]
    public void TryPop_EmptyDescriptor_IsSkipped(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        WriteHead(bench, new DmaSlice(0xBAD, 0), 0);
        Assert.True(bench.Device.TryPop(out DescriptorChain chain));
        Assert.Equal(0, chain.ReadableLength);
        bench.Device.Push(chain.Head, 0);
        Assert.False(bench.Device.IsBroken);
    }

    [Theory] // HD-7: unmapped, beyond the end, around the end of the address space
    [InlineData(VirtqueueKind.Split, 0, 4u)]
    [InlineData(VirtqueueKind.Split, ulong.MaxValue, 1u)]
    [InlineData(VirtqueueKind.Split, ulong.MaxValue, 2u)]
    [InlineData(VirtqueueKind.Packed, 0, 4u)]
    [InlineData(VirtqueueKind.Packed, ulong.MaxValue - 3, uint.MaxValue)]
    public void TryPop_AddressNotMapped_Breaks(VirtqueueKind kind, ulong address, uint length)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        WriteHead(bench, new DmaSlice(address, length), 0);
        AssertBroken(bench, VirtqueueFault.BadAddress);
    }

    [Theory] // HD-7: one byte too many
    [MemberData(nameof(Both))]
    public void TryPop_LengthBeyondTheRegion_Breaks(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0), tokens: 1);
        WriteHead(bench, new DmaSlice(bench.Payload.DeviceAddress, RingBench.SlotBytes + 1), 0);
        AssertBroken(bench, VirtqueueFault.BadAddress);
    }

    [Theory] // HD-7: adjacent regions are one memory
    [MemberData(nameof(Both))]
    public unsafe void TryPop_AcrossAdjacentRegions_IsReadInPieces(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        byte[] low = GC.AllocateArray<byte>(16, pinned: true);
        byte[] high = GC.AllocateArray<byte>(16, pinned: true);
        low.AsSpan().Fill(1);
        high.AsSpan().Fill(2);
        fixed (byte* lowAddress = low, highAddress = high)
        {
            // SAFETY: pinned arrays; unmapped before they go.
            bench.Memory.Map(0x1000, (nint)lowAddress, 16, low);
            bench.Memory.Map(0x1010, (nint)highAddress, 16, high);
        }

        WriteHead(bench, new DmaSlice(0x1008, 16), 0);
        Assert.True(bench.Device.TryPop(out DescriptorChain chain));
        var bytes = new byte[16];
        Assert.True(chain.TryCopyTo(0, bytes));
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2], bytes);
        int pieces = 0;
        foreach (ReadOnlySpan<byte> piece in chain.EnumerateReadable(0, 16))
        {
            Assert.Equal(8, piece.Length);
            pieces++;
        }

        Assert.Equal(2, pieces);

        // and memory that vanishes under a chain in flight breaks the queue instead of being touched
        Assert.True(bench.Memory.Unmap(0x1010));
        Assert.False(chain.TryCopyTo(0, bytes));
        Assert.Equal(VirtqueueFault.BadAddress, bench.Device.Fault);
    }

    [Theory] // HD-9
    [MemberData(nameof(Both))]
    public void TryPop_HeadInFlightAgain_Breaks(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        if (kind == VirtqueueKind.Split)
        {
            bench.WriteSplit(3, bench.Slot(0, 0, 4), 0, 0);
            bench.MakeAvailable(2, 3, 3);
        }
        else
        {
            bench.WritePacked(0, bench.Slot(0, 0, 4), 3, 0);
            bench.WritePacked(1, bench.Slot(0, 0, 4), 3, 0);
        }

        Assert.True(bench.Device.TryPop(out _));
        AssertBroken(bench, VirtqueueFault.HeadInFlight);
    }

    [Theory] // total bytes of a chain
    [MemberData(nameof(Both))]
    public unsafe void TryPop_MoreThan4GiB_Breaks(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));

        // SAFETY: nothing reads or writes the range; it is only measured. It is unmapped with the table.
        bench.Memory.Map(0x100_0000_0000, (nint)(void*)0x1000, 1UL << 33, owner: null);
        var huge = new DmaSlice(0x100_0000_0000, uint.MaxValue);
        if (kind == VirtqueueKind.Split)
        {
            bench.WriteSplit(0, huge, Next, 1);
            bench.WriteSplit(1, huge, 0, 0);
            bench.MakeAvailable(1, 0);
        }
        else
        {
            bench.WritePacked(1, huge, 0, 0);
            bench.WritePacked(0, huge, 0, Next);
        }

        AssertBroken(bench, VirtqueueFault.MessageTooLong);
    }

    [Theory] // HD-12: what was checked is what is used, whatever the driver writes later
    [MemberData(nameof(Both))]
    public void TryPop_DescriptorsChangedAfterwards_AreNotReadAgain(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 4));
        "good"u8.CopyTo(bench.SlotSpan(0, 0, 4));
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 2), bench.Slot(0, 2, 2)], [bench.Slot(0, 32, 4)], 0));
        bench.Driver.Publish();
        Assert.True(bench.Device.TryPop(out DescriptorChain chain));
        bench.Descriptors[..(8 * 16)].Fill(0xFF);
        bench.Memory.TryGetSpan(bench.Driver.Addresses.DescriptorArea, 1, out _);
        Span<byte> bytes = stackalloc byte[4];
        Assert.True(bench.Device.Open(chain.Head).TryCopyTo(0, bytes));
        Assert.True(bytes.SequenceEqual("good"u8));
        Assert.Equal(4, chain.WritableLength);
    }

    private static RingBench Split() => new(new(VirtqueueKind.Split, 8, EventIndex: true, Indirect: 0));

    private static RingBench Packed() => new(new(VirtqueueKind.Packed, 8, EventIndex: true, Indirect: 0));

    private static void WriteHead(RingBench bench, DmaSlice slice, int flags)
    {
        if (bench.Driver.Kind == VirtqueueKind.Split)
        {
            bench.WriteSplit(0, slice, flags, 0);
            bench.MakeAvailable(1, 0);
        }
        else
        {
            bench.WritePacked(0, slice, 0, flags);
        }
    }

    /// <summary>The queue breaks with that fault, stays broken, and touches nothing any more.</summary>
    private static void AssertBroken(RingBench bench, VirtqueueFault fault)
    {
        Assert.False(bench.Device.IsBroken);
        Assert.False(bench.Device.TryPop(out _));
        Assert.Equal(fault, bench.Device.Fault);
        byte[] before = [.. bench.Descriptors, .. bench.DriverArea, .. bench.DeviceArea];
        Assert.False(bench.Device.TryPop(out _));
        Assert.False(bench.Device.Publish());
        bench.Device.DisableNotifications();
        Assert.True(bench.Device.TryEnableNotifications());
        Assert.Equal(before, (byte[])[.. bench.Descriptors, .. bench.DriverArea, .. bench.DeviceArea]);
    }
}
