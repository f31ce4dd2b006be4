namespace Pcm.Testing.Replay;

/// <summary>A known deviation in a sequence.</summary>
/// <param name="Name">Which.</param>
/// <param name="Difference">The first difference, at which the replay of the sequence ended.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record TraceDeviationFound(string Name, TraceMismatch Difference);
