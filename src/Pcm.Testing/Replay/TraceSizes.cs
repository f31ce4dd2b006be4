namespace Pcm.Testing.Replay;

/// <summary>What <c>boundary</c>, <c>buffer</c> and <c>period</c> stand for in a trace's arguments: the stream's configuration at that step.</summary>
/// <param name="Boundary">Where the pointers wrap, in frames.</param>
/// <param name="BufferFrames">Frames in the buffer.</param>
/// <param name="PeriodFrames">Frames in a period.</param>
/// <remarks>Thread safety: immutable.</remarks>
public readonly record struct TraceSizes(long Boundary, long BufferFrames, long PeriodFrames);
