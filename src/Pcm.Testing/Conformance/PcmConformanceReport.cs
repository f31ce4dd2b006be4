namespace Pcm.Testing.Conformance;

/// <summary>What became of every law on one backend.</summary>
/// <param name="Target">The backend's name.</param>
/// <param name="Verdicts">One per law, in the order of <see cref="PcmConformance.Laws"/>.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record PcmConformanceReport(string Target, IReadOnlyList<PcmVerdict> Verdicts)
{
    /// <summary>Laws kept.</summary>
    public int Passed => Count(PcmLawOutcome.Passed);

    /// <summary>Laws broken.</summary>
    public int Failed => Count(PcmLawOutcome.Failed);

    /// <summary>Laws not tried.</summary>
    public int Skipped => Count(PcmLawOutcome.Skipped);

    /// <summary><c>N passed, N failed, N skipped</c>.</summary>
    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    private int Count(PcmLawOutcome outcome) => Verdicts.Count(v => v.Outcome == outcome);
}
