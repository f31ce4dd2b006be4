namespace Pcm;

/// <summary>The one bridge from <see cref="PcmError"/> to exceptions and to text.</summary>
/// <remarks>Thread safety: static and stateless.</remarks>
public static class PcmErrorExtensions
{
    /// <summary>Throws a <see cref="PcmException"/> unless <paramref name="error"/> is <see cref="PcmError.None"/>.</summary>
    /// <param name="error">The result to check.</param>
    /// <param name="operation">What was being done, for the message.</param>
    /// <exception cref="PcmException">The result is an error.</exception>
    public static void ThrowIfError(this PcmError error, string operation)
    {
        if (error != PcmError.None)
        {
            throw new PcmException(error, operation);
        }
    }

    /// <summary>The errno's C name, such as <c>EPIPE</c>; the number when it has none here.</summary>
    public static string ErrnoName(this PcmError error) => error switch
    {
        PcmError.None => "0",
        PcmError.NotPermitted => "EPERM",
        PcmError.NoEntry => "ENOENT",
        PcmError.Interrupted => "EINTR",
        PcmError.IO => "EIO",
        PcmError.NotOpen => "ENXIO",
        PcmError.Again => "EAGAIN",
        PcmError.NoMemory => "ENOMEM",
        PcmError.Busy => "EBUSY",
        PcmError.NoDevice => "ENODEV",
        PcmError.InvalidArgument => "EINVAL",
        PcmError.UnknownOperation => "ENOTTY",
        PcmError.XRun => "EPIPE",
        PcmError.NotImplemented => "ENOSYS",
        PcmError.BadState => "EBADFD",
        PcmError.Suspended => "ESTRPIPE",
        PcmError.NotSupported => "EOPNOTSUPP",
        PcmError.TimedOut => "ETIMEDOUT",
        PcmError.Already => "EALREADY",
        _ => ((int)error).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>One line for a person: the errno's name and what it means for a PCM stream.</summary>
    public static string Describe(this PcmError error) => error switch
    {
        PcmError.None => "success",
        PcmError.NotPermitted => "EPERM: the element does not allow this",
        PcmError.NoEntry => "ENOENT: no such device",
        PcmError.Interrupted => "EINTR: the wait was interrupted",
        PcmError.IO => "EIO: no progress within the time-out, or the hardware failed",
        PcmError.NotOpen => "ENXIO: the substream is not open",
        PcmError.Again => "EAGAIN: it would have to wait",
        PcmError.NoMemory => "ENOMEM: no memory for the buffer",
        PcmError.Busy => "EBUSY: the stream is running or in use",
        PcmError.NoDevice => "ENODEV: the device is gone",
        PcmError.InvalidArgument => "EINVAL: the hardware cannot have these parameters",
        PcmError.UnknownOperation => "ENOTTY: no such operation",
        PcmError.XRun => "EPIPE: underrun or overrun; prepare recovers",
        PcmError.NotImplemented => "ENOSYS: the hardware cannot do this",
        PcmError.BadState => "EBADFD: not possible in the present state",
        PcmError.Suspended => "ESTRPIPE: suspended; resume or prepare recovers",
        PcmError.NotSupported => "EOPNOTSUPP: the device does not support this",
        PcmError.TimedOut => "ETIMEDOUT: the device did not answer in time",
        PcmError.Already => "EALREADY: already linked, or not linked",
        _ => $"errno {-(int)error}",
    };
}
