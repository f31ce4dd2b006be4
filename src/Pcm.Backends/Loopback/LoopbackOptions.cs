namespace Pcm.Backends.Loopback;

/// <summary>Settings of a loopback card.</summary>
/// <remarks>Thread safety: set before the card is made; not changed afterwards.</remarks>
public sealed class LoopbackOptions
{
    /// <summary>Substreams of each direction on each of the two devices, 1 .. 128; default 8, as Linux's snd-aloop.</summary>
    public int Substreams { get; set; } = 8;

    /// <summary>
    /// How fine the clock is that moves the cables (the kernel's HZ), 1 .. 1,000,000 ticks a second; default 1000. Positions move by whole ticks.
    /// </summary>
    public int TicksPerSecond { get; set; } = 1000;

    /// <summary>Checks the ranges.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Validate() =>
        Substreams is < 1 or > 128 ? $"{nameof(Substreams)} is {Substreams}; it must be 1 .. 128."
        : TicksPerSecond is < 1 or > 1_000_000 ? $"{nameof(TicksPerSecond)} is {TicksPerSecond}; it must be 1 .. 1000000."
        : null;
}
