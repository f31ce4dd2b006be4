using Pcm.Testing.Replay;

namespace Pcm.Core.Tests.Replay;

public class TraceHwParamsTests
{
    private static readonly TraceLocation s_here = new(5, 2);
    private static readonly TraceSizes s_sizes = new(Boundary: 4096, BufferFrames: 3200, PeriodFrames: 800);

    private static PcmHwParams Read(string request)
    {
        var p = new PcmHwParams { Rate = 1, Changed = 99 };
        TraceHwParams.ReadRequest(TraceArguments.Parse(request, s_here), s_sizes, p);
        return p;
    }

    [Fact]
    public void ReadRequest_Nothing_IsEverythingOpen() => Assert.True(Read("").HasSameContents(new PcmHwParams()));

    [Theory]
    [InlineData("rate=8000", "[8000,8000] int")]
    [InlineData("rate=0x10", "[16,16] int")]
    [InlineData("rate=8000:48000", "[8000,48000]")]
    [InlineData("rate=8000:48000oOi", "(8000,48000) int")]
    [InlineData("rate=100:100n", "[100,100]")]
    [InlineData("rate=5:3", "[5,3]")]
    [InlineData("rate=1:4e", "empty")]
    [InlineData("rate=buffer", "[3200,3200] int")]
    [InlineData("rate=period-1:boundary+5O", "[799,4101)")]
    [InlineData("rate=0:4294967295i", "[0,4294967295] int")]
    public void ReadRequest_Interval_IsRead(string request, string expected) =>
        Assert.Equal(expected, Read(request).GetInterval(PcmHwParameter.Rate).ToString());

    [Theory]
    [InlineData("format=2", 4UL)]
    [InlineData("format=63", 1UL << 63)]
    [InlineData("format=m404", 0x404UL)]
    [InlineData("format=m0", 0UL)]
    [InlineData("format=mffffffffffffffff", ulong.MaxValue)]
    public void ReadRequest_Mask_HasNoOtherBits(string request, ulong expected) =>
        Assert.Equal(new PcmMask(expected), Read(request).GetMask(PcmHwParameter.Format));

    [Fact]
    public void ReadRequest_RmaskAndFlags_AreSetAsGiven()
    {
        PcmHwParams p = Read("rmask=0x100 access=3 flags=3");
        Assert.Equal((0x100u, PcmHwFlags.NoResample | PcmHwFlags.ExportBuffer, PcmAccess.ReadWriteInterleaved), (p.Requested, p.Flags, p.Access));
    }

    [Theory]
    [InlineData("speed=1", "'speed' is no argument of hw_params; expected access, format, subformat, sample_bits")]
    [InlineData("rate", "'rate' is no argument; expected name=value")]
    [InlineData("rate=1 rate=2", "'rate' is given twice")]
    [InlineData("rate=", "'' in rate= is no number; expected decimal")]
    [InlineData("rate=8000:", "'' in rate=8000: is no number")]
    [InlineData("rate=8000:9000x", "'9000x' in rate=8000:9000x is no number")]
    [InlineData("rate=-1", "-1 in rate=-1 is out of range; expected 0 to 4294967295")]
    [InlineData("rate=4294967296", "out of range")]
    [InlineData("rate=buffers", "is no number")]
    [InlineData("rate=buffer+-1", "is no number")]
    [InlineData("format=64", "format=64 is no choice; expected a bit number from 0 to 63")]
    [InlineData("format=mxyz", "format=mxyz is no mask; expected m and up to 16 hexadecimal digits")]
    [InlineData("format=m", "format=m is no mask")]
    [InlineData("rmask=all", "'all' in rmask=all is no number")]
    public void ReadRequest_Malformed_SaysWhereAndWhat(string request, string expected)
    {
        var thrown = Assert.Throws<TraceFormatException>(() => Read(request));
        Assert.StartsWith("line 5, step 2: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetNumber_Argument_IsReadOnDemand()
    {
        TraceArguments arguments = TraceArguments.Parse("n=boundary-1 type=-1 s=SETUP", s_here);
        Assert.Equal((4095L, -1L, null), (arguments.GetNumber("n", s_sizes), arguments.GetNumber("type", s_sizes), arguments.GetNumber("none", s_sizes)));
        Assert.Throws<TraceFormatException>(() => arguments.GetNumber("s", s_sizes));
        Assert.Equal(["n", "type", "s"], arguments.Names);
    }

    private static string Answer(string masks, string rate, string rest) =>
        $$$"""
        {"id":"a","kernel":"k","card":"c","stream":"playback","config":{},"steps":[{"op":"hw_refine","ret":0,"t_us":0,"out":{"masks":{{{masks}}},"iv":{"sample_bits":[8,16,"i"],
        "frame_bits":[8,32,"i"],"channels":[1,2,"i"],"rate":{{{rate}}},"period_time":[1,2,"oO"],"period_size":[1,2,""],"period_bytes":[1,2,""],"periods":[1,2,""],
        "buffer_time":[1,2,""],"buffer_size":[1,2,""],"buffer_bytes":[1,2,""],"tick_time":[0,4294967295,""]},"flags":1,"rmask":"0","cmask":"7ff03","info":"40103",{{{rest}}}}}]}
        """;

    private const string Masks = """{"access":"9+ones","format":"404","subformat":"1"}""";
    private const string Rest = "\"msbits\":16,\"rate_num\":8000,\"rate_den\":1,\"fifo_size\":3";

    private static PcmHwParams ReadAnswer(string json) => TraceHwParams.ReadAnswer(TraceSequence.Parse(json, 5).Steps[0])!;

    [Fact]
    public void ReadAnswer_Output_HasEveryField()
    {
        PcmHwParams p = ReadAnswer(Answer(Masks, "[5500,48000,\"\"]", Rest));
        Assert.Equal((PcmMask.All with { Bits = 9 }, new PcmMask(0x404)), (p.GetMask(PcmHwParameter.Access), p.GetMask(PcmHwParameter.Format)));
        Assert.Equal(("[5500,48000]", "(1,2)"), (p.GetInterval(PcmHwParameter.Rate).ToString(), p.GetInterval(PcmHwParameter.PeriodTime).ToString()));
        Assert.Equal((PcmHwFlags.NoResample, 0u, 0x7FF03u, (PcmInfo)0x40103), (p.Flags, p.Requested, p.Changed, p.Info));
        Assert.Equal((16u, 8000u, 1u, 3u), (p.MsBits, p.RateNumerator, p.RateDenominator, p.FifoFrames));
    }

    [Theory]
    [InlineData("""{"access":"9"}""", "[1,2,\"\"]", Rest, "'format' is missing; expected a string")]
    [InlineData("""{"access":"9-ones","format":"0","subformat":"0"}""", "[1,2,\"\"]", Rest, "mask 'access' is \"9-ones\"; expected up to 16 hexadecimal digits")]
    [InlineData(Masks, "[1,2]", Rest, "interval 'rate' is [1,2]; expected [min, max, \"flags\"]")]
    [InlineData(Masks, "[1,-2,\"\"]", Rest, "'rate' is the number -2; expected a whole number from 0 to 4294967295")]
    [InlineData(Masks, "[1,2,\"x\"]", Rest, "'x' is no flag of the interval rate; expected o, O, i, n or e")]
    [InlineData(Masks, "[1,2,\"\"]", "\"msbits\":16", "'rate_num' is missing; expected a number")]
    public void ReadAnswer_Malformed_SaysWhereAndWhat(string masks, string rate, string rest, string expected)
    {
        var thrown = Assert.Throws<TraceFormatException>(() => ReadAnswer(Answer(masks, rate, rest)));
        Assert.StartsWith("line 5, step 0: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadAnswer_NoOutput_SaysSo()
    {
        const string json = """{"id":"a","kernel":"k","card":"c","stream":"playback","config":{},"steps":[{"op":"hw_refine","ret":0,"t_us":0}]}""";
        Assert.Contains("'out' is missing", Assert.Throws<TraceFormatException>(() => ReadAnswer(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FindDifferences_EachField_IsNamed()
    {
        var expected = new PcmHwParams();
        Assert.Empty(TraceHwParams.FindDifferences(expected, new PcmHwParams()));
        var actual = new PcmHwParams
        {
            Format = PcmFormat.S8, Rate = 5, Flags = PcmHwFlags.NoResample, Requested = 1, Changed = 2, Info = PcmInfo.None, MsBits = 3, RateNumerator = 4, RateDenominator = 5, FifoFrames = 6,
        };
        string[] names = [.. TraceHwParams.FindDifferences(expected, actual).Select(d => d.Split(' ')[0])];
        Assert.Equal(["format", "rate", "flags", "rmask", "cmask", "info", "msbits", "rate_num", "rate_den", "fifo_size"], names);
    }
}
