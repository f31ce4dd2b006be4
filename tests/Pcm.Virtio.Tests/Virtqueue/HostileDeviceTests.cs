using System.Buffers.Binary;
using CsCheck;

namespace Pcm.Virtio.Tests;

/// <summary>The driver's side against a device that writes what it likes (rows HV-1 to HV-9).</summary>
public sealed class HostileDeviceTests
{
    public static TheoryData<VirtqueueKind> Both => [VirtqueueKind.Split, VirtqueueKind.Packed];

    [Theory] // HV-1
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(65535)]
    public void TryTakeUsed_UsedIndexJumps_Breaks(int index)
    {
        using RingBench bench = Filled(VirtqueueKind.Split, 2);
        bench.MakeUsed(index);
        AssertBroken(bench, VirtqueueFault.UsedIndexJumped);
    }

    [Theory] // HV-2
    [InlineData(8u)]
    [InlineData(uint.MaxValue)]
    [InlineData(0x10000u)]
    public void TryTakeUsed_IdOutOfRange_Breaks(uint id)
    {
        using RingBench bench = Filled(VirtqueueKind.Split, 2);
        bench.MakeUsed(1, (id, 0u));
        AssertBroken(bench, VirtqueueFault.UsedIdOutOfRange);
    }

    [Theory] // HV-2
    [InlineData(8)]
    [InlineData(65535)]
    public void TryTakeUsed_PackedIdOutOfRange_Breaks(int id)
    {
        using RingBench bench = Filled(VirtqueueKind.Packed, 2);
        RingBench.Write(bench.Descriptors, default, id, 0x8080);
        AssertBroken(bench, VirtqueueFault.UsedIdOutOfRange);
    }

    [Theory] // HV-2: never made available
    [MemberData(nameof(Both))]
    public void TryTakeUsed_IdNeverAdded_Breaks(VirtqueueKind kind)
    {
        using RingBench bench = Filled(kind, 2);
        Use(bench, 0, 5);
        AssertBroken(bench, VirtqueueFault.UsedIdNotOutstanding);
    }

    [Theory] // HV-2: given back twice
    [MemberData(nameof(Both))]
    public void TryTakeUsed_IdTwice_Breaks(VirtqueueKind kind)
    {
        using RingBench bench = Filled(kind, 2);
        Use(bench, 0, 0);
        Assert.True(bench.Driver.TryTakeUsed(out _, out _));
        Use(bench, 1, 0);
        AssertBroken(bench, VirtqueueFault.UsedIdNotOutstanding);
    }

    [Theory] // HV-2: added, but the device was not told of it yet
    [MemberData(nameof(Both))]
    public void TryTakeUsed_IdNotPublished_Breaks(VirtqueueKind kind)
    {
        using RingBench bench = Filled(kind, 2);
        Assert.True(bench.Driver.TryAdd([bench.Slot(2, 0, 4)], [], 2));
        Use(bench, 0, 2);
        AssertBroken(bench, VirtqueueFault.UsedIdNotOutstanding);
    }

    [Theory] // HV-2: the second descriptor of a chain is no head
    [MemberData(nameof(Both))]
    public void TryTakeUsed_IdInsideAChain_Breaks(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 4), bench.Slot(0, 4, 4)], [], 0));
        bench.Driver.Publish();
        Use(bench, 0, 1);
        AssertBroken(bench, VirtqueueFault.UsedIdNotOutstanding);
    }

    [Theory] // HV-3
    [MemberData(nameof(Both))]
    public void TryTakeUsed_LengthBeyondTheRoom_IsClampedAndCounted(VirtqueueKind kind)
    {
        using RingBench bench = Filled(kind, 3);
        Use(bench, 0, 0, uint.MaxValue);
        Assert.True(bench.Driver.TryTakeUsed(out ushort token, out uint written));
        Assert.Equal(0, token);
        Assert.Equal(4u, written);
        Assert.Equal(1, bench.Driver.ClampedLengths);
        Use(bench, 1, 1, 4);
        Assert.True(bench.Driver.TryTakeUsed(out _, out written));
        Assert.Equal(4u, written);
        Assert.Equal(1, bench.Driver.ClampedLengths);
        Use(bench, 2, 2, 5); // one byte too many
        Assert.True(bench.Driver.TryTakeUsed(out _, out written));
        Assert.Equal(4u, written);
        Assert.Equal(2, bench.Driver.ClampedLengths);
        Assert.False(bench.Driver.IsBroken);
    }

    [Theory] // HV-4: the device rewrites the descriptors; recycling follows the private copy
    [MemberData(nameof(Both))]
    public void TryTakeUsed_DescriptorsRewritten_RecyclesTheRightOnes(VirtqueueKind kind)
    {
        using var bench = new RingBench(new(kind, 8, true, 0));
        for (int round = 0; round < 30; round++)
        {
            DmaSlice[] slices = [bench.Slot(0, 0, 4), bench.Slot(0, 4, 4), bench.Slot(0, 8, 4)];
            Assert.True(bench.Driver.TryAdd(slices, [], 0));
            Assert.True(bench.Driver.TryAdd(slices, [], 1));
            bench.Driver.Publish();
            Assert.True(bench.Device.TryPop(out DescriptorChain first));
            Assert.True(bench.Device.TryPop(out DescriptorChain second));
            Assert.Equal(12, first.ReadableLength);
            if (kind == VirtqueueKind.Split)
            {
                bench.Descriptors[..(8 * 16)].Fill(0xA5); // a device may not, but it can
            }
            else
            {
                for (int slot = 0; slot < 8; slot++)
                {
                    bench.Descriptors.Slice(slot * 16, 14).Fill(0xA5); // flags are the protocol itself
                }
            }

            bench.Device.Push(second.Head, 0);
            bench.Device.Push(first.Head, 0);
            bench.Device.Publish();
            Assert.True(bench.Driver.TryTakeUsed(out ushort token, out _));
            Assert.Equal(1, token);
            Assert.True(bench.Driver.TryTakeUsed(out token, out _));
            Assert.Equal(0, token);
            Assert.Equal(8, bench.Driver.FreeDescriptors);
        }
    }

    [Theory] // HV-9: the wishes influence notifications only
    [MemberData(nameof(Both))]
    public void Publish_AnyWish_OnlyDecidesTheNotification(VirtqueueKind kind) =>
        Gen.UInt.Array[1, 50].Sample(wishes =>
        {
            using var bench = new RingBench(new(kind, 4, true, 0));
            foreach (uint wish in wishes)
            {
                Span<byte> area = bench.DeviceArea;
                BinaryPrimitives.WriteUInt16LittleEndian(kind == VirtqueueKind.Split ? area[(4 + (8 * 4))..] : area, (ushort)wish);
                BinaryPrimitives.WriteUInt16LittleEndian(kind == VirtqueueKind.Split ? area : area[2..], (ushort)(wish >> 16));
                bench.Driver.TryAdd([bench.Slot(0, 0, 4)], [], 0);
                bench.Driver.Publish();
                if (bench.Device.TryPop(out DescriptorChain chain))
                {
                    bench.Device.Push(chain.Head, 0);
                }

                bench.Device.Publish();
                Assert.True(bench.Driver.TryTakeUsed(out _, out _));
            }

            Assert.False(bench.Driver.IsBroken);
            Assert.Equal(4, bench.Driver.FreeDescriptors);
        });

    [Fact] // whatever bytes the device writes, nothing throws, and no token comes back that was not given
    public void AnyBytes_InTheRings_NeverThrow() =>
        Gen.Select(RingCase.Any(16), Gen.Byte.Array[1, 700], Gen.Int[1, 40]).Sample(
            (ring, bytes, rounds) =>
            {
                using var bench = new RingBench(ring);
                var given = new HashSet<ushort>();
                ushort next = 0;
                int at = 0;
                for (int round = 0; round < rounds; round++)
                {
                    while (next < 60 && bench.Driver.TryAdd([bench.Slot(next, 0, ring.Size == 1 ? 0 : 4)], [bench.Slot(next, 32, 8)], next))
                    {
                        given.Add(next++);
                    }

                    bench.Driver.Publish();
                    Span<byte> target = ring.Kind == VirtqueueKind.Split ? bench.DeviceArea : bench.Descriptors[..(16 * ring.Size)];
                    for (int i = 0; i < 6; i++)
                    {
                        target[(bytes[at % bytes.Length] + (i * 3)) % target.Length] = bytes[(at + 1) % bytes.Length];
                        at++;
                    }

                    if (bench.Driver.TryTakeUsed(out ushort token, out uint written))
                    {
                        Assert.True(given.Remove(token));
                        Assert.True(written <= 8);
                    }

                    bench.Driver.TryEnableInterrupts();
                    Assert.InRange(bench.Driver.FreeDescriptors, 0, ring.Size);
                }
            },
            iter: 3000);

    private static RingBench Filled(VirtqueueKind kind, int messages)
    {
        var bench = new RingBench(new(kind, 8, EventIndex: true, Indirect: 0));
        for (ushort token = 0; token < messages; token++)
        {
            Assert.True(bench.Driver.TryAdd([], [bench.Slot(token, 32, 4)], token));
        }

        bench.Driver.Publish();
        return bench;
    }

    /// <summary>The device's nth used entry, in the first lap.</summary>
    private static void Use(RingBench bench, int entry, int id, uint length = 0)
    {
        if (bench.Driver.Kind == VirtqueueKind.Split)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bench.DeviceArea[(4 + (8 * entry))..], (uint)id);
            BinaryPrimitives.WriteUInt32LittleEndian(bench.DeviceArea[(8 + (8 * entry))..], length);
            BinaryPrimitives.WriteUInt16LittleEndian(bench.DeviceArea[2..], (ushort)(entry + 1));
        }
        else
        {
            RingBench.Write(bench.Descriptors[(16 * entry)..], new DmaSlice(0, length), id, 0x8080);
        }
    }

    /// <summary>The queue breaks with that fault and stays broken; the completion loop ends.</summary>
    private static void AssertBroken(RingBench bench, VirtqueueFault fault)
    {
        Assert.False(bench.Driver.IsBroken);
        int inFlight = bench.Driver.InFlight;
        Assert.False(bench.Driver.TryTakeUsed(out _, out _));
        Assert.Equal(fault, bench.Driver.Fault);
        Assert.True(bench.Driver.TryEnableInterrupts());
        Assert.False(bench.Driver.TryTakeUsed(out _, out _));
        Assert.False(bench.Driver.TryAdd([bench.Slot(7, 0, 4)], [], 7));
        Assert.False(bench.Driver.Publish());
        Assert.Equal(inFlight, bench.Driver.InFlight);

        // and only a reset, after the device lost its access, makes it new
        bench.Driver.Reset();
        Assert.False(bench.Driver.IsBroken);
        Assert.Equal(8, bench.Driver.FreeDescriptors);
        Assert.True(bench.Driver.TryAdd([bench.Slot(7, 0, 4)], [], 7));
    }
}
