using CsCheck;

namespace Pcm.Virtio.Tests;

public sealed class GuestMemoryTests
{
    private static readonly byte[] s_arena = GC.AllocateArray<byte>(4096, pinned: true);

    [Fact] // against the plainest model: a set of mapped byte addresses
    public void Contains_AnyTable_AgreesWithTheModel() =>
        Gen.Select(Gen.Select(Gen.Int[0, 60], Gen.Int[1, 20]).Array[0, 8], Gen.Int[0, 70], Gen.Int[0, 40]).Sample((regions, address, length) =>
        {
            var memory = new GuestMemory();
            var mapped = new HashSet<int>();
            foreach ((int start, int bytes) in regions)
            {
                IEnumerable<int> range = Enumerable.Range(start, bytes);
                if (range.Any(mapped.Contains))
                {
                    Assert.Throws<ArgumentException>(() => memory.Map((ulong)start, Arena(start), (ulong)bytes, null));
                }
                else
                {
                    memory.Map((ulong)start, Arena(start), (ulong)bytes, null);
                    mapped.UnionWith(range);
                }
            }

            bool expected = Enumerable.Range(address, length).All(mapped.Contains);
            Assert.Equal(expected, memory.Contains((ulong)address, (ulong)length));
            Assert.Equal(expected, memory.TryRead((ulong)address, new byte[length]));
        });

    [Fact]
    public void ReadWrite_AcrossAdjacentRegions_IsOneMemory()
    {
        var memory = new GuestMemory();
        memory.Map(0x1010, Arena(100), 16, null);
        memory.Map(0x1000, Arena(0), 16, null);
        byte[] bytes = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        Assert.True(memory.TryWrite(0x1000, bytes));
        Assert.Equal(bytes[..16], s_arena[..16]);
        Assert.Equal(bytes[16..], s_arena[100..116]);
        var read = new byte[32];
        Assert.True(memory.TryRead(0x1000, read));
        Assert.Equal(bytes, read);
        Assert.True(memory.TryGetSpan(0x1008, 16, out Span<byte> span));
        Assert.Equal(8, span.Length); // a span ends with its region
        Assert.False(memory.TryWrite(0x1008, new byte[25]));
    }

    [Theory]
    [InlineData(ulong.MaxValue - 15, 16, true)]
    [InlineData(ulong.MaxValue - 15, 17, false)]
    [InlineData(ulong.MaxValue, 1, true)]
    [InlineData(ulong.MaxValue, 2, false)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, false)]
    public void Contains_EndOfTheAddressSpace_DoesNotWrap(ulong address, ulong length, bool expected)
    {
        var memory = new GuestMemory();
        memory.Map(ulong.MaxValue - 15, Arena(0), 16, null);
        memory.Map(0, Arena(16), 16, null); // what a wrapped address would hit
        Assert.Equal(expected, memory.Contains(address, length));
        if (length <= 17)
        {
            Assert.Equal(expected, memory.TryRead(address, new byte[length]));
            Assert.Equal(expected, memory.TryWrite(address, new byte[length]));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(ulong.MaxValue, 2)]
    public void Map_Impossible_Throws(ulong address, ulong length) =>
        Assert.Throws<ArgumentException>(() => new GuestMemory().Map(address, Arena(0), length, null));

    [Fact]
    public void Unmap_Region_IsGone()
    {
        var memory = new GuestMemory();
        memory.Map(64, Arena(0), 16, null);
        int version = memory.Version;
        Assert.False(memory.Unmap(65));
        Assert.True(memory.Unmap(64));
        Assert.NotEqual(version, memory.Version);
        Assert.False(memory.TryGetSpan(64, 1, out _));
        Assert.True(memory.Contains(64, 0));
    }

    private static unsafe nint Arena(int offset)
    {
        fixed (byte* arena = s_arena)
        {
            return (nint)(arena + offset); // SAFETY: the array is on the pinned heap
        }
    }
}
