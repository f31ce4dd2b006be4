namespace Pcm;

/// <summary>What a stream can do (<c>SNDRV_PCM_INFO_*</c>, with the kernel's bits).</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum PcmInfo : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The ring can be memory-mapped.</summary>
    Mmap = 0x00000001,

    /// <summary>Period data stays valid during transfer.</summary>
    MmapValid = 0x00000002,

    /// <summary>Double buffering is needed to start and stop.</summary>
    Double = 0x00000004,

    /// <summary>The position moves in steps of about a period.</summary>
    Batch = 0x00000010,

    /// <summary>Every move of the application position must reach ack.</summary>
    SyncApplPtr = 0x00000020,

    /// <summary>Drain needs no silence padding.</summary>
    PerfectDrain = 0x00000040,

    /// <summary>Channels interleaved.</summary>
    Interleaved = 0x00000100,

    /// <summary>Channels in areas of their own.</summary>
    NonInterleaved = 0x00000200,

    /// <summary>Layout given per channel.</summary>
    Complex = 0x00000400,

    /// <summary>The hardware moves blocks.</summary>
    BlockTransfer = 0x00010000,

    /// <summary>The hardware counts ADC over-ranges.</summary>
    Overrange = 0x00020000,

    /// <summary>Can resume after a suspend.</summary>
    Resume = 0x00040000,

    /// <summary>Can pause.</summary>
    Pause = 0x00080000,

    /// <summary>Only one direction at a time.</summary>
    HalfDuplex = 0x00100000,

    /// <summary>Playback and capture share parameters.</summary>
    JointDuplex = 0x00200000,

    /// <summary>Linked streams start in hardware together.</summary>
    SyncStart = 0x00400000,

    /// <summary>Period wake-ups can be switched off.</summary>
    NoPeriodWakeup = 0x00800000,

    /// <summary>Has a link (wall) audio clock.</summary>
    HasLinkAudioTime = 0x01000000,

    /// <summary>The link clock is absolute.</summary>
    HasLinkAbsoluteAudioTime = 0x02000000,

    /// <summary>The link clock is estimated.</summary>
    HasLinkEstimatedAudioTime = 0x04000000,

    /// <summary>The link clock is synchronized with system time.</summary>
    HasLinkSynchronizedAudioTime = 0x08000000,

    /// <summary>The ring needs explicit synchronization around accesses.</summary>
    ExplicitSync = 0x10000000,

    /// <summary>The application position may only move forward.</summary>
    NoRewinds = 0x20000000,

    /// <summary>Wants <see cref="PcmCommand.Drain"/>. Internal: applications do not see it.</summary>
    DrainTrigger = 0x40000000,

    /// <summary>The FIFO size counts frames, not bytes. Internal: applications do not see it.</summary>
    FifoInFrames = 0x80000000,
}
