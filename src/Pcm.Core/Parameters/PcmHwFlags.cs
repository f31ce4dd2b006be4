namespace Pcm;

/// <summary>What an application asks for besides parameters (<c>SNDRV_PCM_HW_PARAMS_*</c>).</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum PcmHwFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Only the hardware's base rate: switches on the rules of <see cref="PcmConstraints.NoResample"/>.</summary>
    NoResample = 1,

    /// <summary>The buffer will be exported. The core does not look at it.</summary>
    ExportBuffer = 2,

    /// <summary>No period wake-ups, where <see cref="PcmInfo.NoPeriodWakeup"/> allows it.</summary>
    NoPeriodWakeup = 4,

    /// <summary>No silence is to be added by a drain. The core does not look at it.</summary>
    NoDrainSilence = 8,
}
