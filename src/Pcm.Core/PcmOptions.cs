namespace Pcm;

/// <summary>Settings of the core. The defaults are the kernel's behaviour where an application can depend on it.</summary>
/// <remarks>Thread safety: set before the first substream is opened; not changed afterwards.</remarks>
public sealed class PcmOptions
{
    /// <summary>
    /// The kernel's HZ: how fine the clock is that tells a lost lap from an early interrupt and that times blocking waits. 1 .. 1,000,000; default 1000.
    /// </summary>
    public int TicksPerSecond { get; set; } = 1000;

    /// <summary>
    /// The largest pointer value (the kernel's LONG_MAX): the boundary is the largest power-of-two multiple of the buffer below it.
    /// Default <see cref="long.MaxValue"/>; a small value makes a test wrap soon.
    /// </summary>
    public long PointerLimit { get; set; } = long.MaxValue;

    /// <summary>
    /// After a pause, set the reference time of the lost-lap rule 1000 s into the past, as the kernel does. That makes an early interrupt right after the
    /// release add a bogus lap, and throws a stream without period wake-ups into an xrun. Default false: the reference is the time of the release.
    /// </summary>
    public bool KernelPauseReference { get; set; }

    /// <summary>Memory that the rings of one card may take in total, bytes; default 32 MiB (<c>max_alloc_per_card</c>). More is ENOMEM.</summary>
    public long MaxBufferBytesPerCard { get; set; } = 32 * 1024 * 1024;

    /// <summary>Checks the ranges.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Validate() =>
        TicksPerSecond is < 1 or > 1_000_000 ? $"{nameof(TicksPerSecond)} is {TicksPerSecond}; it must be 1 .. 1000000."
        : PointerLimit < 65536 ? $"{nameof(PointerLimit)} is {PointerLimit}; it must be at least 65536."
        : MaxBufferBytesPerCard < 1 ? $"{nameof(MaxBufferBytesPerCard)} is {MaxBufferBytesPerCard}; it must be positive."
        : null;
}
