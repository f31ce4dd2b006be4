namespace Pcm;

/// <summary>Sample rates a device has (<c>SNDRV_PCM_RATE_*</c>, with the kernel's bits). Hertz: <see cref="PcmRateTable"/>.</summary>
/// <remarks>The last three known rates were added late, so bits do not rise with the rate. Thread safety: an enum.</remarks>
[Flags]
public enum PcmRates : uint
{
    /// <summary>No rate.</summary>
    None = 0,

    /// <summary>5512 Hz.</summary>
    Hz5512 = 1u << 0,

    /// <summary>8000 Hz.</summary>
    Hz8000 = 1u << 1,

    /// <summary>11025 Hz.</summary>
    Hz11025 = 1u << 2,

    /// <summary>16000 Hz.</summary>
    Hz16000 = 1u << 3,

    /// <summary>22050 Hz.</summary>
    Hz22050 = 1u << 4,

    /// <summary>32000 Hz.</summary>
    Hz32000 = 1u << 5,

    /// <summary>44100 Hz.</summary>
    Hz44100 = 1u << 6,

    /// <summary>48000 Hz.</summary>
    Hz48000 = 1u << 7,

    /// <summary>64000 Hz.</summary>
    Hz64000 = 1u << 8,

    /// <summary>88200 Hz.</summary>
    Hz88200 = 1u << 9,

    /// <summary>96000 Hz.</summary>
    Hz96000 = 1u << 10,

    /// <summary>176400 Hz.</summary>
    Hz176400 = 1u << 11,

    /// <summary>192000 Hz.</summary>
    Hz192000 = 1u << 12,

    /// <summary>352800 Hz.</summary>
    Hz352800 = 1u << 13,

    /// <summary>384000 Hz.</summary>
    Hz384000 = 1u << 14,

    /// <summary>705600 Hz.</summary>
    Hz705600 = 1u << 15,

    /// <summary>768000 Hz.</summary>
    Hz768000 = 1u << 16,

    /// <summary>12000 Hz.</summary>
    Hz12000 = 1u << 17,

    /// <summary>24000 Hz.</summary>
    Hz24000 = 1u << 18,

    /// <summary>128000 Hz.</summary>
    Hz128000 = 1u << 19,

    /// <summary>Every rate from the least to the greatest.</summary>
    Continuous = 1u << 30,

    /// <summary>Rates outside the table; the device constrains them itself.</summary>
    Knot = 1u << 31,
}
