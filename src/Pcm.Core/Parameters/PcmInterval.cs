using System.Globalization;

namespace Pcm;

/// <summary>
/// The range of an interval parameter, with open or closed ends, in the kernel's arithmetic: 32-bit unsigned, results rounded outwards.
/// </summary>
/// <remarks>
/// An application may pass any combination of the fields; what is made of it is the kernel's.
/// In particular stepping inside an open end at 0 or 2^32-1 of an integer interval wraps around.
/// Mutable, so keep it in a field or a local. Thread safety: one thread at a time.
/// </remarks>
public record struct PcmInterval
{
    /// <summary>Lower end.</summary>
    public uint Min { get; set; }

    /// <summary>Upper end.</summary>
    public uint Max { get; set; }

    /// <summary>Whether <see cref="Min"/> itself is excluded.</summary>
    public bool OpenMin { get; set; }

    /// <summary>Whether <see cref="Max"/> itself is excluded.</summary>
    public bool OpenMax { get; set; }

    /// <summary>Whether only whole numbers count.</summary>
    public bool IsInteger { get; set; }

    /// <summary>The mark of an interval that was found to contain nothing; the other fields mean nothing then.</summary>
    public bool IsEmpty { get; set; }

    /// <summary>Everything: [0, 2^32-1].</summary>
    public static PcmInterval Any => Closed(0, uint.MaxValue);

    /// <summary>Whether one value is left: equal ends, or ends one apart of which at least one is open.</summary>
    public readonly bool IsSingle => Min == Max || (unchecked(Min + 1) == Max && (OpenMin || OpenMax));

    /// <summary>The value of a single interval, rounded down when it lies between two whole numbers.</summary>
    public readonly uint Value => OpenMin && !OpenMax ? Max : Min;

    /// <summary>The interval [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public static PcmInterval Closed(uint min, uint max) => new() { Min = min, Max = max };

    /// <summary>Exactly <paramref name="value"/>, as a whole number.</summary>
    public static PcmInterval Of(uint value) => new() { Min = value, Max = value, IsInteger = true };

    /// <summary>Whether <paramref name="value"/> lies inside, open ends respected.</summary>
    public readonly bool Contains(uint value) =>
        !(Min > value || (Min == value && OpenMin) || Max < value || (Max == value && OpenMax));

    /// <summary>Narrows to what <paramref name="other"/> has too, and to whole numbers when it is an integer interval.</summary>
    /// <param name="other">The operand; its <see cref="IsEmpty"/> is not looked at.</param>
    /// <returns>1 when that changed the interval, 0 when not, -EINVAL when it is or becomes empty.</returns>
    public int Refine(in PcmInterval other)
    {
        if (IsEmpty)
        {
            return PcmRefinement.Empty;
        }

        bool changed = RaiseMin(other) | LowerMax(other);
        if (other.IsInteger && !IsInteger)
        {
            IsInteger = true;
            changed = true;
        }

        Normalize();
        if (IsVoid())
        {
            return MarkEmpty();
        }

        return changed ? PcmRefinement.Changed : PcmRefinement.Unchanged;
    }

    /// <summary>Marks the interval as one of whole numbers; open ends are rounded by the next <see cref="Refine"/>.</summary>
    /// <returns>1, 0 when it was one, -EINVAL when it holds nothing.</returns>
    public int SetInteger()
    {
        if (IsInteger)
        {
            return PcmRefinement.Unchanged;
        }

        if (OpenMin && OpenMax && Min == Max)
        {
            return PcmRefinement.Empty;
        }

        IsInteger = true;
        return PcmRefinement.Changed;
    }

    /// <summary>Narrows to the least value.</summary>
    /// <returns>1, 0 when the interval was single, -EINVAL when it is marked empty.</returns>
    public int RefineFirst()
    {
        if (IsEmpty)
        {
            return PcmRefinement.Empty;
        }

        if (IsSingle)
        {
            return PcmRefinement.Unchanged;
        }

        uint oldMax = Max;
        Max = unchecked(OpenMin ? Min + 1 : Min);
        OpenMax = OpenMax && Max >= oldMax;
        return PcmRefinement.Changed;
    }

    /// <summary>Narrows to the greatest value.</summary>
    /// <returns>1, 0 when the interval was single, -EINVAL when it is marked empty.</returns>
    public int RefineLast()
    {
        if (IsEmpty)
        {
            return PcmRefinement.Empty;
        }

        if (IsSingle)
        {
            return PcmRefinement.Unchanged;
        }

        uint oldMin = Min;
        Min = unchecked(OpenMax ? Max - 1 : Max);
        OpenMin = OpenMin && Min <= oldMin;
        return PcmRefinement.Changed;
    }

    /// <summary>As mathematicians write it, <c>int</c> appended for whole numbers: <c>(10,20] int</c>; or <c>empty</c>.</summary>
    public override readonly string ToString() => IsEmpty
        ? "empty"
        : string.Create(CultureInfo.InvariantCulture, $"{(OpenMin ? '(' : '[')}{Min},{Max}{(OpenMax ? ')' : ']')}{(IsInteger ? " int" : "")}");

    /// <summary>Marks the interval empty when it holds nothing, as a rule that moved the ends itself must.</summary>
    internal int MarkEmptyIfVoid() => IsVoid() ? MarkEmpty() : PcmRefinement.Unchanged;

    internal int MarkEmpty()
    {
        IsEmpty = true;
        return PcmRefinement.Empty;
    }

    private bool RaiseMin(in PcmInterval other)
    {
        if (Min < other.Min)
        {
            Min = other.Min;
            OpenMin = other.OpenMin;
            return true;
        }

        if (Min != other.Min || OpenMin || !other.OpenMin)
        {
            return false;
        }

        OpenMin = true;
        return true;
    }

    private bool LowerMax(in PcmInterval other)
    {
        if (Max > other.Max)
        {
            Max = other.Max;
            OpenMax = other.OpenMax;
            return true;
        }

        if (Max != other.Max || OpenMax || !other.OpenMax)
        {
            return false;
        }

        OpenMax = true;
        return true;
    }

    /// <summary>Rounds the ends of an integer interval inwards; finds out that a single closed value is one. Neither counts as a change.</summary>
    private void Normalize()
    {
        if (!IsInteger)
        {
            IsInteger = Min == Max && !OpenMin && !OpenMax;
            return;
        }

        if (OpenMin)
        {
            Min = unchecked(Min + 1);
            OpenMin = false;
        }

        if (OpenMax)
        {
            Max = unchecked(Max - 1);
            OpenMax = false;
        }
    }

    private readonly bool IsVoid() => Min > Max || (Min == Max && (OpenMin || OpenMax));
}
