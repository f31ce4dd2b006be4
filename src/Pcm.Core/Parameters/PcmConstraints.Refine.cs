using System.Numerics;

namespace Pcm;

/// <content>Refining, choosing and filling in: no allocation, no lock.</content>
public sealed partial class PcmConstraints
{
    private static readonly PcmHwParameter[] s_choiceOrder =
    [
        PcmHwParameter.Access, PcmHwParameter.Format, PcmHwParameter.Subformat, PcmHwParameter.Channels,
        PcmHwParameter.Rate, PcmHwParameter.PeriodTime, PcmHwParameter.BufferSize, PcmHwParameter.TickTime,
    ];

    /// <summary>
    /// Rules run before a refinement counts as endless. The slowest honest ones creep by one per pass over some hundred thousand values
    /// (a whole number of microseconds at a prime rate), so this is far above them. Settable for tests.
    /// </summary>
    internal uint MaxRuleRuns { get; init; } = 1u << 25;

    /// <summary>
    /// Narrows the requested parameters to their static bounds, then everything by the rules until nothing changes.
    /// <see cref="PcmHwParams.Requested"/> is 0 afterwards. On failure the contents are undefined: the caller keeps a copy.
    /// Context: any thread; no wait, no allocation, no lock.
    /// Errors: <see cref="PcmError.InvalidArgument"/> when nothing is left, or a parameter was empty, requested or not; what a custom rule returns.
    /// </summary>
    /// <param name="hwParams">The configuration space.</param>
    /// <exception cref="InvalidOperationException">A custom rule keeps reporting a change and never settles.</exception>
    public PcmError Refine(PcmHwParams hwParams)
    {
        ArgumentNullException.ThrowIfNull(hwParams);
        hwParams.Info = PcmInfo.None;
        hwParams.FifoFrames = 0;
        if ((hwParams.Requested & PcmHwParams.Bit(PcmHwParameter.SampleBits)) != 0)
        {
            hwParams.MsBits = 0;
        }

        if ((hwParams.Requested & PcmHwParams.Bit(PcmHwParameter.Rate)) != 0)
        {
            hwParams.RateNumerator = 0;
            hwParams.RateDenominator = 0;
        }

        int result = RefineMasks(hwParams);
        if (result >= 0)
        {
            result = RefineIntervals(hwParams);
        }

        if (result >= 0)
        {
            result = RunRules(hwParams);
        }

        if (result < 0)
        {
            return (PcmError)result;
        }

        hwParams.Requested = 0;
        return PcmError.None;
    }

    /// <summary>
    /// Chooses one value of every parameter of a refined space: the least access type, format, subformat, channels, rate and period time,
    /// the largest buffer, the least tick; each choice is followed by a refinement. On failure the contents are undefined.
    /// Context: as <see cref="Refine"/>.
    /// Errors: <see cref="PcmError.InvalidArgument"/> when a choice leaves nothing, or a value of 2^31 or more.
    /// </summary>
    /// <param name="hwParams">The configuration space, refined with everything requested.</param>
    /// <exception cref="InvalidOperationException">A custom rule keeps reporting a change and never settles.</exception>
    public PcmError Choose(PcmHwParams hwParams)
    {
        ArgumentNullException.ThrowIfNull(hwParams);
        foreach (PcmHwParameter parameter in s_choiceOrder)
        {
            int changed = Narrow(hwParams, parameter);
            if (changed < 0)
            {
                return (PcmError)changed;
            }

            if (changed > 0)
            {
                hwParams.Changed |= PcmHwParams.Bit(parameter);
                hwParams.Requested |= PcmHwParams.Bit(parameter);
            }

            PcmError error = hwParams.Requested == 0 ? PcmError.None : Refine(hwParams);
            if (error != PcmError.None)
            {
                return error;
            }

            if (!IsChosen(hwParams, parameter))
            {
                return PcmError.InvalidArgument;
            }
        }

        return PcmError.None;
    }

    /// <summary>
    /// Fills in what no rule did: significant bits, the exact rate, the FIFO's size and the capabilities.
    /// Called after <see cref="Refine"/> when an application refines, after <see cref="Choose"/> when it configures.
    /// Context: any thread; no wait, no allocation.
    /// Errors: <see cref="PcmError.InvalidArgument"/> when the significant bits leave no subformat.
    /// </summary>
    /// <param name="hwParams">The refined or chosen parameters. A FIFO size that is not 0 was set by the backend and stays.</param>
    /// <param name="hardware">The device's description.</param>
    /// <param name="mmapSupported">Whether the buffer can be memory-mapped.</param>
    public static PcmError Fixup(PcmHwParams hwParams, PcmHardware hardware, bool mmapSupported)
    {
        ArgumentNullException.ThrowIfNull(hwParams);
        ArgumentNullException.ThrowIfNull(hardware);
        PcmError error = FixupMsBits(hwParams);
        if (error != PcmError.None)
        {
            return error;
        }

        ref readonly PcmInterval rate = ref hwParams.IntervalOf(PcmHwParameter.Rate);
        if (hwParams.RateDenominator == 0 && rate.IsSingle)
        {
            hwParams.RateNumerator = rate.Value;
            hwParams.RateDenominator = 1;
        }

        FixupFifo(hwParams, hardware);
        if (hwParams.Info == PcmInfo.None)
        {
            PcmInfo hidden = PcmInfo.FifoInFrames | PcmInfo.DrainTrigger | (mmapSupported ? PcmInfo.None : PcmInfo.Mmap | PcmInfo.MmapValid);
            hwParams.Info = hardware.Info & ~hidden;
        }

        return PcmError.None;
    }

    private int RefineMasks(PcmHwParams hwParams)
    {
        for (PcmHwParameter parameter = PcmHwParameter.Access; parameter <= PcmHwParameter.Subformat; parameter++)
        {
            ref PcmMask mask = ref hwParams.MaskOf(parameter);
            if (mask.IsEmpty)
            {
                return PcmRefinement.Empty;
            }

            int result = (hwParams.Requested & PcmHwParams.Bit(parameter)) == 0 ? PcmRefinement.Unchanged : mask.Refine(_masks[(int)parameter]);
            if (result < 0)
            {
                return result;
            }

            hwParams.Changed |= (uint)result << (int)parameter;
        }

        return PcmRefinement.Unchanged;
    }

    private int RefineIntervals(PcmHwParams hwParams)
    {
        for (PcmHwParameter parameter = PcmHwParameter.SampleBits; parameter <= PcmHwParameter.TickTime; parameter++)
        {
            ref PcmInterval interval = ref hwParams.IntervalOf(parameter);
            if (interval.IsEmpty)
            {
                return PcmRefinement.Empty;
            }

            int result = (hwParams.Requested & PcmHwParams.Bit(parameter)) == 0 ? PcmRefinement.Unchanged : interval.Refine(IntervalOf(parameter));
            if (result < 0)
            {
                return result;
            }

            hwParams.Changed |= (uint)result << (int)parameter;
        }

        return PcmRefinement.Unchanged;
    }

    /// <summary>
    /// Runs rules in order, pass after pass, until a pass changes nothing. A rule runs when a parameter it depends on was changed
    /// after the rule's last run; its own change does not count, so a rule that rounds an open end need not be idempotent.
    /// </summary>
    private int RunRules(PcmHwParams hwParams)
    {
        Span<uint> changedAt = stackalloc uint[PcmHwParams.ParameterCount];
        for (int parameter = 0; parameter < changedAt.Length; parameter++)
        {
            changedAt[parameter] = (hwParams.Requested >> parameter) & 1;
        }

        Span<uint> ranAt = stackalloc uint[MaxRules];
        ranAt[.._ruleCount].Clear();
        uint stamp = 2;
        bool again;
        do
        {
            again = false;
            for (int i = 0; i < _ruleCount; i++)
            {
                ref readonly PcmRuleEntry rule = ref _rules[i];
                if ((rule.Condition != 0 && (rule.Condition & hwParams.Flags) == 0) || !IsDue(rule.Dependencies, changedAt, ranAt[i]))
                {
                    continue;
                }

                int result = PcmRules.Apply(rule, hwParams);
                if (result < 0)
                {
                    return result;
                }

                if (result > 0 && rule.Variable >= 0)
                {
                    hwParams.Changed |= 1u << rule.Variable;
                    changedAt[rule.Variable] = stamp;
                    again = true;
                }

                ranAt[i] = stamp++;
                if (stamp == MaxRuleRuns)
                {
                    ThrowEndless(i, rule);
                }
            }
        }
        while (again);
        return PcmRefinement.Unchanged;
    }

    private static bool IsDue(uint dependencies, ReadOnlySpan<uint> changedAt, uint ranAt)
    {
        for (uint rest = dependencies; rest != 0; rest &= rest - 1)
        {
            if (changedAt[BitOperations.TrailingZeroCount(rest)] > ranAt)
            {
                return true;
            }
        }

        return false;
    }

    private void ThrowEndless(int index, in PcmRuleEntry rule) => throw new InvalidOperationException(
        $"The constraints do not settle: rule {index} ({rule.Kind}, of {(PcmHwParameter)rule.Variable}) was still running after {MaxRuleRuns} runs of rules. "
        + "A custom rule must answer 1 only when it narrowed its variable.");

    private static int Narrow(PcmHwParams hwParams, PcmHwParameter parameter)
    {
        if (PcmHwParams.IsMask(parameter))
        {
            return hwParams.MaskOf(parameter).RefineFirst();
        }

        ref PcmInterval interval = ref hwParams.IntervalOf(parameter);
        return parameter == PcmHwParameter.BufferSize ? interval.RefineLast() : interval.RefineFirst();
    }

    /// <summary>The kernel returns the value as a signed int, so one of 2^31 or more fails there as well.</summary>
    private static bool IsChosen(PcmHwParams hwParams, PcmHwParameter parameter) => PcmHwParams.IsMask(parameter)
        ? hwParams.MaskOf(parameter).IsSingle
        : hwParams.IntervalOf(parameter) is { IsSingle: true, Value: <= int.MaxValue };

    private static PcmError FixupMsBits(PcmHwParams hwParams)
    {
        ref readonly PcmMask formats = ref hwParams.MaskOf(PcmHwParameter.Format);
        var format = (PcmFormat)formats.Lowest;
        if (hwParams.MsBits == 0)
        {
            ref readonly PcmInterval bits = ref hwParams.IntervalOf(PcmHwParameter.SampleBits);
            hwParams.MsBits = bits.IsSingle ? bits.Value : 0;
            if (formats.IsSingle)
            {
                hwParams.MsBits = KernelWidth(format);
            }
        }

        if (hwParams.MsBits == 0 || !formats.IsSingle || !format.IsLinear() || KernelWidth(format) == hwParams.MsBits)
        {
            return PcmError.None;
        }

        ref PcmMask subformats = ref hwParams.MaskOf(PcmHwParameter.Subformat);
        subformats.Bits &= ~(ulong)PcmSubformats.MsBitsMax;
        return subformats.IsEmpty ? PcmError.InvalidArgument : PcmError.None;
    }

    /// <summary>A format without a width has -EINVAL for one in the kernel, and that is what an application reads as msbits.</summary>
    private static uint KernelWidth(PcmFormat format)
    {
        int width = format.WidthBits();
        return unchecked((uint)(width == 0 ? (int)PcmError.InvalidArgument : width));
    }

    private static void FixupFifo(PcmHwParams hwParams, PcmHardware hardware)
    {
        ref readonly PcmMask formats = ref hwParams.MaskOf(PcmHwParameter.Format);
        ref readonly PcmInterval channels = ref hwParams.IntervalOf(PcmHwParameter.Channels);
        if (hwParams.FifoFrames != 0 || !formats.IsSingle || !channels.IsSingle)
        {
            return;
        }

        long frameBytes = (hardware.Info & PcmInfo.FifoInFrames) != 0 ? 1 : ((PcmFormat)formats.Lowest).BytesFor(channels.Min);
        hwParams.FifoFrames = frameBytes > 0 ? (uint)(hardware.FifoSize / frameBytes) : hardware.FifoSize;
    }
}
