namespace Pcm;

/// <summary>Where a channel's loudspeaker or microphone is (<c>SNDRV_CHMAP_*</c>, with the kernel's numbers).</summary>
/// <remarks>The low 16 bits are the position; the flags above them may be added to it. Thread safety: an enum.</remarks>
public enum PcmChannelPosition
{
    /// <summary>UNKNOWN: unknown.</summary>
    Unknown = 0,

    /// <summary>NA: no position: a silent channel.</summary>
    NotApplicable = 1,

    /// <summary>MONO: the only channel.</summary>
    Mono = 2,

    /// <summary>FL: front left.</summary>
    FrontLeft = 3,

    /// <summary>FR: front right.</summary>
    FrontRight = 4,

    /// <summary>RL: rear left.</summary>
    RearLeft = 5,

    /// <summary>RR: rear right.</summary>
    RearRight = 6,

    /// <summary>FC: front center.</summary>
    FrontCenter = 7,

    /// <summary>LFE: low frequency effects.</summary>
    LowFrequency = 8,

    /// <summary>SL: side left.</summary>
    SideLeft = 9,

    /// <summary>SR: side right.</summary>
    SideRight = 10,

    /// <summary>RC: rear center.</summary>
    RearCenter = 11,

    /// <summary>FLC: front left of center.</summary>
    FrontLeftCenter = 12,

    /// <summary>FRC: front right of center.</summary>
    FrontRightCenter = 13,

    /// <summary>RLC: rear left of center.</summary>
    RearLeftCenter = 14,

    /// <summary>RRC: rear right of center.</summary>
    RearRightCenter = 15,

    /// <summary>FLW: front left wide.</summary>
    FrontLeftWide = 16,

    /// <summary>FRW: front right wide.</summary>
    FrontRightWide = 17,

    /// <summary>FLH: front left high.</summary>
    FrontLeftHigh = 18,

    /// <summary>FCH: front center high.</summary>
    FrontCenterHigh = 19,

    /// <summary>FRH: front right high.</summary>
    FrontRightHigh = 20,

    /// <summary>TC: top center.</summary>
    TopCenter = 21,

    /// <summary>TFL: top front left.</summary>
    TopFrontLeft = 22,

    /// <summary>TFR: top front right.</summary>
    TopFrontRight = 23,

    /// <summary>TFC: top front center.</summary>
    TopFrontCenter = 24,

    /// <summary>TRL: top rear left.</summary>
    TopRearLeft = 25,

    /// <summary>TRR: top rear right.</summary>
    TopRearRight = 26,

    /// <summary>TRC: top rear center.</summary>
    TopRearCenter = 27,

    /// <summary>TFLC: top front left of center.</summary>
    TopFrontLeftCenter = 28,

    /// <summary>TFRC: top front right of center.</summary>
    TopFrontRightCenter = 29,

    /// <summary>TSL: top side left.</summary>
    TopSideLeft = 30,

    /// <summary>TSR: top side right.</summary>
    TopSideRight = 31,

    /// <summary>LLFE: left low frequency effects.</summary>
    LeftLowFrequency = 32,

    /// <summary>RLFE: right low frequency effects.</summary>
    RightLowFrequency = 33,

    /// <summary>BC: bottom center.</summary>
    BottomCenter = 34,

    /// <summary>BLC: bottom left of center.</summary>
    BottomLeftCenter = 35,

    /// <summary>BRC: bottom right of center.</summary>
    BottomRightCenter = 36,

    /// <summary>Flag: the channel's phase is inverted.</summary>
    PhaseInverse = 0x10000,

    /// <summary>Flag: the low 16 bits mean what the driver says.</summary>
    DriverSpecific = 0x20000,
}
