namespace Pcm.Cli.Sessions;

/// <summary>What a session did.</summary>
internal sealed record StreamReport
{
    /// <summary>What was negotiated.</summary>
    public required StreamFormat Format { get; init; }

    /// <summary>Frames of a period.</summary>
    public required int PeriodFrames { get; init; }

    /// <summary>Frames of the ring.</summary>
    public required int BufferFrames { get; init; }

    /// <summary>Frames that were handed over.</summary>
    public required long Frames { get; init; }

    /// <summary>Underruns or overruns that were recovered from.</summary>
    public required int XRuns { get; init; }

    /// <summary>The largest delay seen, frames.</summary>
    public required long MaxDelayFrames { get; init; }

    /// <summary>The state at the end, before close.</summary>
    public required PcmState State { get; init; }

    /// <summary>Something that the user should know; null for nothing.</summary>
    public string? Note { get; init; }
}
