namespace Pcm;

/// <content>Ready-made rules for a backend's open.</content>
public sealed partial class PcmConstraints
{
    private const int SelectableEntries = 32;

    private static readonly uint[] s_powersOfTwo = CreatePowersOfTwo();

    /// <summary>
    /// Narrows to the hull of the listed values that are still possible. Values between two listed ones stay possible until the choice,
    /// which takes an end of the hull, hence a listed value.
    /// </summary>
    /// <param name="variable">An interval parameter.</param>
    /// <param name="values">The values, in any order; an empty list makes every refinement fail.</param>
    /// <param name="selection">Bit n selects value n; 0 selects all. At most 32 values with a selection.</param>
    /// <param name="condition">When set: only for applications that set one of these flags.</param>
    /// <returns><see cref="PcmError.NoMemory"/> when there are too many rules.</returns>
    /// <exception cref="ArgumentException">The parameter is no interval, or a selection among more than 32 values.</exception>
    public PcmError List(PcmHwParameter variable, ReadOnlySpan<uint> values, uint selection = 0, PcmHwFlags condition = PcmHwFlags.None)
    {
        CheckSelection(values.Length, selection);
        return AppendOwn(variable, PcmRuleKind.List, selection, values.ToArray(), condition);
    }

    /// <summary>Narrows to the hull of what the ranges and the interval have in common, open ends respected.</summary>
    /// <param name="variable">An interval parameter.</param>
    /// <param name="ranges">The ranges; none makes every refinement fail.</param>
    /// <param name="selection">Bit n selects range n; 0 selects all. At most 32 ranges with a selection.</param>
    /// <param name="condition">When set: only for applications that set one of these flags.</param>
    /// <returns><see cref="PcmError.NoMemory"/> when there are too many rules.</returns>
    /// <exception cref="ArgumentException">The parameter is no interval, or a selection among more than 32 ranges.</exception>
    public PcmError Ranges(PcmHwParameter variable, ReadOnlySpan<PcmInterval> ranges, uint selection = 0, PcmHwFlags condition = PcmHwFlags.None)
    {
        CheckSelection(ranges.Length, selection);
        return AppendOwn(variable, PcmRuleKind.Ranges, selection, ranges.ToArray(), condition);
    }

    /// <summary>Narrows the ends to multiples of <paramref name="step"/>.</summary>
    /// <param name="variable">An interval parameter.</param>
    /// <param name="step">At least 1.</param>
    /// <param name="condition">When set: only for applications that set one of these flags.</param>
    /// <returns><see cref="PcmError.NoMemory"/> when there are too many rules.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval, or the step is 0.</exception>
    public PcmError Step(PcmHwParameter variable, uint step, PcmHwFlags condition = PcmHwFlags.None)
    {
        ArgumentOutOfRangeException.ThrowIfZero(step);
        return AppendOwn(variable, PcmRuleKind.Step, step, data: null, condition);
    }

    /// <summary>Narrows to the hull of the powers of two from 1 to 2^30.</summary>
    /// <param name="variable">An interval parameter.</param>
    /// <param name="condition">When set: only for applications that set one of these flags.</param>
    /// <returns><see cref="PcmError.NoMemory"/> when there are too many rules.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval.</exception>
    public PcmError Pow2(PcmHwParameter variable, PcmHwFlags condition = PcmHwFlags.None) =>
        AppendOwn(variable, PcmRuleKind.List, number: 0, s_powersOfTwo, condition);

    /// <summary>Narrows to what clocks with chosen dividers can produce; of the rate, sets the exact ratio once it is single.</summary>
    /// <param name="variable">An interval parameter.</param>
    /// <param name="ratios">The clocks; none makes every refinement fail.</param>
    /// <param name="condition">When set: only for applications that set one of these flags.</param>
    /// <returns><see cref="PcmError.NoMemory"/> when there are too many rules.</returns>
    /// <exception cref="ArgumentException">The parameter is no interval, or a clock, a least divider or a step is 0, or the dividers are upside down.</exception>
    public PcmError RatNums(PcmHwParameter variable, ReadOnlySpan<PcmRatNum> ratios, PcmHwFlags condition = PcmHwFlags.None)
    {
        foreach (PcmRatNum ratio in ratios)
        {
            if (ratio.Numerator == 0 || ratio.DenominatorMin == 0 || ratio.DenominatorStep == 0 || ratio.DenominatorMin > ratio.DenominatorMax)
            {
                throw new ArgumentException($"No clock divides like this: {ratio}.", nameof(ratios));
            }
        }

        return AppendOwn(variable, PcmRuleKind.RatNums, number: 0, ratios.ToArray(), condition);
    }

    /// <summary>Narrows to what chosen clocks with fixed dividers can produce; of the rate, sets the exact ratio once it is single.</summary>
    /// <param name="variable">An interval parameter.</param>
    /// <param name="ratios">The clocks; none makes every refinement fail.</param>
    /// <param name="condition">When set: only for applications that set one of these flags.</param>
    /// <returns><see cref="PcmError.NoMemory"/> when there are too many rules.</returns>
    /// <exception cref="ArgumentException">The parameter is no interval, or a least clock, a divider or a step is 0, or the clocks are upside down.</exception>
    public PcmError RatDens(PcmHwParameter variable, ReadOnlySpan<PcmRatDen> ratios, PcmHwFlags condition = PcmHwFlags.None)
    {
        foreach (PcmRatDen ratio in ratios)
        {
            if (ratio.Denominator == 0 || ratio.NumeratorMin == 0 || ratio.NumeratorStep == 0 || ratio.NumeratorMin > ratio.NumeratorMax)
            {
                throw new ArgumentException($"No clock divides like this: {ratio}.", nameof(ratios));
            }
        }

        return AppendOwn(variable, PcmRuleKind.RatDens, number: 0, ratios.ToArray(), condition);
    }

    /// <summary>Says how many bits are significant in samples of a width, such as 24 in 32.</summary>
    /// <param name="widthBits">Bits in memory; 0 for every width above <paramref name="msBits"/>.</param>
    /// <param name="msBits">Significant bits, at least 1.</param>
    /// <param name="condition">When set: only for applications that set one of these flags.</param>
    /// <returns><see cref="PcmError.NoMemory"/> when there are too many rules.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="msBits"/> is 0.</exception>
    public PcmError MsBits(uint widthBits, uint msBits, PcmHwFlags condition = PcmHwFlags.None)
    {
        ArgumentOutOfRangeException.ThrowIfZero(msBits);
        return Append(new PcmRuleEntry
        {
            Kind = PcmRuleKind.MsBits,
            Variable = PcmRuleEntry.NoVariable,
            Dependencies = PcmHwParams.Bit(PcmHwParameter.SampleBits),
            Condition = condition,
            Number = widthBits,
            Bits = msBits,
        });
    }

    /// <summary>Allows only the hardware's base rate to applications that set <see cref="PcmHwFlags.NoResample"/>.</summary>
    /// <param name="baseRateHz">Hertz.</param>
    /// <returns><see cref="PcmError.NoMemory"/> when there are too many rules.</returns>
    public PcmError NoResample(uint baseRateHz) => List(PcmHwParameter.Rate, [baseRateHz], condition: PcmHwFlags.NoResample);

    private static uint[] CreatePowersOfTwo()
    {
        var powers = new uint[31];
        for (int i = 0; i < powers.Length; i++)
        {
            powers[i] = 1u << i;
        }

        return powers;
    }

    private static void CheckSelection(int count, uint selection)
    {
        if (selection != 0 && count > SelectableEntries)
        {
            throw new ArgumentException($"A selection has {SelectableEntries} bits, but there are {count} entries.", nameof(selection));
        }
    }

    /// <summary>Adds a rule that looks at the interval it narrows and at no other.</summary>
    private PcmError AppendOwn(PcmHwParameter variable, PcmRuleKind kind, uint number, object? data, PcmHwFlags condition)
    {
        if (!PcmHwParams.IsInterval(variable))
        {
            PcmHwParams.ThrowWrongKind(variable, "interval");
        }

        return Append(new PcmRuleEntry
        {
            Kind = kind,
            Variable = (int)variable,
            Dependencies = PcmHwParams.Bit(variable),
            Condition = condition,
            Number = number,
            Data = data,
        });
    }
}
