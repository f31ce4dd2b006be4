namespace Pcm.Core.Tests.Parameters;

public class PcmHwParamsSearchTests
{
    [Theory]
    [InlineData(44100, 44100)]
    [InlineData(44099, 44099)]
    [InlineData(96000, 48000)]
    [InlineData(0, 5500)]
    [InlineData(int.MaxValue, 48000)]
    public void SetRateNear_AnyRateInRange_IsExactOrTheEnd(int wanted, int expected)
    {
        var p = new PcmHwParams();
        Assert.Equal(PcmError.None, p.SetRateNear(TestHardware.OpenDummy().Constraints, wanted, out int chosen));
        Assert.Equal((expected, expected), (chosen, p.Rate));
    }

    [Theory]
    [InlineData(46000, 44100)]
    [InlineData(46049, 44100)]
    [InlineData(46050, 48000)]
    [InlineData(48001, 48000)]
    [InlineData(1, 44100)]
    public void SetRateNear_ListedRates_IsTheNearerAndAboveWhenEqual(int wanted, int expected)
    {
        var p = new PcmHwParams();
        Assert.Equal(PcmError.None, p.SetRateNear(TestHardware.OpenVirtioLike().Constraints, wanted, out int chosen));
        Assert.Equal(expected, chosen);
    }

    [Theory]
    [InlineData(10000, 441)]
    [InlineData(10001, 441)]
    [InlineData(10012, 442)]
    [InlineData(0, 16)]
    public void SetPeriodTimeNear_BetweenFrames_IsTheNearestFrameCount(int wanted, int expectedFrames)
    {
        var p = new PcmHwParams { Format = PcmFormat.S16LE, Channels = 2, Rate = 44100 };
        Assert.Equal(PcmError.None, p.SetPeriodTimeNear(TestHardware.OpenDummy().Constraints, wanted, out int chosen));
        Assert.Equal(expectedFrames, p.PeriodFrames);
        Assert.Equal(expectedFrames * 1_000_000L / 44100, chosen);
    }

    [Fact]
    public void SetNear_WholeConfiguration_EndsSingle()
    {
        TraceCard card = TestHardware.OpenVirtioLike();
        var p = new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S32LE, Channels = 2 };
        Assert.Equal(PcmError.None, p.SetRateNear(card.Constraints, 50000, out int rate));
        Assert.Equal(PcmError.None, p.SetBufferTimeNear(card.Constraints, 100_000, out int bufferUs));
        Assert.Equal(PcmError.None, p.SetPeriodTimeNear(card.Constraints, 25_000, out int periodUs));
        Assert.Equal((48000, 100_000, 25_000), (rate, bufferUs, periodUs));
        Assert.Equal(PcmError.None, card.HwParams(p));
        Assert.Equal((4800, 1200, 4), (p.BufferFrames, p.PeriodFrames, p.Periods));
    }

    [Fact]
    public void SetFramesNear_Sizes_AreTheNearest()
    {
        TraceCard card = TestHardware.OpenVirtioLike();
        var p = new PcmHwParams { Format = PcmFormat.S16LE, Channels = 2 };
        Assert.Equal(PcmError.None, p.SetPeriodFramesNear(card.Constraints, 100_000, out int period));
        Assert.Equal(PcmError.None, p.SetBufferFramesNear(card.Constraints, 1, out int buffer));
        Assert.Equal((7680, 15360), (period, buffer));
    }

    [Fact]
    public void SetNear_Direction_SaysOnWhichSideOfTheNumber()
    {
        TraceCard card = TestHardware.OpenDummy();
        var p = new PcmHwParams { Format = PcmFormat.S16LE, Channels = 2, Rate = 44100, PeriodFrames = 1024 };
        Assert.Equal(PcmError.None, p.SetNear(card.Constraints, PcmHwParameter.PeriodTime, new PcmBound(1), out PcmBound chosen));
        Assert.Equal(new PcmBound(23219, 1), chosen);

        var q = new PcmHwParams { Format = PcmFormat.S16LE, Channels = 2, Rate = 44100 };
        Assert.Equal(PcmError.None, q.SetNear(card.Constraints, PcmHwParameter.PeriodTime, new PcmBound(23220, -1), out chosen));
        Assert.Equal(1024, q.PeriodFrames);
    }

    [Fact]
    public void SetMinAndMax_Bounds_RespectTheDirection()
    {
        TraceCard card = TestHardware.OpenDummy();
        var p = new PcmHwParams();
        Assert.Equal(PcmError.None, p.SetMin(card.Constraints, PcmHwParameter.Rate, new PcmBound(8000, 1)));
        Assert.Equal(PcmError.None, p.SetMax(card.Constraints, PcmHwParameter.Rate, new PcmBound(44100, -1)));
        Assert.Equal("(8000,44100)", p.GetInterval(PcmHwParameter.Rate).ToString());
        Assert.Equal(PcmError.None, p.SetMin(card.Constraints, PcmHwParameter.Rate, new PcmBound(0, -1)));
        Assert.Equal(PcmError.None, p.SetMax(card.Constraints, PcmHwParameter.Rate, new PcmBound(uint.MaxValue, 1)));
        Assert.Equal("(8000,44100)", p.GetInterval(PcmHwParameter.Rate).ToString());
    }

    [Fact]
    public void SetFirstAndLast_MaskAndInterval_ChooseTheEnds()
    {
        TraceCard card = TestHardware.OpenVirtioLike();
        var p = new PcmHwParams();
        Assert.Equal(PcmError.None, p.SetLast(card.Constraints, PcmHwParameter.Format, out PcmBound format));
        Assert.Equal(PcmError.None, p.SetFirst(card.Constraints, PcmHwParameter.Rate, out PcmBound rate));
        Assert.Equal(PcmError.None, p.SetLast(card.Constraints, PcmHwParameter.Channels, out PcmBound channels));
        Assert.Equal((new PcmBound((uint)PcmFormat.S32LE), new PcmBound(44100), new PcmBound(2)), (format, rate, channels));
        Assert.Equal(64, p.FrameBits);
    }

    [Fact]
    public void Verbs_Impossible_LeaveEverythingAsItWas()
    {
        PcmConstraints constraints = TestHardware.OpenVirtioLike().Constraints;
        var p = new PcmHwParams { Rate = 47000 };
        PcmHwParams before = p.Clone();
        Assert.Equal(PcmError.InvalidArgument, p.SetMin(constraints, PcmHwParameter.Channels, new PcmBound(1)));
        Assert.Equal(PcmError.InvalidArgument, p.SetMax(constraints, PcmHwParameter.Rate, new PcmBound(0, -1)));
        Assert.Equal(PcmError.InvalidArgument, p.SetFirst(constraints, PcmHwParameter.Format, out _));
        Assert.Equal(PcmError.InvalidArgument, p.SetLast(constraints, PcmHwParameter.Periods, out _));
        Assert.Equal(PcmError.InvalidArgument, p.SetRateNear(constraints, 48000, out _));
        Assert.True(p.HasSameContents(before), p.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => p.SetNear(constraints, PcmHwParameter.Format, new PcmBound(1), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => p.SetRateNear(constraints, -1, out _));
    }
}
