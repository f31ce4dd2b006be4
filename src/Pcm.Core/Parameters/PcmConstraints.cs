namespace Pcm;

/// <summary>
/// What a stream can be configured to: a static bound per parameter, and rules between parameters (the kernel's hw constraints).
/// </summary>
/// <remarks>
/// Life of a stream's constraints: <see cref="Reset"/>, then the backend's open adds its own, then <see cref="Complete"/> adds the hardware's;
/// after that only <see cref="Refine"/>, <see cref="Choose"/> and <see cref="Fixup"/> are called.
/// Thread safety: refining and choosing may run on several threads at a time, each on parameters of its own; everything else needs exclusive use.
/// </remarks>
public sealed partial class PcmConstraints : IPcmRefiner
{
    /// <summary>How many rules a stream can have, the twenty that every stream has included.</summary>
    public const int MaxRules = 128;

    private readonly PcmMask[] _masks = new PcmMask[PcmHwParams.MaskCount];
    private readonly PcmInterval[] _intervals = new PcmInterval[PcmHwParams.ParameterCount - PcmHwParams.FirstInterval];
    private PcmRuleEntry[] _rules = new PcmRuleEntry[PcmRules.Defaults.Length * 2];
    private int _ruleCount;

    /// <summary>Creates constraints in which every stream's own relations hold and nothing else.</summary>
    public PcmConstraints() => Reset();

    /// <summary>
    /// Forgets all bounds and rules but those that every stream has: widths, frames, bytes and times in terms of each other,
    /// and that counts of channels, bits, buffer frames and buffer bytes are whole numbers.
    /// </summary>
    public void Reset()
    {
        Array.Fill(_masks, PcmMask.Any);
        Array.Fill(_intervals, PcmInterval.Any);
        foreach (PcmHwParameter whole in (ReadOnlySpan<PcmHwParameter>)
            [PcmHwParameter.Channels, PcmHwParameter.BufferSize, PcmHwParameter.BufferBytes, PcmHwParameter.SampleBits, PcmHwParameter.FrameBits])
        {
            IntervalOf(whole).SetInteger();
        }

        Array.Clear(_rules);
        PcmRules.Defaults.CopyTo(_rules);
        _ruleCount = PcmRules.Defaults.Length;
    }

    /// <summary>Adds what follows from the hardware's description. Called by the core, once, after the backend's open.</summary>
    /// <param name="hardware">The description.</param>
    /// <param name="bufferBytesMax">Bytes of the memory that is set aside for the buffer; 2^32-1 when it is allocated as needed.</param>
    /// <param name="mmapSupported">Whether the buffer can be memory-mapped.</param>
    /// <returns><see cref="PcmError.InvalidArgument"/> when nothing would be possible; <see cref="PcmError.NoMemory"/> when there are too many rules.</returns>
    public PcmError Complete(PcmHardware hardware, uint bufferBytesMax, bool mmapSupported)
    {
        ArgumentNullException.ThrowIfNull(hardware);
        PcmError error = CompleteChoices(hardware, mmapSupported);
        if (error == PcmError.None)
        {
            error = CompleteRanges(hardware);
        }

        if (error == PcmError.None)
        {
            error = Append(new PcmRuleEntry
            {
                Kind = PcmRuleKind.Interval,
                Variable = (int)PcmHwParameter.BufferBytes,
                Dependencies = PcmHwParams.Bit(PcmHwParameter.BufferBytes),
                Bound = new PcmInterval { Max = bufferBytesMax, IsInteger = true },
            });
        }

        if (error == PcmError.None && (hardware.Rates & (PcmRates.Knot | PcmRates.Continuous)) == 0)
        {
            error = List(PcmHwParameter.Rate, PcmRateTable.KnownHz, (uint)hardware.Rates);
        }

        return error == PcmError.None ? Integer(PcmHwParameter.PeriodSize) : error;
    }

    /// <summary>Narrows the static bound of a mask parameter.</summary>
    /// <param name="variable">A mask parameter.</param>
    /// <param name="bits">The choices that stay.</param>
    /// <returns><see cref="PcmError.InvalidArgument"/> when none is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no mask.</exception>
    public PcmError Mask(PcmHwParameter variable, ulong bits)
    {
        if (!PcmHwParams.IsMask(variable))
        {
            PcmHwParams.ThrowWrongKind(variable, "mask");
        }

        return ToError(_masks[(int)variable].Refine(new PcmMask(bits)));
    }

    /// <summary>Narrows the static bound of an interval parameter to [<paramref name="min"/>, <paramref name="max"/>].</summary>
    /// <param name="variable">An interval parameter.</param>
    /// <param name="min">Least value.</param>
    /// <param name="max">Greatest value.</param>
    /// <returns><see cref="PcmError.InvalidArgument"/> when nothing is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval.</exception>
    public PcmError MinMax(PcmHwParameter variable, uint min, uint max) => ToError(IntervalOf(variable).Refine(PcmInterval.Closed(min, max)));

    /// <summary>Narrows the static bound of an interval parameter to one value.</summary>
    /// <param name="variable">An interval parameter.</param>
    /// <param name="value">The value.</param>
    /// <returns><see cref="PcmError.InvalidArgument"/> when the parameter cannot have it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval.</exception>
    public PcmError Single(PcmHwParameter variable, uint value) => MinMax(variable, value, value);

    /// <summary>Demands whole numbers of an interval parameter. The core does so for period frames, but not for periods and the rate.</summary>
    /// <param name="variable">An interval parameter.</param>
    /// <returns><see cref="PcmError.InvalidArgument"/> when no whole number is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The parameter is no interval.</exception>
    public PcmError Integer(PcmHwParameter variable) => ToError(IntervalOf(variable).SetInteger());

    /// <summary>Adds a rule of the backend's own. Rules run in the order they were added.</summary>
    /// <param name="rule">The rule.</param>
    /// <returns><see cref="PcmError.NoMemory"/> when there are <see cref="MaxRules"/> already.</returns>
    /// <exception cref="ArgumentException">No dependency, or more than four, or one that is no parameter.</exception>
    public PcmError AddRule(PcmRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        if (rule.Dependencies.Count is 0 or > 4)
        {
            throw new ArgumentException($"A rule depends on one to four parameters, not {rule.Dependencies.Count}.", nameof(rule));
        }

        uint dependencies = 0;
        foreach (PcmHwParameter dependency in rule.Dependencies)
        {
            dependencies |= PcmHwParams.Bit(CheckParameter(dependency));
        }

        return Append(new PcmRuleEntry
        {
            Kind = PcmRuleKind.Custom,
            Variable = rule.Variable is PcmHwParameter variable ? (int)CheckParameter(variable) : PcmRuleEntry.NoVariable,
            Dependencies = dependencies,
            Condition = rule.Condition,
            Data = rule.Apply,
        });
    }

    private static PcmError ToError(int refinement) => refinement < 0 ? (PcmError)refinement : PcmError.None;

    private static PcmHwParameter CheckParameter(PcmHwParameter parameter)
    {
        if (!PcmHwParams.IsMask(parameter) && !PcmHwParams.IsInterval(parameter))
        {
            PcmHwParams.ThrowWrongKind(parameter, "hardware parameter");
        }

        return parameter;
    }

    private PcmError CompleteChoices(PcmHardware hardware, bool mmapSupported)
    {
        PcmError error = Mask(PcmHwParameter.Access, (ulong)AccessesOf(hardware.Info, mmapSupported));
        if (error == PcmError.None)
        {
            error = Mask(PcmHwParameter.Format, hardware.Formats.Bits);
        }

        // No variable, so what this rule narrows neither sets a bit of cmask nor makes another rule run.
        return error != PcmError.None ? error : Append(new PcmRuleEntry
        {
            Kind = PcmRuleKind.Subformats,
            Variable = PcmRuleEntry.NoVariable,
            Dependencies = PcmHwParams.Bit(PcmHwParameter.Subformat) | PcmHwParams.Bit(PcmHwParameter.Format),
            Bits = (uint)hardware.Subformats,
        });
    }

    private PcmError CompleteRanges(PcmHardware hardware)
    {
        ReadOnlySpan<(PcmHwParameter Variable, uint Min, uint Max)> ranges =
        [
            (PcmHwParameter.Channels, hardware.ChannelsMin, hardware.ChannelsMax),
            (PcmHwParameter.Rate, hardware.RateMin, hardware.RateMax),
            (PcmHwParameter.PeriodBytes, hardware.PeriodBytesMin, hardware.PeriodBytesMax),
            (PcmHwParameter.Periods, hardware.PeriodsMin, hardware.PeriodsMax),
            (PcmHwParameter.BufferBytes, hardware.PeriodBytesMin, hardware.BufferBytesMax),
        ];
        foreach ((PcmHwParameter variable, uint min, uint max) in ranges)
        {
            PcmError error = MinMax(variable, min, max);
            if (error != PcmError.None)
            {
                return error;
            }
        }

        return PcmError.None;
    }

    private static PcmAccesses AccessesOf(PcmInfo info, bool mmapSupported)
    {
        PcmAccesses accesses = PcmAccesses.None;
        if ((info & PcmInfo.Interleaved) != 0)
        {
            accesses |= PcmAccesses.ReadWriteInterleaved | (mmapSupported ? PcmAccesses.MmapInterleaved : PcmAccesses.None);
        }

        if ((info & PcmInfo.NonInterleaved) != 0)
        {
            accesses |= PcmAccesses.ReadWriteNonInterleaved | (mmapSupported ? PcmAccesses.MmapNonInterleaved : PcmAccesses.None);
        }

        return (info & PcmInfo.Complex) != 0 && mmapSupported ? accesses | PcmAccesses.MmapComplex : accesses;
    }

    private ref PcmInterval IntervalOf(PcmHwParameter variable)
    {
        if (!PcmHwParams.IsInterval(variable))
        {
            PcmHwParams.ThrowWrongKind(variable, "interval");
        }

        return ref _intervals[(int)variable - PcmHwParams.FirstInterval];
    }

    private PcmError Append(in PcmRuleEntry rule)
    {
        if (_ruleCount == MaxRules)
        {
            return PcmError.NoMemory;
        }

        if (_ruleCount == _rules.Length)
        {
            Array.Resize(ref _rules, Math.Min(_rules.Length * 2, MaxRules));
        }

        _rules[_ruleCount++] = rule;
        return PcmError.None;
    }
}
