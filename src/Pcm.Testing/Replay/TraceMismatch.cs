namespace Pcm.Testing.Replay;

/// <summary>One difference between a replay and its trace.</summary>
/// <param name="SequenceId">The sequence.</param>
/// <param name="Location">Where the step stands in the file.</param>
/// <param name="Operation">The operation with its arguments.</param>
/// <param name="Kind">What differs.</param>
/// <param name="Field">Which value.</param>
/// <param name="Expected">What the kernel answered.</param>
/// <param name="Actual">What was answered here.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record TraceMismatch(
    string SequenceId, TraceLocation Location, string Operation, TraceMismatchKind Kind, string Field, string Expected, string Actual)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() => $"{SequenceId} ({Location}) {Operation}: {Field} expected {Expected} got {Actual}";
}
