namespace Pcm;

/// <summary>
/// The nine states of an open substream. The values are the kernel's ABI numbers (<c>SNDRV_PCM_STATE_*</c>).
/// </summary>
/// <remarks>Thread safety: an enum; reading <see cref="PcmSubstream.State"/> is safe from any thread.</remarks>
public enum PcmState
{
    /// <summary>Opened; no hardware parameters chosen.</summary>
    Open = 0,

    /// <summary>Hardware parameters chosen; not prepared.</summary>
    Setup = 1,

    /// <summary>Ready to start; pointers at zero.</summary>
    Prepared = 2,

    /// <summary>The hardware runs.</summary>
    Running = 3,

    /// <summary>Underrun (playback) or overrun (capture); <c>prepare</c> recovers.</summary>
    XRun = 4,

    /// <summary>Playback: the hardware plays the rest. Capture: stopped, captured frames are left.</summary>
    Draining = 5,

    /// <summary>Paused; the hardware keeps its position.</summary>
    Paused = 6,

    /// <summary>Suspended by power management; the former state is remembered.</summary>
    Suspended = 7,

    /// <summary>The hardware is gone. Terminal.</summary>
    Disconnected = 8,
}
