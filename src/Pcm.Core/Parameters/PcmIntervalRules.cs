namespace Pcm;

/// <summary>Narrowing one interval by itself: to lists, ranges and multiples. A list narrows to the hull of its entries only.</summary>
internal static class PcmIntervalRules
{
    /// <param name="interval">What is narrowed.</param>
    /// <param name="values">The values; order does not matter.</param>
    /// <param name="selection">Bit n selects value n; 0 selects all.</param>
    public static int RefineToList(ref PcmInterval interval, ReadOnlySpan<uint> values, uint selection)
    {
        if (values.IsEmpty)
        {
            return interval.MarkEmpty();
        }

        var hull = PcmInterval.Closed(uint.MaxValue, 0);
        for (int i = 0; i < values.Length; i++)
        {
            if (IsSelected(selection, i) && interval.Contains(values[i]))
            {
                hull.Min = Math.Min(hull.Min, values[i]);
                hull.Max = Math.Max(hull.Max, values[i]);
            }
        }

        return interval.Refine(hull);
    }

    /// <param name="interval">What is narrowed.</param>
    /// <param name="ranges">The ranges, with open ends if need be.</param>
    /// <param name="selection">Bit n selects range n; 0 selects all.</param>
    public static int RefineToRanges(ref PcmInterval interval, ReadOnlySpan<PcmInterval> ranges, uint selection)
    {
        if (ranges.IsEmpty)
        {
            return interval.MarkEmpty();
        }

        var hull = PcmInterval.Closed(uint.MaxValue, 0);
        for (int i = 0; i < ranges.Length; i++)
        {
            PcmInterval range = ranges[i];
            if (IsSelected(selection, i) && range.Refine(interval) >= 0)
            {
                Widen(ref hull, range);
            }
        }

        return interval.Refine(hull);
    }

    /// <summary>Rounds both ends inwards to multiples; an open lower end that is a multiple moves a whole step up.</summary>
    public static int RefineToStep(ref PcmInterval interval, uint step)
    {
        bool changed = false;
        uint above = interval.Min % step;
        if (above != 0 || interval.OpenMin)
        {
            interval.Min = unchecked(interval.Min + (step - above));
            interval.OpenMin = false;
            changed = true;
        }

        uint over = interval.Max % step;
        if (over != 0 || interval.OpenMax)
        {
            interval.Max -= over;
            interval.OpenMax = false;
            changed = true;
        }

        int result = interval.MarkEmptyIfVoid();
        return result < 0 || !changed ? result : PcmRefinement.Changed;
    }

    private static bool IsSelected(uint selection, int index) => selection == 0 || (index < 32 && (selection & (1u << index)) != 0);

    private static void Widen(ref PcmInterval hull, in PcmInterval range)
    {
        if (range.Min < hull.Min)
        {
            hull.Min = range.Min;
            hull.OpenMin = true;
        }

        if (range.Min == hull.Min && !range.OpenMin)
        {
            hull.OpenMin = false;
        }

        if (range.Max > hull.Max)
        {
            hull.Max = range.Max;
            hull.OpenMax = true;
        }

        if (range.Max == hull.Max && !range.OpenMax)
        {
            hull.OpenMax = false;
        }
    }
}
