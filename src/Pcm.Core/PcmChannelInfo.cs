namespace Pcm;

/// <summary>Where a channel lies in the ring.</summary>
/// <param name="Offset">Offset of the mapping in bytes; -1 when the ring cannot be mapped.</param>
/// <param name="FirstBit">The channel's first sample, bits from the start.</param>
/// <param name="StepBits">Distance of its samples, bits.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct PcmChannelInfo(long Offset, long FirstBit, int StepBits);
