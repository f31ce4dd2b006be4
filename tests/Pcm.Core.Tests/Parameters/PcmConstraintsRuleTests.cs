namespace Pcm.Core.Tests.Parameters;

/// <summary>The helpers of a backend's open, one rule at a time on the one parameter no other rule looks at, or on the rate.</summary>
public class PcmConstraintsRuleTests
{
    private static readonly uint[] s_list = [44100, 4000, 22050, 10000];

    private const string Invalid = "empty";

    private static string Refine(PcmConstraints constraints, string interval, PcmHwParameter parameter = PcmHwParameter.TickTime)
    {
        var p = new PcmHwParams();
        p.SetInterval(parameter, PcmIntervalTests.Parse(interval));
        PcmError error = constraints.Refine(p);
        return error == PcmError.None ? p.GetInterval(parameter).ToString() : error == PcmError.InvalidArgument ? Invalid : error.ToString();
    }

    [Theory]
    [InlineData("[5000,40000]", 0u, "[10000,22050]")]
    [InlineData("[5000,9000]", 0u, Invalid)]
    [InlineData("[4000,44100]", 0u, "[4000,44100]")]
    [InlineData("(4000,44100)", 0u, "[10000,22050]")]
    [InlineData("[0,100000]", 0xCu, "[10000,22050]")]
    [InlineData("[0,100000]", 0x1u, "[44100,44100] int")]
    public void List_Interval_NarrowsToTheHull(string interval, uint selection, string expected)
    {
        var constraints = new PcmConstraints();
        Assert.Equal(PcmError.None, constraints.List(PcmHwParameter.TickTime, s_list, selection));
        Assert.Equal(expected, Refine(constraints, interval));
    }

    [Fact]
    public void List_NoEntries_AlwaysFails()
    {
        var constraints = new PcmConstraints();
        Assert.Equal(PcmError.None, constraints.List(PcmHwParameter.TickTime, []));
        Assert.Equal(Invalid, Refine(constraints, "[0,100]"));
    }

    [Theory]
    [InlineData("[150,450]", 0u, "[150,450]")]
    [InlineData("[250,450]", 0u, "[400,450]")]
    [InlineData("[250,350]", 0u, Invalid)]
    [InlineData("(200,1000]", 0u, "[400,500]")]
    [InlineData("[0,1000]", 0u, "[100,500]")]
    [InlineData("[0,1000]", 0x2u, "[400,500]")]
    [InlineData("(100,500)", 0u, "(100,500)")]
    public void Ranges_Interval_NarrowsToTheHull(string interval, uint selection, string expected)
    {
        var constraints = new PcmConstraints();
        Assert.Equal(PcmError.None, constraints.Ranges(PcmHwParameter.TickTime, [PcmInterval.Closed(100, 200), PcmInterval.Closed(400, 500)], selection));
        Assert.Equal(expected, Refine(constraints, interval));
    }

    [Theory]
    [InlineData("[100,1000]", "[256,768]")]
    [InlineData("[257,511]", Invalid)]
    [InlineData("(256,1024)", "[512,1024]")]
    [InlineData("[256,1024]", "[256,1024]")]
    public void Step_Interval_NarrowsToMultiples(string interval, string expected)
    {
        var constraints = new PcmConstraints();
        Assert.Equal(PcmError.None, constraints.Step(PcmHwParameter.TickTime, 256));
        Assert.Equal(expected, Refine(constraints, interval));
    }

    [Theory]
    [InlineData("[3,100]", "[4,64]")]
    [InlineData("[5,7]", Invalid)]
    [InlineData("[0,4294967295]", "[1,1073741824]")]
    public void Pow2_Interval_NarrowsToPowers(string interval, string expected)
    {
        var constraints = new PcmConstraints();
        Assert.Equal(PcmError.None, constraints.Pow2(PcmHwParameter.TickTime));
        Assert.Equal(expected, Refine(constraints, interval));
    }

    [Theory]
    [InlineData("[44100,44100]", "[44100,44100] int", 6000000u, 136u)]
    [InlineData("[48000,48000]", "[48000,48000] int", 6000000u, 125u)]
    [InlineData("[8000,48000]", "(23437,48000]", 0u, 0u)]
    [InlineData("[44100,44200]", "[44100,44200]", 0u, 0u)]
    [InlineData("[0,0]", Invalid, 0u, 0u)]
    public void RatNums_Rate_KeepsWhatIsCloseAndTellsTheRatio(string interval, string expected, uint numerator, uint denominator)
    {
        var constraints = new PcmConstraints();
        Assert.Equal(PcmError.None, constraints.RatNums(PcmHwParameter.Rate, [new PcmRatNum(6000000, 2, 256, 1)]));
        Assert.Equal(expected, Refine(constraints, interval, PcmHwParameter.Rate));

        var p = new PcmHwParams();
        p.SetInterval(PcmHwParameter.Rate, PcmIntervalTests.Parse(interval));
        constraints.Refine(p);
        Assert.Equal((numerator, denominator), (p.RateNumerator, p.RateDenominator));
    }

    [Theory]
    [InlineData("[48000,48000]", "[48000,48000] int", 480000u)]
    [InlineData("[10000,20000]", "[10000,20000]", 0u)]
    [InlineData("[15000,15010]", Invalid, 0u)]
    [InlineData("[15000,17000]", "[16000,16000] int", 160000u)]
    [InlineData("[90000,100000]", Invalid, 0u)]
    public void RatDens_Rate_NarrowsToWhatIsPossibleAndTellsTheRatio(string interval, string expected, uint numerator)
    {
        var constraints = new PcmConstraints();
        Assert.Equal(PcmError.None, constraints.RatDens(PcmHwParameter.Rate, [new PcmRatDen(100_000, 500_000, 20_000, 10)]));
        Assert.Equal(expected, Refine(constraints, interval, PcmHwParameter.Rate));

        var p = new PcmHwParams();
        p.SetInterval(PcmHwParameter.Rate, PcmIntervalTests.Parse(interval));
        constraints.Refine(p);
        Assert.Equal(numerator, p.RateNumerator);
    }

    [Fact]
    public void RatDens_BelowTheLeastNumerator_JumpsToTheGreatestLikeLinux()
    {
        var constraints = new PcmConstraints();
        Assert.Equal(PcmError.None, constraints.RatDens(PcmHwParameter.Rate, [new PcmRatDen(100_000, 500_000, 20_000, 10)]));
        Assert.Equal("[50000,50000] int", Refine(constraints, "[9000,50000]", PcmHwParameter.Rate));
        Assert.Equal(Invalid, Refine(constraints, "[9000,48000]", PcmHwParameter.Rate));
    }

    [Fact]
    public void MsBits_SampleWidthChosen_IsTheSmaller()
    {
        TraceCard card = TraceCard.Of(TestHardware.VirtioLike, static c => Assert.Equal(PcmError.None, c.MsBits(32, 24)));
        var p = new PcmHwParams { Format = PcmFormat.S32LE };
        Assert.Equal(PcmError.None, card.HwParams(p));
        Assert.Equal(24u, p.MsBits);

        p.Any();
        p.Format = PcmFormat.S16LE;
        Assert.Equal(PcmError.None, card.HwParams(p));
        Assert.Equal(16u, p.MsBits);
    }

    [Fact]
    public void MsBits_AnyWiderWidth_IsLimited()
    {
        TraceCard card = TraceCard.Of(TestHardware.VirtioLike, static c =>
        {
            Assert.Equal(PcmError.None, c.MsBits(0, 20));
            Assert.Equal(PcmError.None, c.MsBits(32, 24));
        });
        var p = new PcmHwParams { Format = PcmFormat.S32LE };
        Assert.Equal(PcmError.None, card.HwParams(p));
        Assert.Equal(20u, p.MsBits);
    }

    [Fact]
    public void MsBits_NotTheFormatsWidth_TakesMsBitsMaxAway()
    {
        TraceCard card = TraceCard.Of(
            TestHardware.VirtioLike with { Subformats = PcmSubformats.MsBits24 | PcmSubformats.MsBitsMax },
            static c => Assert.Equal(PcmError.None, c.MsBits(32, 24)));
        var p = new PcmHwParams { Format = PcmFormat.S32LE };
        Assert.Equal(PcmError.None, card.HwRefine(p));
        Assert.Equal(PcmSubformats.Standard | PcmSubformats.MsBits24, p.Subformats);

        p.Any();
        p.Format = PcmFormat.S32LE;
        p.Subformat = PcmSubformat.MsBitsMax;
        Assert.Equal(PcmError.InvalidArgument, card.HwRefine(p));
    }

    [Fact]
    public void NoResample_Flag_SwitchesTheRuleOn()
    {
        TraceCard card = TraceCard.Of(TestHardware.VirtioLike, static c => Assert.Equal(PcmError.None, c.NoResample(48000)));
        var p = new PcmHwParams();
        Assert.Equal(PcmError.None, card.HwParams(p));
        Assert.Equal(44100, p.Rate);

        p.Any();
        p.Flags = PcmHwFlags.NoResample | PcmHwFlags.NoPeriodWakeup;
        Assert.Equal(PcmError.None, card.HwParams(p));
        Assert.Equal((48000, PcmHwFlags.NoResample | PcmHwFlags.NoPeriodWakeup), (p.Rate, p.Flags));
    }

    [Fact]
    public void StaticBounds_Contradiction_IsInvalid()
    {
        var constraints = new PcmConstraints();
        Assert.Equal(PcmError.None, constraints.Mask(PcmHwParameter.Format, 0x6));
        Assert.Equal(PcmError.InvalidArgument, constraints.Mask(PcmHwParameter.Format, 0x8));
        Assert.Equal(PcmError.None, constraints.Single(PcmHwParameter.Channels, 2));
        Assert.Equal(PcmError.None, constraints.MinMax(PcmHwParameter.Channels, 1, 2));
        Assert.Equal(PcmError.InvalidArgument, constraints.MinMax(PcmHwParameter.Channels, 3, 4));
        constraints.Reset();
        Assert.Equal(PcmError.None, constraints.MinMax(PcmHwParameter.Channels, 3, 4));
    }

    [Fact]
    public void AddRule_OwnRule_RunsWhenADependencyChanges()
    {
        int runs = 0;
        TraceCard card = TraceCard.Of(TestHardware.VirtioLike, c => Assert.Equal(PcmError.None, c.AddRule(new PcmRule(p =>
        {
            runs++;
            return p.GetMask(PcmHwParameter.Format).Bits == 1UL << (int)PcmFormat.S32LE ? p.Refine(PcmHwParameter.Channels, PcmInterval.Of(1)) : 0;
        })
        {
            Variable = PcmHwParameter.Channels,
            Dependencies = [PcmHwParameter.Format],
        })));
        var p = new PcmHwParams { Format = PcmFormat.S32LE };
        Assert.Equal(PcmError.None, card.HwRefine(p));
        Assert.Equal((1, 1), (p.Channels, runs));
        p.Format = PcmFormat.S16LE;
        p.Requested = 1u << (int)PcmHwParameter.TickTime;
        Assert.Equal(PcmError.None, card.HwRefine(p));
        Assert.Equal(1, runs);
    }

    [Fact]
    public void AddRule_OwnError_IsReturned()
    {
        TraceCard card = TraceCard.Of(TestHardware.VirtioLike, static c => Assert.Equal(
            PcmError.None, c.AddRule(new PcmRule(static _ => (int)PcmError.Busy) { Dependencies = [PcmHwParameter.Rate] })));
        Assert.Equal(PcmError.Busy, card.HwRefine(new PcmHwParams()));
    }

    [Fact]
    public void AddRule_NeverSettles_Throws()
    {
        var constraints = new PcmConstraints { MaxRuleRuns = 10_000 };
        foreach ((PcmHwParameter variable, PcmHwParameter other) in (ReadOnlySpan<(PcmHwParameter, PcmHwParameter)>)
            [(PcmHwParameter.TickTime, PcmHwParameter.Rate), (PcmHwParameter.Rate, PcmHwParameter.TickTime)])
        {
            Assert.Equal(PcmError.None, constraints.AddRule(new PcmRule(static _ => 1) { Variable = variable, Dependencies = [other] }));
        }

        var thrown = Assert.Throws<InvalidOperationException>(() => constraints.Refine(new PcmHwParams()));
        Assert.Contains("do not settle", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refine_SlowestHonestRequest_Settles()
    {
        // Whole microseconds at a rate that shares no factor with 10^6: the one solution is a whole second, found in steps of one frame.
        TraceCard card = TraceCard.Open("aloop", PcmDirection.Playback);
        var p = new PcmHwParams { Format = PcmFormat.DsdU8, Channels = 1, Rate = 95_999 };
        p.SetInterval(PcmHwParameter.PeriodTime, PcmInterval.Closed(1, 1_500_000) with { IsInteger = true });
        Assert.Equal(PcmError.None, card.HwRefine(p));
        Assert.Equal((95_999, 1_000_000), (p.PeriodFrames, p.PeriodMicroseconds));
    }

    [Fact]
    public void Add_TooManyRules_IsNoMemory()
    {
        var constraints = new PcmConstraints();
        for (int i = 20; i < PcmConstraints.MaxRules; i++)
        {
            Assert.Equal(PcmError.None, constraints.Step(PcmHwParameter.TickTime, 2));
        }

        Assert.Equal(PcmError.NoMemory, constraints.Step(PcmHwParameter.TickTime, 2));
        Assert.Equal(PcmError.NoMemory, constraints.Complete(TestHardware.VirtioLike, uint.MaxValue, mmapSupported: true));
        Assert.Equal("[2,4]", Refine(constraints, "[1,5]"));
    }

    [Fact]
    public void Add_CallerBugs_Throw()
    {
        var constraints = new PcmConstraints();
        Assert.Throws<ArgumentOutOfRangeException>(() => constraints.Mask(PcmHwParameter.Rate, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => constraints.MinMax(PcmHwParameter.Format, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => constraints.List(PcmHwParameter.Access, s_list));
        Assert.Throws<ArgumentException>(() => constraints.List(PcmHwParameter.Rate, new uint[33], selection: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => constraints.Step(PcmHwParameter.Rate, 0));
        Assert.Throws<ArgumentException>(() => constraints.RatNums(PcmHwParameter.Rate, [new PcmRatNum(1, 0, 1, 1)]));
        Assert.Throws<ArgumentException>(() => constraints.RatDens(PcmHwParameter.Rate, [new PcmRatDen(2, 1, 1, 1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => constraints.MsBits(32, 0));
        Assert.Throws<ArgumentException>(() => constraints.AddRule(new PcmRule(static _ => 0) { Dependencies = [] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => constraints.AddRule(new PcmRule(static _ => 0) { Dependencies = [(PcmHwParameter)5] }));
    }
}
