namespace Pcm.Testing;

/// <summary>A <see cref="VirtualClock"/> gave up: what it runs waits for something that no work and no timer will bring about, or never stops making work.</summary>
/// <param name="message">What it was that stood still.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class VirtualClockStalledException(string message) : InvalidOperationException(message);
