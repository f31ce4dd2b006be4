namespace Pcm;

/// <summary>What moves a substream from state to state. The legal pairs are in the lifecycle (docs/LIFECYCLE.md, generated).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmTrigger
{
    /// <summary>hw_params succeeded.</summary>
    HwParams,

    /// <summary>hw_params failed after its checks: the stream falls to OPEN.</summary>
    HwParamsFailed,

    /// <summary>hw_free.</summary>
    HwFree,

    /// <summary>prepare succeeded.</summary>
    Prepare,

    /// <summary>START succeeded.</summary>
    Start,

    /// <summary>drain began: playback plays the rest, capture stopped with frames left.</summary>
    Drain,

    /// <summary>Stopped: drop, end of a drain, a partner of the group stopped.</summary>
    Stop,

    /// <summary>Underrun or overrun, of this stream or of a linked one.</summary>
    XRun,

    /// <summary>PAUSE_PUSH succeeded.</summary>
    Pause,

    /// <summary>PAUSE_RELEASE succeeded.</summary>
    Unpause,

    /// <summary>System suspend.</summary>
    Suspend,

    /// <summary>RESUME succeeded: back to the state before the suspend.</summary>
    Resume,

    /// <summary>The hardware is gone.</summary>
    Disconnect,
}
