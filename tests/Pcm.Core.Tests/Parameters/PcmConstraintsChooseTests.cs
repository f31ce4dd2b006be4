namespace Pcm.Core.Tests.Parameters;

/// <summary>What Linux chooses, executed; dummy-like and virtio-like hardware.</summary>
public class PcmConstraintsChooseTests
{
    private static PcmHwParams Stereo16(int rate) =>
        new() { Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = rate };

    [Fact]
    public void HwParams_DummyAny_ChoosesTheLeastOfEverythingAndTheLargestBuffer()
    {
        var p = new PcmHwParams();
        Assert.Equal(PcmError.None, TestHardware.OpenDummy().HwParams(p));
        Assert.Equal((PcmAccess.MmapInterleaved, PcmFormat.U8, PcmSubformat.Standard, 1, 5500), (p.Access, p.Format, p.Subformat, p.Channels, p.Rate));
        Assert.Equal((64, 1024, 65536), (p.PeriodFrames, p.Periods, p.BufferFrames));
        Assert.Equal("(11636,11637)", p.GetInterval(PcmHwParameter.PeriodTime).ToString());
        Assert.Equal((0xFFF07u, 0u), (p.Changed, p.Requested));
        Assert.Equal((8u, 5500u, 1u), (p.MsBits, p.RateNumerator, p.RateDenominator));
    }

    [Fact]
    public void HwParams_DummyStereo48000_RefinesThenChooses()
    {
        TraceCard card = TestHardware.OpenDummy();
        PcmHwParams p = Stereo16(48000);
        Assert.Equal(PcmError.None, card.HwRefine(p));
        Assert.Equal("[16,16384] int", p.GetInterval(PcmHwParameter.PeriodSize).ToString());
        Assert.Equal("[16,16384] int", p.GetInterval(PcmHwParameter.BufferSize).ToString());
        Assert.Equal("(333,341334)", p.GetInterval(PcmHwParameter.PeriodTime).ToString());
        Assert.Equal("[1,1024]", p.GetInterval(PcmHwParameter.Periods).ToString());
        Assert.Equal(PcmError.None, card.HwParams(p));
        Assert.Equal((16, 1024, 16384), (p.PeriodFrames, p.Periods, p.BufferFrames));
    }

    [Fact]
    public void HwParams_DummyFullySpecified_ComputesTheTimes()
    {
        PcmHwParams p = Stereo16(44100);
        p.PeriodFrames = 1024;
        p.BufferFrames = 4096;
        Assert.Equal(PcmError.None, TestHardware.OpenDummy().HwParams(p));
        Assert.Equal("(23219,23220)", p.GetInterval(PcmHwParameter.PeriodTime).ToString());
        Assert.Equal("(92879,92880)", p.GetInterval(PcmHwParameter.BufferTime).ToString());
        Assert.Equal((4, 4096, 16384, 23219, 92879), (p.Periods, p.PeriodBytes, p.BufferBytes, p.PeriodMicroseconds, p.BufferMicroseconds));
        Assert.Equal((16, 32, 0xDD304u), (p.SampleBits, p.FrameBits, p.Changed));
    }

    [Fact]
    public void HwParams_DummyPeriodsInsteadOfBuffer_IsTheSame()
    {
        PcmHwParams p = Stereo16(44100);
        p.PeriodFrames = 1024;
        p.Periods = 4;
        Assert.Equal(PcmError.None, TestHardware.OpenDummy().HwParams(p));
        Assert.Equal((4096, 0xF5304u), (p.BufferFrames, p.Changed));
    }

    [Fact]
    public void HwParams_DummyTimesThatFit_AreTaken()
    {
        PcmHwParams p = Stereo16(44100);
        p.PeriodMicroseconds = 10000;
        p.BufferMicroseconds = 40000;
        Assert.Equal(PcmError.None, TestHardware.OpenDummy().HwParams(p));
        Assert.Equal((441, 1764, 4), (p.PeriodFrames, p.BufferFrames, p.Periods));
    }

    [Fact]
    public void HwParams_DummyTimeBetweenFrames_IsInvalid()
    {
        PcmHwParams p = Stereo16(44100);
        p.PeriodMicroseconds = 23000;
        Assert.Equal(PcmError.InvalidArgument, TestHardware.OpenDummy().HwParams(p));
    }

    [Fact]
    public void HwParams_DummyBufferOfTwoAndAHalfPeriods_IsAccepted()
    {
        PcmHwParams p = Stereo16(48000);
        p.PeriodFrames = 1000;
        p.BufferFrames = 2500;
        Assert.Equal(PcmError.None, TestHardware.OpenDummy().HwParams(p));
        Assert.Equal("(2,3)", p.GetInterval(PcmHwParameter.Periods).ToString());
        Assert.Equal(2, p.Periods);
    }

    [Fact]
    public void HwParams_VirtioLikeAny_KeepsWholePeriods()
    {
        var p = new PcmHwParams();
        Assert.Equal(PcmError.None, TestHardware.OpenVirtioLike().HwParams(p));
        Assert.Equal((PcmAccess.MmapInterleaved, PcmFormat.S16LE, 1, 44100), (p.Access, p.Format, p.Channels, p.Rate));
        Assert.Equal((440, 880, 16, 7040), (p.PeriodFrames, p.PeriodBytes, p.Periods, p.BufferFrames));
    }

    [Fact]
    public void HwParams_VirtioLikeStereo48000_RefinesThenChooses()
    {
        TraceCard card = TestHardware.OpenVirtioLike();
        PcmHwParams p = Stereo16(48000);
        Assert.Equal(PcmError.None, card.HwRefine(p));
        Assert.Equal("[220,7680] int", p.GetInterval(PcmHwParameter.PeriodSize).ToString());
        Assert.Equal("(4583,160000]", p.GetInterval(PcmHwParameter.PeriodTime).ToString());
        Assert.Equal("[440,16384] int", p.GetInterval(PcmHwParameter.BufferSize).ToString());
        Assert.Equal(PcmError.None, card.HwParams(p));
        Assert.Equal((220, 16, 3520), (p.PeriodFrames, p.Periods, p.BufferFrames));
    }

    [Fact]
    public void HwParams_VirtioLikeImpossible_IsInvalid()
    {
        TraceCard card = TestHardware.OpenVirtioLike();
        PcmHwParams partial = Stereo16(48000);
        partial.PeriodFrames = 1000;
        partial.BufferFrames = 2500;
        Assert.Equal(PcmError.InvalidArgument, card.HwParams(partial));

        var between = new PcmHwParams();
        between.SetRange(PcmHwParameter.Rate, 46000, 47000);
        Assert.Equal(PcmError.InvalidArgument, card.HwParams(between));
    }

    [Fact]
    public void Choose_ValueOf2To31_IsInvalid()
    {
        TraceCard card = TestHardware.OpenDummy();
        var p = new PcmHwParams();
        p.SetInterval(PcmHwParameter.TickTime, PcmInterval.Of(0x80000000));
        Assert.Equal(PcmError.InvalidArgument, card.HwParams(p));
        p.Any();
        p.SetInterval(PcmHwParameter.TickTime, PcmInterval.Of(0x7FFFFFFF));
        Assert.Equal(PcmError.None, card.HwParams(p));
    }

    [Fact]
    public void Refine_NothingRequested_ChangesNothingButFillsIn()
    {
        var p = new PcmHwParams { Format = PcmFormat.Mpeg, Requested = 0 };
        Assert.Equal(PcmError.None, TestHardware.OpenDummy().HwRefine(p));
        Assert.Equal("[0,4294967295]", p.GetInterval(PcmHwParameter.Rate).ToString());

        // The kernel's width of a format without one is -EINVAL.
        Assert.Equal((unchecked((uint)-22), 0u), (p.MsBits, p.Changed));
    }

    [Theory]
    [InlineData(PcmHwParameter.Access)]
    [InlineData(PcmHwParameter.Rate)]
    [InlineData(PcmHwParameter.TickTime)]
    public void Refine_EmptyAndNotRequested_IsInvalid(PcmHwParameter parameter)
    {
        var p = new PcmHwParams();
        if (parameter == PcmHwParameter.Access)
        {
            p.Accesses = PcmAccesses.None;
        }
        else
        {
            p.SetInterval(parameter, PcmInterval.Any with { IsEmpty = true });
        }

        p.Requested = 0;
        Assert.Equal(PcmError.InvalidArgument, TestHardware.OpenDummy().HwRefine(p));
    }
}
