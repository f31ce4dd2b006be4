using CsCheck;

namespace Pcm.Core.Tests.Parameters;

/// <summary>Intervals against sets of numbers. The wrap-around of an open end at 0 or 2^32-1 is left out: it is in the table of <see cref="PcmIntervalTests"/>.</summary>
public class PcmIntervalPropertyTests
{
    private const long Iterations = 20_000;

    private static readonly Gen<PcmInterval> s_interval = Gen.Select(Gen.UInt[1, 30], Gen.UInt[0, 20], Gen.Bool, Gen.Bool, Gen.Bool)
        .Select((min, length, openMin, openMax, integer) => new PcmInterval
        {
            Min = min,
            Max = min + length,
            OpenMin = openMin && length > 0,
            OpenMax = openMax && length > 0,
            IsInteger = integer,
        });

    private static readonly Gen<PcmInterval> s_closed = s_interval.Select(i => PcmInterval.Closed(i.Min, i.Max));

    [Fact]
    public void Refine_Pair_IsTheIntersection() => Gen.Select(s_interval, s_interval).Sample((left, right) =>
    {
        PcmInterval refined = left;
        int result = refined.Refine(right);
        for (uint value = 0; value < 60; value++)
        {
            Assert.Equal(left.Contains(value) && right.Contains(value), result >= 0 && refined.Contains(value));
        }

        Assert.Equal(result < 0, refined.IsEmpty);
    }, iter: Iterations);

    [Fact]
    public void Refine_Pair_NarrowsBothAndIsIdempotent() => Gen.Select(s_interval, s_interval).Sample((left, right) =>
    {
        PcmInterval refined = left;
        if (refined.Refine(right) < 0)
        {
            return;
        }

        Assert.True(IsWithin(refined, left) && IsWithin(refined, right), $"{left} with {right} is {refined}");
        PcmInterval again = refined;
        Assert.Equal((0, 0), (again.Refine(right), again.Refine(left)));
        Assert.Equal(refined, again);
    }, iter: Iterations);

    [Fact]
    public void Refine_Pair_CommutesUpToTheMarks() => Gen.Select(s_interval, s_interval).Sample((left, right) =>
    {
        PcmInterval one = left;
        PcmInterval other = right;
        int result = one.Refine(right);
        Assert.Equal(result < 0, other.Refine(left) < 0);
        if (result >= 0)
        {
            Assert.Equal(one, other);
        }
    }, iter: Iterations);

    [Fact]
    public void RefineFirstAndLast_Interval_AreItsEnds() => s_interval.Sample(interval =>
    {
        PcmInterval first = interval;
        PcmInterval last = interval;
        Assert.Equal(interval.IsSingle ? (0, 0) : (1, 1), (first.RefineFirst(), last.RefineLast()));
        Assert.True(first.IsSingle && last.IsSingle && IsWithin(first, interval) && IsWithin(last, interval));
        Assert.Equal((interval.Min, interval.OpenMin), (first.Min, first.OpenMin));
        Assert.Equal((interval.Max, interval.OpenMax), (last.Max, last.OpenMax));
    }, iter: Iterations);

    [Fact]
    public void Arithmetic_EveryPairOfMembers_IsInTheResult() => Gen.Select(s_closed, s_closed, Gen.UInt[1, 12]).Sample((left, right, k) =>
    {
        for (ulong x = left.Min; x <= left.Max; x++)
        {
            for (ulong y = right.Min; y <= right.Max; y++)
            {
                AssertContains(PcmIntervalMath.Multiply(left, right), x * y, 1);
                AssertContains(PcmIntervalMath.Divide(left, right), x, y);
                AssertContains(PcmIntervalMath.MultiplyThenDivideBy(left, right, k), x * y, k);
                AssertContains(PcmIntervalMath.MultiplyByThenDivide(left, k, right), x * k, y);
            }
        }
    }, iter: 300);

    [Fact]
    public void Arithmetic_HugeOperands_StayOrdered() => Gen.Select(Gen.UInt, Gen.UInt, Gen.UInt, Gen.UInt, Gen.UInt).Sample((a, b, c, d, k) =>
    {
        var left = PcmInterval.Closed(Math.Min(a, b), Math.Max(a, b));
        var right = PcmInterval.Closed(Math.Min(c, d), Math.Max(c, d));
        foreach (PcmInterval result in (PcmInterval[])
            [
                PcmIntervalMath.Multiply(left, right), PcmIntervalMath.Divide(left, right),
                PcmIntervalMath.MultiplyThenDivideBy(left, right, k), PcmIntervalMath.MultiplyByThenDivide(left, k, right),
            ])
        {
            Assert.True(result.Min <= result.Max, $"{left} and {right} by {k}: {result}");
        }
    }, iter: Iterations);

    internal static bool IsWithin(in PcmInterval inner, in PcmInterval outer) => Lower(inner) >= Lower(outer) && Upper(inner) <= Upper(outer);

    private static long Lower(in PcmInterval interval) => (2L * interval.Min) + (interval.OpenMin ? 1 : 0);

    private static long Upper(in PcmInterval interval) => (2L * interval.Max) - (interval.OpenMax ? 1 : 0);

    /// <summary>That the fraction lies inside, open ends respected.</summary>
    internal static void AssertContains(in PcmInterval interval, ulong numerator, ulong denominator)
    {
        ulong min = interval.Min * denominator;
        ulong max = interval.Max * denominator;
        bool inside = (interval.OpenMin ? min < numerator : min <= numerator) && (interval.OpenMax ? numerator < max : numerator <= max);
        Assert.True(inside, $"{numerator}/{denominator} is not in {interval}");
    }
}
