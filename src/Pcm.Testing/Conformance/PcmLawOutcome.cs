namespace Pcm.Testing.Conformance;

/// <summary>How a law went.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmLawOutcome
{
    /// <summary>Kept, in every direction in which it could be tried.</summary>
    Passed,

    /// <summary>Broken.</summary>
    Failed,

    /// <summary>Not tried; <see cref="PcmVerdict.Evidence"/> says why.</summary>
    Skipped,
}
