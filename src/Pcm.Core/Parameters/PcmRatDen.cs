namespace Pcm;

/// <summary>A fixed divider of a clock that is chosen: values num / <paramref name="Denominator"/> with num in [NumeratorMin, NumeratorMax] by steps.</summary>
/// <param name="NumeratorMin">Least numerator.</param>
/// <param name="NumeratorMax">Greatest numerator.</param>
/// <param name="NumeratorStep">Distance of numerators, at least 1.</param>
/// <param name="Denominator">The divider, at least 1.</param>
/// <remarks>Thread safety: immutable.</remarks>
public readonly record struct PcmRatDen(uint NumeratorMin, uint NumeratorMax, uint NumeratorStep, uint Denominator);
