namespace Pcm.Virtio;

/// <summary>The position of a channel (virtio 5.14.6.9: VIRTIO_SND_CHMAP_*). The numbers are ALSA's SNDRV_CHMAP_*.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum VirtioSoundChannel : byte
{
    /// <summary>CHMAP_NONE: undefined.</summary>
    None = 0,

    /// <summary>CHMAP_NA: silent.</summary>
    Na = 1,

    /// <summary>CHMAP_MONO.</summary>
    Mono = 2,

    /// <summary>CHMAP_FL.</summary>
    FrontLeft = 3,

    /// <summary>CHMAP_FR.</summary>
    FrontRight = 4,

    /// <summary>CHMAP_RL.</summary>
    RearLeft = 5,

    /// <summary>CHMAP_RR.</summary>
    RearRight = 6,

    /// <summary>CHMAP_FC.</summary>
    FrontCenter = 7,

    /// <summary>CHMAP_LFE.</summary>
    Lfe = 8,

    /// <summary>CHMAP_SL.</summary>
    SideLeft = 9,

    /// <summary>CHMAP_SR.</summary>
    SideRight = 10,

    /// <summary>CHMAP_RC.</summary>
    RearCenter = 11,

    /// <summary>CHMAP_FLC.</summary>
    FrontLeftCenter = 12,

    /// <summary>CHMAP_FRC.</summary>
    FrontRightCenter = 13,

    /// <summary>CHMAP_RLC.</summary>
    RearLeftCenter = 14,

    /// <summary>CHMAP_RRC.</summary>
    RearRightCenter = 15,

    /// <summary>CHMAP_FLW.</summary>
    FrontLeftWide = 16,

    /// <summary>CHMAP_FRW.</summary>
    FrontRightWide = 17,

    /// <summary>CHMAP_FLH.</summary>
    FrontLeftHigh = 18,

    /// <summary>CHMAP_FCH.</summary>
    FrontCenterHigh = 19,

    /// <summary>CHMAP_FRH.</summary>
    FrontRightHigh = 20,

    /// <summary>CHMAP_TC.</summary>
    TopCenter = 21,

    /// <summary>CHMAP_TFL.</summary>
    TopFrontLeft = 22,

    /// <summary>CHMAP_TFR.</summary>
    TopFrontRight = 23,

    /// <summary>CHMAP_TFC.</summary>
    TopFrontCenter = 24,

    /// <summary>CHMAP_TRL.</summary>
    TopRearLeft = 25,

    /// <summary>CHMAP_TRR.</summary>
    TopRearRight = 26,

    /// <summary>CHMAP_TRC.</summary>
    TopRearCenter = 27,

    /// <summary>CHMAP_TFLC.</summary>
    TopFrontLeftCenter = 28,

    /// <summary>CHMAP_TFRC.</summary>
    TopFrontRightCenter = 29,

    /// <summary>CHMAP_TSL.</summary>
    TopSideLeft = 30,

    /// <summary>CHMAP_TSR.</summary>
    TopSideRight = 31,

    /// <summary>CHMAP_LLFE.</summary>
    LeftLfe = 32,

    /// <summary>CHMAP_RLFE.</summary>
    RightLfe = 33,

    /// <summary>CHMAP_BC.</summary>
    BottomCenter = 34,

    /// <summary>CHMAP_BLC.</summary>
    BottomLeftCenter = 35,

    /// <summary>CHMAP_BRC.</summary>
    BottomRightCenter = 36,
}
