namespace Pcm;

/// <summary>A quotient of whole numbers; denominator 0 when there is none.</summary>
internal readonly record struct PcmRatio(uint Numerator, uint Denominator);

/// <summary>
/// Narrowing an interval to what a divided clock can produce. Each end is searched for the ratio that misses it least;
/// the ends become that ratio rounded outwards, so a wanted rate that lies close to a possible one survives, and the ratio tells the exact rate.
/// </summary>
/// <remarks>Misses are compared without overflow, where Linux's 32 bits may overflow for ends far from any ratio.</remarks>
internal static class PcmRatioRules
{
    public static int RefineToRatNums(ref PcmInterval interval, ReadOnlySpan<PcmRatNum> ratios, out PcmRatio chosen)
    {
        chosen = default;
        var low = new Search();
        uint min = Math.Max(interval.Min, 1);
        foreach (PcmRatNum ratio in ratios)
        {
            uint denominator = DivideUp(ratio.Numerator, min);
            if (denominator >= ratio.DenominatorMin)
            {
                denominator = denominator > ratio.DenominatorMax
                    ? ratio.DenominatorMax
                    : denominator - ((denominator - ratio.DenominatorMin) % ratio.DenominatorStep);
                low.Offer(ratio.Numerator, denominator, min);
            }
        }

        var high = new Search();
        foreach (PcmRatNum ratio in ratios)
        {
            uint denominator = interval.Max == 0 ? uint.MaxValue : ratio.Numerator / interval.Max;
            if (interval.Max != 0 && denominator <= ratio.DenominatorMax)
            {
                denominator = denominator < ratio.DenominatorMin
                    ? ratio.DenominatorMin
                    : RoundUp(denominator, ratio.DenominatorMin, ratio.DenominatorStep);
                high.Offer(ratio.Numerator, denominator, interval.Max);
            }
        }

        int result = Narrow(ref interval, low, high);
        if (result >= 0 && interval.IsSingle)
        {
            chosen = high.IsNearerThan(low) ? high.Best : low.Best;
        }

        return result;
    }

    public static int RefineToRatDens(ref PcmInterval interval, ReadOnlySpan<PcmRatDen> ratios, out PcmRatio chosen)
    {
        chosen = default;
        var low = new Search();
        foreach (PcmRatDen ratio in ratios)
        {
            uint numerator = Saturate((ulong)interval.Min * ratio.Denominator);
            if (numerator <= ratio.NumeratorMax)
            {
                // Linux takes the greatest numerator for one that is too small; the least would be expected. Kept: results are the kernel's.
                numerator = numerator < ratio.NumeratorMin
                    ? ratio.NumeratorMax
                    : RoundUp(numerator, ratio.NumeratorMin, ratio.NumeratorStep);
                low.Offer(numerator, ratio.Denominator, interval.Min);
            }
        }

        var high = new Search();
        foreach (PcmRatDen ratio in ratios)
        {
            uint numerator = Saturate((ulong)interval.Max * ratio.Denominator);
            if (numerator >= ratio.NumeratorMin)
            {
                numerator = numerator > ratio.NumeratorMax
                    ? ratio.NumeratorMax
                    : numerator - ((numerator - ratio.NumeratorMin) % ratio.NumeratorStep);
                high.Offer(numerator, ratio.Denominator, interval.Max);
            }
        }

        int result = Narrow(ref interval, low, high);
        if (result >= 0 && interval.IsSingle)
        {
            chosen = high.Best;
        }

        return result;
    }

    private static int Narrow(ref PcmInterval interval, in Search low, in Search high)
    {
        if (low.Best.Denominator == 0 || high.Best.Denominator == 0)
        {
            return interval.MarkEmpty();
        }

        return interval.Refine(new PcmInterval
        {
            Min = low.Best.Numerator / low.Best.Denominator,
            OpenMin = low.Best.Numerator % low.Best.Denominator != 0,
            Max = DivideUp(high.Best.Numerator, high.Best.Denominator),
            OpenMax = high.Best.Numerator % high.Best.Denominator != 0,
        });
    }

    private static uint Saturate(ulong product) => product > uint.MaxValue ? uint.MaxValue : (uint)product;

    private static uint DivideUp(uint dividend, uint divisor) => (dividend / divisor) + (dividend % divisor == 0 ? 0u : 1u);

    private static uint RoundUp(uint value, uint from, uint step)
    {
        uint over = (value - from) % step;
        return over == 0 ? value : Saturate((ulong)value + step - over);
    }

    /// <summary>The ratio offered so far that misses its target by the least fraction of its denominator; the first of equals.</summary>
    private struct Search
    {
        private ulong _miss;

        public PcmRatio Best { get; private set; }

        public void Offer(uint numerator, uint denominator, uint target)
        {
            ulong product = (ulong)target * denominator;
            ulong miss = product > numerator ? product - numerator : numerator - product;
            if (Best.Denominator == 0 || (UInt128)miss * Best.Denominator < (UInt128)_miss * denominator)
            {
                Best = new PcmRatio(numerator, denominator);
                _miss = miss;
            }
        }

        public readonly bool IsNearerThan(in Search other) => (UInt128)_miss * other.Best.Denominator < (UInt128)other._miss * Best.Denominator;
    }
}
