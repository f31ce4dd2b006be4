namespace Pcm;

/// <summary>What a rule computes; see <see cref="PcmRules"/>.</summary>
internal enum PcmRuleKind : byte
{
    FormatsByWidth,
    WidthsByFormat,
    Multiply,
    Divide,
    MultiplyThenDivideBy,
    MultiplyByThenDivide,
    Subformats,
    Interval,
    List,
    Ranges,
    Step,
    RatNums,
    RatDens,
    MsBits,
    Custom,
}

/// <summary>One rule: plain data, so that a refinement walks an array and calls nothing but a switch.</summary>
internal struct PcmRuleEntry
{
    public const int NoVariable = -1;

    public PcmRuleKind Kind;

    /// <summary>The parameter narrowed, or <see cref="NoVariable"/>.</summary>
    public int Variable;

    /// <summary>Bits of the parameters whose change makes the rule run.</summary>
    public uint Dependencies;

    public PcmHwFlags Condition;

    /// <summary>Operands of the arithmetic kinds.</summary>
    public PcmHwParameter Left;

    public PcmHwParameter Right;

    /// <summary>Factor, divisor, step, width, or the mask that selects list entries.</summary>
    public uint Number;

    /// <summary>Significant bits of <see cref="PcmRuleKind.MsBits"/>; subformats of S32_LE of <see cref="PcmRuleKind.Subformats"/>.</summary>
    public uint Bits;

    /// <summary>The bound of <see cref="PcmRuleKind.Interval"/>.</summary>
    public PcmInterval Bound;

    /// <summary>List, ranges, ratios, or the custom rule's delegate.</summary>
    public object? Data;
}
