namespace Pcm;

/// <summary>A clock whose divider is chosen: values <paramref name="Numerator"/> / den with den in [DenominatorMin, DenominatorMax] by steps.</summary>
/// <param name="Numerator">The clock, such as 6000000.</param>
/// <param name="DenominatorMin">Least divider, at least 1.</param>
/// <param name="DenominatorMax">Greatest divider.</param>
/// <param name="DenominatorStep">Distance of dividers, at least 1.</param>
/// <remarks>Thread safety: immutable.</remarks>
public readonly record struct PcmRatNum(uint Numerator, uint DenominatorMin, uint DenominatorMax, uint DenominatorStep);
