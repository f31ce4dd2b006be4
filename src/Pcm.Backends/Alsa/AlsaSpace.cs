namespace Pcm.Backends.Alsa;

/// <summary>A part of a PCM's configuration space: what libasound's public interface can say and be asked of it, for interleaved memory-mapped access.</summary>
internal readonly record struct AlsaSpace
{
    /// <summary>Sample formats; libasound's numbers are the kernel's.</summary>
    public PcmFormats Formats { get; init; }

    /// <summary>Channels.</summary>
    public PcmInterval Channels { get; init; }

    /// <summary>Frames per second.</summary>
    public PcmInterval Rate { get; init; }

    /// <summary>Frames of a period.</summary>
    public PcmInterval PeriodSize { get; init; }

    /// <summary>Periods of the buffer.</summary>
    public PcmInterval Periods { get; init; }

    /// <summary>Frames of the buffer.</summary>
    public PcmInterval BufferSize { get; init; }

    /// <summary>The same part of the core's space.</summary>
    public static AlsaSpace Of(PcmHwParams hwParams) => new()
    {
        Formats = hwParams.Formats,
        Channels = Plain(hwParams.GetInterval(PcmHwParameter.Channels)),
        Rate = Plain(hwParams.GetInterval(PcmHwParameter.Rate)),
        PeriodSize = Plain(hwParams.GetInterval(PcmHwParameter.PeriodSize)),
        Periods = Plain(hwParams.GetInterval(PcmHwParameter.Periods)),
        BufferSize = Plain(hwParams.GetInterval(PcmHwParameter.BufferSize)),
    };

    /// <summary>
    /// Whether this lies between <paramref name="asked"/> and what was <paramref name="left"/> of it, dimension by dimension an end of the two:
    /// then the same is left of this too.
    /// </summary>
    public bool IsBetween(in AlsaSpace asked, in AlsaSpace left) =>
        (Formats == asked.Formats || Formats == left.Formats)
        && (Channels == asked.Channels || Channels == left.Channels)
        && (Rate == asked.Rate || Rate == left.Rate)
        && (PeriodSize == asked.PeriodSize || PeriodSize == left.PeriodSize)
        && (Periods == asked.Periods || Periods == left.Periods)
        && (BufferSize == asked.BufferSize || BufferSize == left.BufferSize);

    /// <summary>The ends alone; that only whole numbers count is known to both sides where it matters.</summary>
    private static PcmInterval Plain(PcmInterval interval) => interval with { IsInteger = false };
}
