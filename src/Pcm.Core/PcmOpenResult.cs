namespace Pcm;

/// <summary>What an open answered.</summary>
/// <param name="Error">Success, or why not.</param>
/// <param name="Substream">The open substream on success, else null.</param>
/// <remarks>Thread safety: immutable.</remarks>
public readonly record struct PcmOpenResult(PcmError Error, PcmSubstream? Substream)
{
    /// <summary>The substream, or an exception.</summary>
    /// <exception cref="PcmException">The open failed.</exception>
    public PcmSubstream GetOrThrow()
    {
        Error.ThrowIfError("open");
        return Substream!;
    }
}
