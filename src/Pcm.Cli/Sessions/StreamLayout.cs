namespace Pcm.Cli.Sessions;

/// <summary>How the ring shall be laid out and driven; null leaves the choice to <see cref="StreamSetup"/>.</summary>
internal sealed record StreamLayout(int? PeriodFrames = null, int? Periods = null, int? StartThreshold = null, TimeSpan? Timeout = null)
{
    /// <summary>An empty ring stops nothing: the device waits for more.</summary>
    public bool NeverXRuns { get; init; }
}
