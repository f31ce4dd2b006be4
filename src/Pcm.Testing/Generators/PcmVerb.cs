namespace Pcm.Testing;

/// <summary>What an application does in one step of a sequence.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmVerb
{
    /// <summary>hw_params with the request that the sequence is run with.</summary>
    HwParams,

    /// <summary>hw_params with a request that nothing satisfies.</summary>
    HwParamsRefused,

    /// <summary>hw_free.</summary>
    HwFree,

    /// <summary>prepare.</summary>
    Prepare,

    /// <summary>start.</summary>
    Start,

    /// <summary>drop.</summary>
    Drop,

    /// <summary>drain, without waiting.</summary>
    Drain,

    /// <summary>pause.</summary>
    Pause,

    /// <summary>The end of a pause.</summary>
    Release,

    /// <summary>System suspend.</summary>
    Suspend,

    /// <summary>resume.</summary>
    Resume,

    /// <summary>The xrun ioctl.</summary>
    XRun,

    /// <summary>reset.</summary>
    Reset,

    /// <summary>A transfer that does not wait, of so many frames.</summary>
    Transfer,

    /// <summary>rewind by so many frames.</summary>
    Rewind,

    /// <summary>forward by so many frames.</summary>
    Forward,

    /// <summary>delay, which looks at the hardware.</summary>
    Delay,

    /// <summary>sw_params with a start threshold of so many frames.</summary>
    StartThreshold,

    /// <summary>Time passes, as much as so many frames take.</summary>
    Elapse,
}
