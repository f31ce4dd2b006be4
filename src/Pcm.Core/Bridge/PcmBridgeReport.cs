namespace Pcm;

/// <summary>What a <see cref="PcmBridge"/> has done so far.</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct PcmBridgeReport
{
    /// <summary>Frames handed to the playback.</summary>
    public long Frames { get; init; }

    /// <summary>Overruns of the capture that were recovered from: its clock is the faster one, or the bridge came late.</summary>
    public int SourceXRuns { get; init; }

    /// <summary>Underruns of the playback that were recovered from: its clock is the faster one, or the bridge came late.</summary>
    public int SinkXRuns { get; init; }

    /// <summary>Captured frames that an overrun cost.</summary>
    public long LostFrames { get; init; }

    /// <summary>
    /// How much faster the capture's clock runs than the playback's, parts in a million; null while there are too few observations. It is the slope of the
    /// difference of the two hardware positions over the longest stretch without an xrun. A source that waits for its reader, a file, has no drift.
    /// </summary>
    public double? DriftPpm { get; init; }

    /// <summary>Frames between capture and ear now: both delays.</summary>
    public long DelayFrames { get; init; }
}
