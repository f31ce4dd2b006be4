namespace Pcm;

/// <summary>
/// Software parameters: when to wake, start, stop and fill silence (<c>snd_pcm_sw_params</c>). hw_params resets all of them to its defaults.
/// </summary>
/// <remarks>
/// Frame counts are the kernel's unsigned words in signed clothes: a negative value counts as 2^64 minus it, that is "never reached",
/// except that a negative <see cref="StartThreshold"/> starts at once. Thread safety: an immutable value.
/// </remarks>
public readonly record struct PcmSwParams
{
    /// <summary>Take time stamps at each pointer update (<c>tstamp_mode</c> ENABLE).</summary>
    public bool Timestamps { get; init; }

    /// <summary>Stored, not used by the core. Frames... the kernel's <c>period_step</c>; default 1.</summary>
    public uint PeriodStep { get; init; }

    /// <summary>Frames that must be available before poll and wait wake; at least 1. Default: a period.</summary>
    public long AvailMin { get; init; }

    /// <summary>Playback: start by itself when so many frames are queued. Capture: start when a read asks for at least so many. Default 1.</summary>
    public long StartThreshold { get; init; }

    /// <summary>Stop with an xrun when so many frames are available. Default: the buffer. At least the boundary: never (free running).</summary>
    public long StopThreshold { get; init; }

    /// <summary>Playback: keep at least so many frames of data and silence ahead of the hardware. At most the buffer; 0 with a full <see cref="SilenceSize"/>.</summary>
    public long SilenceThreshold { get; init; }

    /// <summary>Playback: fill so many frames of silence at a time; 0 = none; at least the boundary = silence what was played at once (top-up).</summary>
    public long SilenceSize { get; init; }
}
