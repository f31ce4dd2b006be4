using static Pcm.PcmHwParameter;
using static Pcm.PcmRuleKind;

namespace Pcm;

/// <summary>The rules every stream has, in the kernel's order, and what each kind of rule does.</summary>
internal static class PcmRules
{
    private const uint MicrosecondsPerSecond = 1_000_000;
    private const uint BitsPerByte = 8;

    /// <summary>The formats of each width in memory, as masks.</summary>
    private static readonly (uint Width, ulong Formats)[] s_formatsByWidth = GroupByWidth();

    private static readonly ulong s_linearFormats = CollectLinear();

    /// <summary>
    /// Widths, frames, bytes and times in terms of each other. The order is part of the behaviour: an open end
    /// that one rule leaves may be rounded by the next.
    /// </summary>
    private static readonly PcmRuleEntry[] s_defaults =
    [
        new() { Kind = FormatsByWidth, Variable = (int)Format, Dependencies = Bit(SampleBits) },
        new() { Kind = WidthsByFormat, Variable = (int)SampleBits, Dependencies = Bit(Format) | Bit(SampleBits) },
        Of(SampleBits, Divide, FrameBits, Channels),
        Of(FrameBits, Multiply, SampleBits, Channels),
        Of(FrameBits, MultiplyByThenDivide, PeriodBytes, PeriodSize, BitsPerByte),
        Of(FrameBits, MultiplyByThenDivide, BufferBytes, BufferSize, BitsPerByte),
        Of(Channels, Divide, FrameBits, SampleBits),
        Of(Rate, MultiplyByThenDivide, PeriodSize, PeriodTime, MicrosecondsPerSecond),
        Of(Rate, MultiplyByThenDivide, BufferSize, BufferTime, MicrosecondsPerSecond),
        Of(Periods, Divide, BufferSize, PeriodSize),
        Of(PeriodSize, Divide, BufferSize, Periods),
        Of(PeriodSize, MultiplyByThenDivide, PeriodBytes, FrameBits, BitsPerByte),
        Of(PeriodSize, MultiplyThenDivideBy, PeriodTime, Rate, MicrosecondsPerSecond),
        Of(BufferSize, Multiply, PeriodSize, Periods),
        Of(BufferSize, MultiplyByThenDivide, BufferBytes, FrameBits, BitsPerByte),
        Of(BufferSize, MultiplyThenDivideBy, BufferTime, Rate, MicrosecondsPerSecond),
        Of(PeriodBytes, MultiplyThenDivideBy, PeriodSize, FrameBits, BitsPerByte),
        Of(BufferBytes, MultiplyThenDivideBy, BufferSize, FrameBits, BitsPerByte),
        Of(PeriodTime, MultiplyByThenDivide, PeriodSize, Rate, MicrosecondsPerSecond),
        Of(BufferTime, MultiplyByThenDivide, BufferSize, Rate, MicrosecondsPerSecond),
    ];

    /// <summary>The rules that come first in every set of constraints.</summary>
    public static ReadOnlySpan<PcmRuleEntry> Defaults => s_defaults;

    /// <summary>Runs one rule: 1 when it narrowed its variable, 0 when not, negative when nothing is left.</summary>
    public static int Apply(in PcmRuleEntry rule, PcmHwParams hwParams) => rule.Kind switch
    {
        FormatsByWidth => RefineFormats(hwParams),
        WidthsByFormat => RefineWidths(hwParams),
        Multiply => Target(rule, hwParams).Refine(PcmIntervalMath.Multiply(Left(rule, hwParams), Right(rule, hwParams))),
        Divide => Target(rule, hwParams).Refine(PcmIntervalMath.Divide(Left(rule, hwParams), Right(rule, hwParams))),
        MultiplyThenDivideBy => Target(rule, hwParams).Refine(
            PcmIntervalMath.MultiplyThenDivideBy(Left(rule, hwParams), Right(rule, hwParams), rule.Number)),
        MultiplyByThenDivide => Target(rule, hwParams).Refine(
            PcmIntervalMath.MultiplyByThenDivide(Left(rule, hwParams), rule.Number, Right(rule, hwParams))),
        Subformats => RefineSubformats(hwParams, (PcmSubformats)rule.Bits),
        Interval => Target(rule, hwParams).Refine(rule.Bound),
        List => PcmIntervalRules.RefineToList(ref Target(rule, hwParams), (uint[])rule.Data!, rule.Number),
        Ranges => PcmIntervalRules.RefineToRanges(ref Target(rule, hwParams), (PcmInterval[])rule.Data!, rule.Number),
        Step => PcmIntervalRules.RefineToStep(ref Target(rule, hwParams), rule.Number),
        RatNums => RefineRatio(rule, hwParams),
        RatDens => RefineRatio(rule, hwParams),
        MsBits => LimitMsBits(hwParams, rule.Number, rule.Bits),
        _ => ((Func<PcmHwParams, int>)rule.Data!)(hwParams),
    };

    private static uint Bit(PcmHwParameter parameter) => PcmHwParams.Bit(parameter);

    private static PcmRuleEntry Of(PcmHwParameter variable, PcmRuleKind kind, PcmHwParameter left, PcmHwParameter right, uint number = 0) => new()
    {
        Kind = kind,
        Variable = (int)variable,
        Dependencies = Bit(left) | Bit(right),
        Left = left,
        Right = right,
        Number = number,
    };

    private static ref PcmInterval Target(in PcmRuleEntry rule, PcmHwParams hwParams) => ref hwParams.IntervalOf((PcmHwParameter)rule.Variable);

    private static ref readonly PcmInterval Left(in PcmRuleEntry rule, PcmHwParams hwParams) => ref hwParams.IntervalOf(rule.Left);

    private static ref readonly PcmInterval Right(in PcmRuleEntry rule, PcmHwParams hwParams) => ref hwParams.IntervalOf(rule.Right);

    /// <summary>Drops formats whose width in memory is out of bounds, open ends ignored. What has no width stays, bits beyond the last format too.</summary>
    private static int RefineFormats(PcmHwParams hwParams)
    {
        ref PcmMask formats = ref hwParams.MaskOf(Format);
        ref readonly PcmInterval bits = ref hwParams.IntervalOf(SampleBits);
        ulong keep = formats.Bits;
        foreach ((uint width, ulong ofWidth) in s_formatsByWidth)
        {
            keep &= width < bits.Min || width > bits.Max ? ~ofWidth : ulong.MaxValue;
        }

        return formats.Refine(new PcmMask(keep));
    }

    /// <summary>Bounds the sample width by the formats left. None with a width leaves an interval upside down, which fails.</summary>
    private static int RefineWidths(PcmHwParams hwParams)
    {
        ulong formats = hwParams.MaskOf(Format).Bits;
        var range = new PcmInterval { Min = uint.MaxValue, Max = 0, IsInteger = true };
        foreach ((uint width, ulong ofWidth) in s_formatsByWidth)
        {
            if ((formats & ofWidth) != 0)
            {
                range.Min = Math.Min(range.Min, width);
                range.Max = Math.Max(range.Max, width);
            }
        }

        return hwParams.IntervalOf(SampleBits).Refine(range);
    }

    /// <summary>Standard always; a linear format adds "all its bits", except S32_LE on hardware that says which bits it has.</summary>
    private static int RefineSubformats(PcmHwParams hwParams, PcmSubformats ofS32)
    {
        const ulong s32 = 1UL << (int)PcmFormat.S32LE;
        ulong linear = hwParams.MaskOf(Format).Bits & s_linearFormats;
        PcmSubformats allowed = PcmSubformats.Standard;
        if (ofS32 != PcmSubformats.None && (linear & s32) != 0)
        {
            allowed |= ofS32;
            linear &= ~s32;
        }

        allowed |= linear != 0 ? PcmSubformats.MsBitsMax : PcmSubformats.None;
        return hwParams.MaskOf(Subformat).Refine(new PcmMask((ulong)allowed));
    }

    private static (uint Width, ulong Formats)[] GroupByWidth()
    {
        var groups = new SortedDictionary<uint, ulong>();
        for (int value = 0; value < PcmFormatInfo.Count; value++)
        {
            var width = (uint)((PcmFormat)value).PhysicalWidthBits();
            if (width != 0)
            {
                groups[width] = groups.GetValueOrDefault(width) | (1UL << value);
            }
        }

        return [.. groups.Select(static group => (group.Key, group.Value))];
    }

    private static ulong CollectLinear()
    {
        ulong formats = 0;
        for (int value = 0; value < PcmFormatInfo.Count; value++)
        {
            formats |= ((PcmFormat)value).IsLinear() ? 1UL << value : 0;
        }

        return formats;
    }

    private static int RefineRatio(in PcmRuleEntry rule, PcmHwParams hwParams)
    {
        ref PcmInterval interval = ref Target(rule, hwParams);
        int result = rule.Kind == RatNums
            ? PcmRatioRules.RefineToRatNums(ref interval, (PcmRatNum[])rule.Data!, out PcmRatio chosen)
            : PcmRatioRules.RefineToRatDens(ref interval, (PcmRatDen[])rule.Data!, out chosen);
        if (result >= 0 && chosen.Denominator != 0 && rule.Variable == (int)Rate)
        {
            hwParams.RateNumerator = chosen.Numerator;
            hwParams.RateDenominator = chosen.Denominator;
        }

        return result;
    }

    /// <summary>Says how many bits are significant once the sample width is known; a width of 0 means every wider one.</summary>
    private static int LimitMsBits(PcmHwParams hwParams, uint widthBits, uint msBits)
    {
        ref readonly PcmInterval bits = ref hwParams.IntervalOf(SampleBits);
        if (bits.IsSingle && (bits.Value == widthBits || (widthBits == 0 && bits.Value > msBits)))
        {
            bool known = hwParams.MsBits != 0 && (msBits == 0 || hwParams.MsBits < msBits);
            hwParams.MsBits = known ? hwParams.MsBits : msBits;
        }

        return PcmRefinement.Unchanged;
    }
}
