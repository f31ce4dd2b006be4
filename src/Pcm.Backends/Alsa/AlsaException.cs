namespace Pcm.Backends.Alsa;

/// <summary>libasound could not do what opening a PCM takes; the message has its own words.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class AlsaException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, with libasound's text.</param>
    /// <param name="error">The errno; <see cref="PcmError.NoEntry"/> when there is no libasound.</param>
    public AlsaException(string message, PcmError error)
        : base(message) => Error = error;

    /// <summary>The errno that libasound gave.</summary>
    public PcmError Error { get; }

    internal static AlsaException NoMemory() => new("libasound has no memory.", PcmError.NoMemory);
}
