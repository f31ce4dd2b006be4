namespace Pcm.Testing.Replay;

/// <summary>One stream handle of a sequence: the file, and what the recorder remembered about it.</summary>
internal sealed class TraceHandle
{
    /// <summary>The open file; null when closed.</summary>
    public KernelFile? File { get; set; }

    /// <summary>The software parameters of the last successful hw_params or sw_params: what is not named keeps its value.</summary>
    public PcmSwParams SwParams { get; set; }

    /// <summary>What the symbols in arguments stand for: the last successful hw_params.</summary>
    public TraceSizes Sizes { get; set; }

    /// <summary>
    /// The stream ran since the last prepare, so its positions depend on time. The trace's own marks are not complete:
    /// hw_params clears them though the positions stay, and a run inside one step never sets them.
    /// </summary>
    public bool Ran { get; set; }

    /// <summary>The state the trace had after the last step.</summary>
    public PcmState? LastState { get; set; }
}
