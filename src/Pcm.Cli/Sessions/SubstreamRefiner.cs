namespace Pcm.Cli.Sessions;

/// <summary>A substream as the search verbs of <see cref="PcmHwParams"/> want it.</summary>
internal sealed class SubstreamRefiner(PcmSubstream substream) : IPcmRefiner
{
    /// <inheritdoc/>
    public PcmError Refine(PcmHwParams hwParams) => substream.HwRefine(hwParams);
}
