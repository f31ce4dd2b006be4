namespace Pcm.Testing.Replay;

/// <summary>How the replay of one sequence went.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record TraceSequenceResult
{
    /// <summary>The sequence.</summary>
    public required string Id { get; init; }

    /// <summary>The sequence's card.</summary>
    public required string Card { get; init; }

    /// <summary>Why it was not replayed; null when it was.</summary>
    public string? SkipReason { get; init; }

    /// <summary>Steps replayed.</summary>
    public int Steps { get; init; }

    /// <summary>Of those, steps whose positions depend on time.</summary>
    public int TimedSteps { get; init; }

    /// <summary>Of those, steps whose positions were within one frame; counted at level <see cref="TraceComparison.Timed"/>.</summary>
    public int TimedStepsInTolerance { get; init; }

    /// <summary>Steps on which one side transferred one frame and the other EAGAIN, because one frame of time decides: counted, no mismatch.</summary>
    public int Tolerated { get; init; }

    /// <summary>The known deviation that ended the replay of the sequence; null when none did.</summary>
    public TraceDeviationFound? Deviation { get; init; }

    /// <summary>Every difference, in order; none where <see cref="Deviation"/> ended the replay.</summary>
    public IReadOnlyList<TraceMismatch> Mismatches { get; init; } = [];
}
