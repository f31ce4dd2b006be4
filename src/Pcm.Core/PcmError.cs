namespace Pcm;

/// <summary>
/// The result of an operation below the exception seam: zero, or a negative errno with Linux's number.
/// Positive values do not occur, except that a backend that returns one gets the kernel's treatment of it.
/// </summary>
/// <remarks>
/// Which state answers what is the kernel's table; docs/ERRORS.md says who returns each and how to recover.
/// Thread safety: an enum.
/// </remarks>
public enum PcmError
{
    /// <summary>Success.</summary>
    None = 0,

    /// <summary>-EPERM: the element may not be read, or written, or commanded.</summary>
    NotPermitted = -1,

    /// <summary>-ENOENT: no such device node (opening a card that is gone).</summary>
    NoEntry = -2,

    /// <summary>-EINTR: the wait was interrupted.</summary>
    Interrupted = -4,

    /// <summary>-EIO: no progress within the time-out, or the hardware failed.</summary>
    IO = -5,

    /// <summary>-ENXIO: the substream is not open, or has no such facility.</summary>
    NotOpen = -6,

    /// <summary>-EAGAIN: nothing can be done without waiting, and the call does not wait.</summary>
    Again = -11,

    /// <summary>-ENOMEM: no memory for the buffer.</summary>
    NoMemory = -12,

    /// <summary>-EBUSY: running, or another configuration or transfer is under way.</summary>
    Busy = -16,

    /// <summary>-ENODEV: the card is gone, or has no such stream.</summary>
    NoDevice = -19,

    /// <summary>-EINVAL: a parameter the hardware or the protocol cannot have.</summary>
    InvalidArgument = -22,

    /// <summary>-ENOTTY: an operation that does not exist.</summary>
    UnknownOperation = -25,

    /// <summary>-EPIPE: an underrun or overrun happened; prepare recovers.</summary>
    XRun = -32,

    /// <summary>-ENOSYS: the hardware cannot do this (pause, resume).</summary>
    NotImplemented = -38,

    /// <summary>-EBADFD: not possible in the present state.</summary>
    BadState = -77,

    /// <summary>-ESTRPIPE: suspended; resume or prepare recovers.</summary>
    Suspended = -86,

    /// <summary>-EOPNOTSUPP: the device understood the request and does not support it.</summary>
    NotSupported = -95,

    /// <summary>-ETIMEDOUT: the device did not answer in time.</summary>
    TimedOut = -110,

    /// <summary>-EALREADY: already linked, or not linked.</summary>
    Already = -114,
}
