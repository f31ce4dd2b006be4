namespace Pcm;

/// <summary>A backend's own constraint between parameters, for <see cref="PcmConstraints.AddRule"/>.</summary>
/// <param name="Apply">
/// Narrows parameters (never widens) and returns 1 when <see cref="Variable"/> changed, 0 when not, a negative errno when nothing is left:
/// what <see cref="PcmHwParams.Refine(PcmHwParameter, in PcmInterval)"/> returns.
/// Context: inside every refinement; must not wait, allocate or throw, and two refinements may run it at a time.
/// </param>
/// <remarks>A rule that keeps answering 1 without narrowing makes refinement throw <see cref="InvalidOperationException"/>. Thread safety: immutable.</remarks>
public sealed record PcmRule(Func<PcmHwParams, int> Apply)
{
    /// <summary>The parameter the rule narrows; null when it narrows none that other rules look at.</summary>
    public PcmHwParameter? Variable { get; init; }

    /// <summary>The parameters whose change makes the rule run, one to four; may include <see cref="Variable"/>.</summary>
    public required IReadOnlyList<PcmHwParameter> Dependencies { get; init; }

    /// <summary>When not <see cref="PcmHwFlags.None"/>: the rule runs only if the application sets one of these flags.</summary>
    public PcmHwFlags Condition { get; init; }
}
