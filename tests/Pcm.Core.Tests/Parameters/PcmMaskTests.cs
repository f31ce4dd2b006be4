namespace Pcm.Core.Tests.Parameters;

public class PcmMaskTests
{
    [Fact]
    public void Refine_AllOnes_KeepsTheUpperBits()
    {
        PcmMask mask = PcmMask.All;
        Assert.Equal(1, mask.Refine(new PcmMask(0x404)));
        Assert.Equal((0x404UL, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue), (mask.GetWord(0), mask.GetWord(1), mask.GetWord(2), mask.GetWord(3)));
        Assert.Equal(0, mask.Refine(PcmMask.Any));
        Assert.Equal("404+", mask.ToString());
    }

    [Fact]
    public void Refine_NothingLeft_IsInvalid()
    {
        var mask = new PcmMask(3);
        Assert.Equal((int)PcmError.InvalidArgument, mask.Refine(new PcmMask(4)));
        Assert.True(mask.IsEmpty && mask.IsSingle);
    }

    [Fact]
    public void RefineFirst_SeveralLeft_ClearsAllButTheLowest()
    {
        PcmMask mask = PcmMask.All with { Bits = 0x8000000000000404 };
        PcmMask last = mask;
        Assert.Equal((2, 63), (mask.Lowest, mask.Highest));
        Assert.Equal(1, mask.RefineFirst());
        Assert.Equal(new PcmMask(4), mask);
        Assert.Equal(1, last.RefineLast());
        Assert.Equal(new PcmMask(1UL << 63), last);
    }

    [Fact]
    public void RefineFirst_SingleAlready_LeavesTheUpperBits()
    {
        PcmMask mask = PcmMask.All with { Bits = 4 };
        Assert.Equal((0, 0), (mask.RefineFirst(), mask.RefineLast()));
        Assert.Equal(PcmMask.All with { Bits = 4 }, mask);
    }

    [Fact]
    public void Access_OutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PcmMask.Of(64));
        Assert.Throws<ArgumentOutOfRangeException>(() => PcmMask.All.GetWord(4));
        Assert.False(PcmMask.All.Contains(64));
        Assert.False(PcmMask.All.Contains(-1));
        Assert.True(PcmMask.Any.Contains(63));
    }
}
