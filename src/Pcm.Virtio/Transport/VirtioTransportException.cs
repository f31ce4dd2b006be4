namespace Pcm.Virtio;

/// <summary>A device cannot be reached, or cannot be brought into service.</summary>
/// <remarks>Thread safety: as exceptions are.</remarks>
public sealed class VirtioTransportException : IOException
{
    /// <summary>Describes a failure.</summary>
    /// <param name="error">What the core answers for it.</param>
    /// <param name="message">What happened, in a sentence.</param>
    /// <param name="innerException">The cause, when there is one.</param>
    public VirtioTransportException(PcmError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>
    /// <see cref="PcmError.NoDevice"/>: unplugged. <see cref="PcmError.TimedOut"/>: no answer. <see cref="PcmError.NotSupported"/>: no common
    /// ground. <see cref="PcmError.IO"/>: anything else.
    /// </summary>
    public PcmError Error { get; }
}
