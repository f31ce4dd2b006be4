using System.Globalization;

namespace Pcm.Core.Tests.Parameters;

/// <summary>The kernel's results, executed; the notation is <see cref="PcmInterval.ToString"/>'s.</summary>
public class PcmIntervalTests
{
    private const int Invalid = (int)PcmError.InvalidArgument;

    internal static PcmInterval Parse(string text)
    {
        string[] ends = text.Replace(" int", "", StringComparison.Ordinal).Trim('[', ']', '(', ')').Split(',');
        return new PcmInterval
        {
            Min = uint.Parse(ends[0], CultureInfo.InvariantCulture),
            Max = uint.Parse(ends[1], CultureInfo.InvariantCulture),
            OpenMin = text[0] == '(',
            OpenMax = text.Contains(')', StringComparison.Ordinal),
            IsInteger = text.EndsWith("int", StringComparison.Ordinal),
        };
    }

    [Theory]
    [InlineData("(10,20]", "[5,15) int", 1, "[11,14] int")]
    [InlineData("[10,20]", "(10,20)", 1, "(10,20)")]
    [InlineData("[10,12]", "[11,11]", 1, "[11,11] int")]
    [InlineData("[10,11]", "(10,11)", 1, "(10,11)")]
    [InlineData("[10,11] int", "(10,11)", Invalid, "empty")]
    [InlineData("[10,20]", "[21,30]", Invalid, "empty")]
    [InlineData("[10,20]", "[5,30]", 0, "[10,20]")]
    [InlineData("[10,20]", "[10,20] int", 1, "[10,20] int")]
    [InlineData("(10,20)", "[10,20]", 0, "(10,20)")]
    [InlineData("(10,20) int", "[0,30]", 0, "[11,19] int")]
    [InlineData("[7,7]", "[0,30]", 0, "[7,7] int")]
    [InlineData("[0,0) int", "[0,30]", 0, "[0,4294967295] int")]
    public void Refine_Pair_IsTheKernels(string interval, string other, int result, string refined)
    {
        PcmInterval i = Parse(interval);
        Assert.Equal(result, i.Refine(Parse(other)));
        Assert.Equal(refined, i.ToString());
    }

    [Fact]
    public void Refine_EmptyMark_IsRefusedInTheTargetOnly()
    {
        PcmInterval target = Parse("[1,2]") with { IsEmpty = true };
        Assert.Equal(Invalid, target.Refine(PcmInterval.Any));
        PcmInterval interval = Parse("[1,4]");
        Assert.Equal(1, interval.Refine(Parse("[2,3]") with { IsEmpty = true }));
        Assert.Equal("[2,3]", interval.ToString());
    }

    [Theory]
    [InlineData("(5,10)", 1, "(5,6]")]
    [InlineData("(5,6)", 0, "(5,6)")]
    [InlineData("[5,10]", 1, "[5,5]")]
    [InlineData("[5,5]", 0, "[5,5]")]
    [InlineData("[5,6]", 1, "[5,5]")]
    [InlineData("(5,7)", 1, "(5,6]")]
    public void RefineFirst_Interval_IsTheKernels(string interval, int result, string refined)
    {
        PcmInterval i = Parse(interval);
        Assert.Equal(result, i.RefineFirst());
        Assert.Equal(refined, i.ToString());
    }

    [Theory]
    [InlineData("(5,10)", 1, "[9,10)")]
    [InlineData("[5,10]", 1, "[10,10]")]
    [InlineData("(5,6)", 0, "(5,6)")]
    [InlineData("(5,6]", 0, "(5,6]")]
    public void RefineLast_Interval_IsTheKernels(string interval, int result, string refined)
    {
        PcmInterval i = Parse(interval);
        Assert.Equal(result, i.RefineLast());
        Assert.Equal(refined, i.ToString());
    }

    [Fact]
    public void RefineFirstAndLast_EmptyMark_AreRefused()
    {
        PcmInterval i = Parse("[1,5]") with { IsEmpty = true };
        Assert.Equal((Invalid, Invalid), (i.RefineFirst(), i.RefineLast()));
    }

    [Fact]
    public void Arithmetic_KernelsExamples_AreTheKernels()
    {
        Assert.Equal("(23219,23220)", PcmIntervalMath.MultiplyByThenDivide(Parse("[1024,1024]"), 1_000_000, Parse("[44100,44100]")).ToString());
        Assert.Equal("[10000,10000]", PcmIntervalMath.MultiplyByThenDivide(Parse("[441,441]"), 1_000_000, Parse("[44100,44100]")).ToString());
        Assert.Equal("(1023,1025)", PcmIntervalMath.MultiplyThenDivideBy(Parse("(23219,23220)"), Parse("[44100,44100]"), 1_000_000).ToString());
        Assert.Equal("(1333,1334)", PcmIntervalMath.Divide(Parse("[4000,4000]"), Parse("[3,3]")).ToString());
        Assert.Equal("[1024,4294967295]", PcmIntervalMath.Divide(Parse("[4096,8192]"), Parse("[0,4]")).ToString());
        Assert.Equal("(200,600]", PcmIntervalMath.Multiply(Parse("[2,3]"), Parse("(100,200]")).ToString());
        Assert.Equal("[4294967295,4294967295]", PcmIntervalMath.Multiply(Parse("[70000,70000]"), Parse("[70000,70000]")).ToString());
        Assert.Equal("[6,12] int", PcmIntervalMath.Multiply(Parse("[2,3] int"), Parse("[3,4] int")).ToString());
        Assert.Equal("[4294967295,4294967295]", PcmIntervalMath.Divide(Parse("[1,1]"), Parse("[0,0]")).ToString());
        Assert.Equal("[4294967295,4294967295]", PcmIntervalMath.MultiplyThenDivideBy(Parse("[9,9]"), Parse("[9,9]"), 0).ToString());
    }

    [Fact]
    public void Arithmetic_EmptyOperand_IsEmpty()
    {
        PcmInterval empty = Parse("[1,1]") with { IsEmpty = true };
        PcmInterval one = Parse("[1,1]");
        Assert.True(PcmIntervalMath.Multiply(empty, one).IsEmpty && PcmIntervalMath.Multiply(one, empty).IsEmpty);
        Assert.True(PcmIntervalMath.Divide(empty, one).IsEmpty && PcmIntervalMath.Divide(one, empty).IsEmpty);
        Assert.True(PcmIntervalMath.MultiplyThenDivideBy(empty, one, 1).IsEmpty && PcmIntervalMath.MultiplyByThenDivide(one, 1, empty).IsEmpty);
    }

    [Theory]
    [InlineData("[5,5]", true, 5u)]
    [InlineData("(5,6)", true, 5u)]
    [InlineData("(5,6]", true, 6u)]
    [InlineData("[5,6)", true, 5u)]
    [InlineData("[5,6]", false, 5u)]
    [InlineData("(5,7)", false, 5u)]
    public void IsSingleAndValue_Interval_AreTheKernels(string interval, bool single, uint value)
    {
        PcmInterval i = Parse(interval);
        Assert.Equal(single, i.IsSingle);
        Assert.Equal(value, i.Value);
    }

    [Theory]
    [InlineData("[1,5]", 1, true)]
    [InlineData("(1,5]", 1, true)]
    [InlineData("[1,5] int", 0, true)]
    [InlineData("(5,5)", Invalid, false)]
    public void SetInteger_Interval_IsTheKernels(string interval, int result, bool integer)
    {
        PcmInterval i = Parse(interval);
        Assert.Equal(result, i.SetInteger());
        Assert.Equal(integer, i.IsInteger);
    }
}
