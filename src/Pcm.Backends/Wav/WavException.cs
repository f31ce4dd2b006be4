namespace Pcm.Backends;

/// <summary>
/// A WAV file that cannot be read: the message names what is wrong, the byte offset, and what would be right.
/// </summary>
/// <remarks>An I/O failure of the stream itself stays the stream's own exception. Thread safety: immutable.</remarks>
public sealed class WavException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="offset">Where, in bytes from the first byte of the file.</param>
    /// <param name="problem">What was found.</param>
    /// <param name="expected">What would have been right.</param>
    public WavException(long offset, string problem, string expected)
        : base($"WAV, byte {offset}: {problem}; expected {expected}") => Offset = offset;

    /// <summary>Where the problem is, in bytes from the first byte of the file.</summary>
    public long Offset { get; }
}
