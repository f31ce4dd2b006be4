namespace Pcm.Testing.Conformance;

/// <summary>How the laws are tried.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record PcmConformanceOptions
{
    /// <summary>Only this direction; null: every direction that the card has.</summary>
    public PcmDirection? Direction { get; init; }

    /// <summary>What the random sequences are drawn from; the same seed gives the same sequences.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Random sequences tried for the laws that are watched all the time, per direction; not negative.</summary>
    public int Sequences { get; init; } = 24;

    /// <summary>How often a broken sequence may be tried again to make it shorter; 0 leaves it as it was.</summary>
    public int ShrinkLimit { get; init; } = 400;

    /// <summary>Hears each verdict as it falls; null: nobody.</summary>
    public Action<PcmVerdict>? OnVerdict { get; init; }
}
