namespace Pcm;

/// <summary>
/// What <see cref="PcmOps.TriggerAsync"/> is asked to do (<c>SNDRV_PCM_TRIGGER_*</c>; the kernel renumbers these, so no number is promised).
/// </summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmCommand
{
    /// <summary>Stop. Cannot fail; must tolerate hardware that never started or started by half.</summary>
    Stop,

    /// <summary>Start from the prepared position.</summary>
    Start,

    /// <summary>Pause and keep the position.</summary>
    PausePush,

    /// <summary>Go on from the position at the pause.</summary>
    PauseRelease,

    /// <summary>Stop because the system suspends. Sent whether or not the hardware can resume; cannot fail.</summary>
    Suspend,

    /// <summary>Go on after a suspend (only with <see cref="PcmInfo.Resume"/>).</summary>
    Resume,

    /// <summary>Playback began to drain: what is in the ring is all there will be (only with <see cref="PcmInfo.DrainTrigger"/>).</summary>
    Drain,
}
