namespace Pcm.Core.Tests.Parameters;

public class PcmHardwareTests
{
    public static TheoryData<string, Func<PcmHardware, PcmHardware>> Mistakes() => new()
    {
        { "Info (Mmap) has none of Interleaved", h => h with { Info = PcmInfo.Mmap } },
        { "Formats is empty", h => h with { Formats = [] } },
        { "Formats has bits that are no format: 0x20000000", h => h with { Formats = new PcmFormats(1UL << 29) } },
        { "Subformats (16) has bits", h => h with { Subformats = (PcmSubformats)16 } },
        { "Rates is empty", h => h with { Rates = PcmRates.None } },
        { "has no known rate", h => h with { Rates = (PcmRates)(1u << 25) } },
        { "Rates goes from 44100 to 48000 Hz, but RateMin is 8000 and RateMax 48000", h => h with { RateMin = 8000 } },
        { "RateMin is 0", h => h with { RateMin = 0 } },
        { "RateMin (44100) is greater than RateMax (5)", h => h with { RateMax = 5 } },
        { "ChannelsMin is 0", h => h with { ChannelsMin = 0 } },
        { "ChannelsMin (3) is greater than ChannelsMax (2)", h => h with { ChannelsMin = 3 } },
        { "PeriodBytesMin (880) is greater than PeriodBytesMax (64)", h => h with { PeriodBytesMax = 64 } },
        { "PeriodsMin (2) is greater than PeriodsMax (1)", h => h with { PeriodsMax = 1 } },
        { "BufferBytesMax (1759) is less than PeriodsMin (2) periods of PeriodBytesMin (880)", h => h with { BufferBytesMax = 1759 } },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void FindProblem_Mistake_IsNamed(string expected, Func<PcmHardware, PcmHardware> mistake)
    {
        PcmHardware wrong = mistake(TestHardware.VirtioLike);
        Assert.Contains(expected, wrong.FindProblem(), StringComparison.Ordinal);
        Assert.Contains(expected, Assert.Throws<ArgumentException>(wrong.ThrowIfInvalid).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FindProblem_SoundHardware_IsNull()
    {
        Assert.Null(TestHardware.VirtioLike.FindProblem());
        Assert.Null((TestHardware.VirtioLike with { Rates = PcmRates.Knot, RateMin = 1, RateMax = 2 }).FindProblem());
        TestHardware.VirtioLike.ThrowIfInvalid();
    }

    [Fact]
    public void Complete_ImpossibleHardware_IsInvalid()
    {
        foreach (PcmHardware wrong in (PcmHardware[])
            [TestHardware.VirtioLike with { Info = PcmInfo.Mmap }, TestHardware.VirtioLike with { Formats = [] }, TestHardware.VirtioLike with { ChannelsMin = 3 }])
        {
            Assert.Equal(PcmError.InvalidArgument, new PcmConstraints().Complete(wrong, uint.MaxValue, mmapSupported: true));
        }
    }

    [Theory]
    [InlineData(PcmInfo.Interleaved, true, PcmAccesses.ReadWriteInterleaved | PcmAccesses.MmapInterleaved)]
    [InlineData(PcmInfo.Interleaved, false, PcmAccesses.ReadWriteInterleaved)]
    [InlineData(PcmInfo.NonInterleaved, true, PcmAccesses.ReadWriteNonInterleaved | PcmAccesses.MmapNonInterleaved)]
    [InlineData(PcmInfo.Complex | PcmInfo.Interleaved, true, PcmAccesses.MmapComplex | PcmAccesses.ReadWriteInterleaved | PcmAccesses.MmapInterleaved)]
    public void Complete_Info_GivesTheAccessTypes(PcmInfo info, bool mmap, PcmAccesses expected)
    {
        var constraints = new PcmConstraints();
        Assert.Equal(PcmError.None, constraints.Complete(TestHardware.VirtioLike with { Info = info }, uint.MaxValue, mmap));
        var p = new PcmHwParams();
        Assert.Equal(PcmError.None, constraints.Refine(p));
        Assert.Equal(expected, p.Accesses);
    }

    [Fact]
    public void Complete_ComplexWithoutMmap_IsInvalid() =>
        Assert.Equal(PcmError.InvalidArgument, new PcmConstraints().Complete(TestHardware.VirtioLike with { Info = PcmInfo.Complex }, uint.MaxValue, mmapSupported: false));

    [Fact]
    public void Complete_BufferSetAside_LimitsTheBuffer()
    {
        var constraints = new PcmConstraints();
        Assert.Equal(PcmError.None, constraints.Complete(TestHardware.VirtioLike, 4096, mmapSupported: true));
        var p = new PcmHwParams();
        Assert.Equal(PcmError.None, constraints.Refine(p));
        Assert.Equal("[880,4096] int", p.GetInterval(PcmHwParameter.BufferBytes).ToString());
    }

    [Theory]
    [InlineData(PcmInfo.None, 64u, 16u)]
    [InlineData(PcmInfo.FifoInFrames, 64u, 64u)]
    [InlineData(PcmInfo.None, 0u, 0u)]
    public void Fixup_Fifo_IsInFrames(PcmInfo unit, uint fifoSize, uint expected)
    {
        TraceCard card = TraceCard.Of(TestHardware.VirtioLike with { FifoSize = fifoSize, Info = TestHardware.VirtioLike.Info | unit | PcmInfo.DrainTrigger });
        var p = new PcmHwParams { Format = PcmFormat.S16LE, Channels = 2 };
        Assert.Equal(PcmError.None, card.HwRefine(p));
        Assert.Equal((expected, TestHardware.VirtioLike.Info), (p.FifoFrames, p.Info));
    }

    [Fact]
    public void Fixup_NoMmap_HidesIt()
    {
        var p = new PcmHwParams { Info = PcmInfo.None };
        PcmHardware hardware = TestHardware.VirtioLike with { Info = PcmInfo.Mmap | PcmInfo.MmapValid | PcmInfo.Interleaved | PcmInfo.Pause };
        Assert.Equal(PcmError.None, PcmConstraints.Fixup(p, hardware, mmapSupported: false));
        Assert.Equal(PcmInfo.Interleaved | PcmInfo.Pause, p.Info);
    }

    [Fact]
    public void Fixup_HalfOpenRate_CountsAsChosen()
    {
        var p = new PcmHwParams();
        p.SetInterval(PcmHwParameter.Rate, PcmIntervalTests.Parse("[8000,8001)"));
        Assert.Equal(PcmError.None, PcmConstraints.Fixup(p, TestHardware.VirtioLike, mmapSupported: true));
        Assert.Equal((8000u, 1u), (p.RateNumerator, p.RateDenominator));
    }
}
