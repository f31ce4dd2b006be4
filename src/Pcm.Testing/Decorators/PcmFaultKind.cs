namespace Pcm.Testing;

/// <summary>What goes wrong.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmFaultKind
{
    /// <summary>The op answers an errno.</summary>
    Error,

    /// <summary>The op takes longer.</summary>
    Delay,

    /// <summary>The position stays where it is.</summary>
    Stuck,

    /// <summary>The position is so many frames off, modulo the ring; negative: behind.</summary>
    Offset,

    /// <summary>The position is the size of the ring, which no position is.</summary>
    OutOfRange,

    /// <summary>The position, or a period interrupt, is an xrun.</summary>
    XRun,

    /// <summary>A period interrupt does not reach the core.</summary>
    Lost,

    /// <summary>After a period interrupt another one comes, half a period too early.</summary>
    Early,

    /// <summary>With a period interrupt the device is gone.</summary>
    Disconnect,

    /// <summary>With a period interrupt the clock jumps forward.</summary>
    Jump,

    /// <summary>The clock is too fast, or too slow when negative, by parts per million.</summary>
    Drift,
}
