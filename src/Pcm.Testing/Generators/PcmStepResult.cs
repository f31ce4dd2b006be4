namespace Pcm.Testing;

/// <summary>What a step answered.</summary>
/// <param name="Error">The errno.</param>
/// <param name="Count">Frames transferred or moved, or the delay; else 0.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct PcmStepResult(PcmError Error, long Count);
