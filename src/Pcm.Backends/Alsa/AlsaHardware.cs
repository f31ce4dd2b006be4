namespace Pcm.Backends.Alsa;

/// <summary>A PCM's configuration space as the core wants it: ranges that do not depend on each other, and rules for how they do.</summary>
internal static class AlsaHardware
{
    private static readonly PcmHwParameter[] s_intervals =
        [PcmHwParameter.Channels, PcmHwParameter.Rate, PcmHwParameter.PeriodSize, PcmHwParameter.Periods, PcmHwParameter.BufferSize];

    /// <summary>The ranges.</summary>
    /// <param name="pcm">The open PCM.</param>
    /// <param name="info">What it can do besides what libasound says.</param>
    /// <param name="minPeriods">Fewer periods than that do not work.</param>
    /// <param name="maxBufferBytes">The largest ring.</param>
    public static PcmHardware Describe(AlsaPcm pcm, PcmInfo info, uint minPeriods, int maxBufferBytes)
    {
        AlsaSpace space = pcm.Space;
        return new PcmHardware
        {
            Info = PcmInfo.Interleaved | pcm.Info | info,
            Formats = WholeBytes(space.Formats),
            Rates = PcmRates.Knot, // which of them, the rules know
            RateMin = Math.Max(1, space.Rate.Min),
            RateMax = Math.Min(int.MaxValue, space.Rate.Max),
            ChannelsMin = space.Channels.Min,
            ChannelsMax = Math.Min(1024, space.Channels.Max),
            BufferBytesMax = (uint)maxBufferBytes,
            PeriodBytesMin = 1,
            PeriodBytesMax = (uint)maxBufferBytes,
            PeriodsMin = Math.Max(minPeriods, space.Periods.Min),
            PeriodsMax = Math.Max(minPeriods, Math.Min((uint)maxBufferBytes, space.Periods.Max)),
        };
    }

    /// <summary>
    /// The rules: whatever changes of formats, channels, rate, period or buffer, libasound is asked what is left of each. The core goes on until none of
    /// its rules and none of these narrows anything, so what it chooses is possible in both.
    /// </summary>
    public static PcmError AddRules(PcmConstraints constraints, AlsaPcm pcm)
    {
        PcmError error = constraints.AddRule(new PcmRule(hwParams => Refine(pcm, hwParams, static (target, left) =>
            target.Refine(PcmHwParameter.Format, new PcmMask(left.Formats.Bits))))
        {
            Variable = PcmHwParameter.Format,
            Dependencies = [PcmHwParameter.Format, PcmHwParameter.Channels, PcmHwParameter.Rate, PcmHwParameter.BufferSize],
        });
        foreach (PcmHwParameter variable in s_intervals)
        {
            // At most four dependencies a rule: two rules see all of them. The cache of the space makes the second free.
            error = error != PcmError.None ? error : Add(constraints, pcm, variable, [PcmHwParameter.Format, PcmHwParameter.Channels, PcmHwParameter.Rate]);
            error = error != PcmError.None ? error : Add(constraints, pcm, variable, [PcmHwParameter.PeriodSize, PcmHwParameter.Periods, PcmHwParameter.BufferSize]);
        }

        return error;
    }

    private static PcmError Add(PcmConstraints constraints, AlsaPcm pcm, PcmHwParameter variable, IReadOnlyList<PcmHwParameter> dependencies) =>
        constraints.AddRule(new PcmRule(Rule(pcm, variable)) { Variable = variable, Dependencies = dependencies });

    private static Func<PcmHwParams, int> Rule(AlsaPcm pcm, PcmHwParameter variable) => variable switch
    {
        PcmHwParameter.Channels => hwParams => Refine(pcm, hwParams, static (target, left) => target.Refine(PcmHwParameter.Channels, left.Channels)),
        PcmHwParameter.Rate => hwParams => Refine(pcm, hwParams, static (target, left) => target.Refine(PcmHwParameter.Rate, left.Rate)),
        PcmHwParameter.PeriodSize => hwParams => Refine(pcm, hwParams, static (target, left) => target.Refine(PcmHwParameter.PeriodSize, left.PeriodSize)),
        PcmHwParameter.Periods => hwParams => Refine(pcm, hwParams, static (target, left) => target.Refine(PcmHwParameter.Periods, left.Periods)),
        _ => hwParams => Refine(pcm, hwParams, static (target, left) => target.Refine(PcmHwParameter.BufferSize, left.BufferSize)),
    };

    private static int Refine(AlsaPcm pcm, PcmHwParams hwParams, Func<PcmHwParams, AlsaSpace, int> narrow) =>
        pcm.TryRefine(AlsaSpace.Of(hwParams), out AlsaSpace left) ? narrow(hwParams, left) : (int)PcmError.InvalidArgument;

    /// <summary>Formats whose samples are no whole bytes (IMA_ADPCM) cannot be copied by frames.</summary>
    private static PcmFormats WholeBytes(PcmFormats formats)
    {
        ulong bits = 0;
        foreach (PcmFormat format in formats)
        {
            int width = format.PhysicalWidthBits();
            bits |= width > 0 && width % 8 == 0 ? 1UL << (int)format : 0;
        }

        return new PcmFormats(bits);
    }
}
