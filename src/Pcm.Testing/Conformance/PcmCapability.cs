namespace Pcm.Testing.Conformance;

/// <summary>What a law needs of a backend beyond playing or capturing; laws whose need is not met are skipped with the reason.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmCapability
{
    /// <summary>Pausing. Found out by the kit: <see cref="PcmInfo.Pause"/>.</summary>
    Pause,

    /// <summary>Resuming after a suspend. Found out by the kit: <see cref="PcmInfo.Resume"/>.</summary>
    Resume,

    /// <summary>Running without period wake-ups. Found out by the kit: <see cref="PcmInfo.NoPeriodWakeup"/>.</summary>
    NoPeriodWakeup,

    /// <summary>A position finer than a period. Found out by the kit: no <see cref="PcmInfo.Batch"/>.</summary>
    FinePosition,

    /// <summary>More than one substream of the direction. Found out by the kit.</summary>
    TwoSubstreams,

    /// <summary>Playback and capture at the same time. Found out by the kit.</summary>
    Duplex,

    /// <summary>Audio that keeps the time of the clock it was given. Deny it for a device that goes as fast as it can.</summary>
    Timing,

    /// <summary>A running position that passes the application's when the application falls behind. Deny it for a sink that waits for data.</summary>
    XRun,

    /// <summary>Another format, rate or number of channels in a later session. Deny it for a sink that is one file of one format.</summary>
    ManyFormats,

    /// <summary>Suspending; deny it for hardware that cannot be suspended from outside.</summary>
    Suspend,

    /// <summary>Being unplugged; deny it for hardware whose removal cannot be simulated.</summary>
    Unplug,

    /// <summary>Audio that can be compared: the bench says what was played or what will be captured, or is a cable.</summary>
    Data,

    /// <summary>Everything happens on the virtual clock's one thread, so that what a period allocates can be counted.</summary>
    CountedAllocation,
}
