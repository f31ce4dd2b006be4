namespace Pcm.Cli.Commands;

/// <summary>What the device's clock is.</summary>
internal enum ClockKind
{
    /// <summary>The system's.</summary>
    Real,

    /// <summary>One that jumps to the next event: as fast as the data goes, the same every time.</summary>
    Virtual,
}
