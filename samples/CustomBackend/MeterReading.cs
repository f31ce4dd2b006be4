namespace Pcm.Samples.CustomBackend;

/// <summary>The level of one period.</summary>
/// <param name="Frames">Frames of sound in it: a whole period, or less at the end.</param>
/// <param name="Peak">The largest sample, as a part of full scale, 0 .. 1.</param>
/// <remarks>Thread safety: immutable.</remarks>
public readonly record struct MeterReading(int Frames, double Peak);
