using CsCheck;

namespace Pcm.Virtio.Tests;

/// <summary>A message is two streams of bytes, however it is cut into descriptors (D-54).</summary>
public sealed class DescriptorChainTests
{
    private const int Readable = 20;
    private const int Writable = 12;

    [Fact] // D-54: byte by byte, in one piece, through a table, anything between
    public void Copy_AnyFraming_GivesTheSameBytes() =>
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Int[1, Readable].Array[1, Readable], Gen.Int[1, Writable].Array[1, Writable], Gen.Int[0, Readable], Gen.Int[0, Writable])
            .Sample(
                (packed, indirect, readableCuts, writableCuts, readOffset, writeOffset) =>
                {
                    VirtqueueKind kind = packed ? VirtqueueKind.Packed : VirtqueueKind.Split;
                    using var bench = new RingBench(new(kind, 64, true, indirect ? 64 : 0));
                    for (byte i = 0; i < Readable; i++)
                    {
                        bench.SlotSpan(0, i, 1)[0] = i;
                    }

                    DmaSlice[] readable = Cut(bench, 0, Readable, readableCuts);
                    DmaSlice[] writable = Cut(bench, 32, Writable, writableCuts);
                    Assert.True(bench.Driver.TryAdd(readable, writable, 0));
                    Assert.Equal(indirect ? 63 : 64 - readable.Length - writable.Length, bench.Driver.FreeDescriptors);
                    bench.Driver.Publish();
                    Assert.True(bench.Device.TryPop(out DescriptorChain chain));
                    CheckReading(chain, readOffset);
                    CheckWriting(bench, chain, writeOffset);
                },
                iter: 500);

    [Fact] // D-54, the extreme: one descriptor for each byte
    public void Copy_OneByteDescriptors_GivesTheSameBytes()
    {
        using var bench = new RingBench(new(VirtqueueKind.Split, 32, false, 0));
        for (byte i = 0; i < Readable; i++)
        {
            bench.SlotSpan(0, i, 1)[0] = i;
        }

        Assert.True(bench.Driver.TryAdd(
            Cut(bench, 0, Readable, Enumerable.Repeat(1, Readable)), Cut(bench, 32, Writable, Enumerable.Repeat(1, Writable)), 0));
        Assert.Equal(0, bench.Driver.FreeDescriptors);
        bench.Driver.Publish();
        Assert.True(bench.Device.TryPop(out DescriptorChain chain));
        CheckReading(chain, 3);
        CheckWriting(bench, chain, 5);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(20, 1)]
    [InlineData(0, 21)]
    [InlineData(long.MaxValue, 1)]
    public void TryCopyTo_OutOfRange_SaysNo(long offset, int length)
    {
        using var bench = Popped(out ushort head);
        Assert.False(bench.Device.Open(head).TryCopyTo(offset, new byte[length]));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(12, 1)]
    [InlineData(0, 13)]
    [InlineData(long.MaxValue, 1)]
    public void TryCopyFrom_OutOfRange_WritesNothing(long offset, int length)
    {
        using var bench = Popped(out ushort head);
        byte[] before = bench.Payload.Span.ToArray();
        Assert.False(bench.Device.Open(head).TryCopyFrom(offset, Enumerable.Repeat((byte)9, length).ToArray()));
        Assert.Equal(before, bench.Payload.Span.ToArray());
    }

    [Fact]
    public void Enumerate_WritesInPlace_ReachTheDriver()
    {
        using var bench = Popped(out ushort head);
        int total = 0;
        foreach (Span<byte> part in bench.Device.Open(head).EnumerateWritable(2, 100))
        {
            part.Fill(0x77);
            total += part.Length;
        }

        Assert.Equal(Writable - 2, total);
        Assert.Equal(0, bench.SlotSpan(0, 33, 1)[0]);
        Assert.True(bench.SlotSpan(0, 34, Writable - 2).IndexOfAnyExcept((byte)0x77) < 0);
        Assert.Equal(0, bench.SlotSpan(0, 32 + Writable, 1)[0]);
    }

    [Fact]
    public void Open_SameHeadNewMessage_OldChainIsVoid()
    {
        using var bench = Popped(out ushort head);
        DescriptorChain old = bench.Device.Open(head);
        bench.Device.Push(head, 0);
        bench.Device.Publish();
        Assert.True(bench.Driver.TryTakeUsed(out _, out _));
        Assert.True(bench.Driver.TryAdd([bench.Slot(1, 0, 4)], [bench.Slot(1, 32, 4)], 1));
        bench.Driver.Publish();
        Assert.True(bench.Device.TryPop(out DescriptorChain fresh));
        Assert.Equal(old.Head, fresh.Head);
        Assert.Equal(4, fresh.ReadableLength);
        Assert.Equal(0, old.ReadableLength);
        Assert.False(old.TryCopyTo(0, new byte[1]));
        Assert.False(old.TryCopyFrom(0, [1]));
    }

    [Fact]
    public void Default_Chain_IsEmpty()
    {
        DescriptorChain chain = default;
        Assert.Equal(0, chain.ReadableLength + chain.WritableLength);
        Assert.False(chain.TryCopyTo(0, new byte[1]));
        Assert.True(chain.TryCopyTo(0, []));
    }

    private static RingBench Popped(out ushort head)
    {
        var bench = new RingBench(new(VirtqueueKind.Split, 8, false, 0));
        Assert.True(bench.Driver.TryAdd([bench.Slot(0, 0, 7), bench.Slot(0, 7, 13)], [bench.Slot(0, 32, 5), bench.Slot(0, 37, 7)], 0));
        bench.Driver.Publish();
        Assert.True(bench.Device.TryPop(out DescriptorChain chain));
        head = chain.Head;
        return bench;
    }

    private static DmaSlice[] Cut(RingBench bench, int offset, int length, IEnumerable<int> cuts)
    {
        var slices = new List<DmaSlice>();
        foreach (int cut in cuts)
        {
            int take = Math.Min(cut, length);
            if (take != 0)
            {
                slices.Add(bench.Slot(0, offset, take));
            }

            offset += take;
            length -= take;
        }

        slices.Add(bench.Slot(0, offset, length));
        return [.. slices.Where(slice => slice.Length != 0)];
    }

    private static void CheckReading(DescriptorChain chain, int offset)
    {
        Assert.Equal(Readable, chain.ReadableLength);
        var bytes = new byte[Readable - offset];
        Assert.True(chain.TryCopyTo(offset, bytes));
        Assert.Equal(Enumerable.Range(offset, bytes.Length).Select(i => (byte)i), bytes);
        var inPlace = new List<byte>();
        foreach (ReadOnlySpan<byte> part in chain.EnumerateReadable(offset, Readable))
        {
            inPlace.AddRange(part);
        }

        Assert.Equal(bytes, inPlace);
    }

    private static void CheckWriting(RingBench bench, DescriptorChain chain, int offset)
    {
        Assert.Equal(Writable, chain.WritableLength);
        byte[] answer = [.. Enumerable.Range(100, Writable - offset).Select(i => (byte)i)];
        Assert.True(chain.TryCopyFrom(offset, answer));
        Assert.Equal(answer, bench.SlotSpan(0, 32 + offset, answer.Length).ToArray());
        Assert.True(bench.SlotSpan(0, 32, offset).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(0, bench.SlotSpan(0, 32 + Writable, 1)[0]);
    }
}
