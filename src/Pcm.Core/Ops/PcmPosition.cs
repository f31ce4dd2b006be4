namespace Pcm;

/// <summary>What <see cref="PcmOps.GetPointer"/> answers: a position in the ring, or "the hardware ran dry".</summary>
/// <param name="Frame">Frames from the start of the ring, <c>[0 .. BufferFrames)</c>. A value out of range is logged and taken as 0, as the kernel does.</param>
/// <param name="IsXRun">The hardware lost its position (the kernel's <c>SNDRV_PCM_POS_XRUN</c>); <paramref name="Frame"/> is ignored.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct PcmPosition(long Frame, bool IsXRun = false)
{
    /// <summary>The position of hardware that ran dry.</summary>
    public static PcmPosition XRun { get; } = new(0, IsXRun: true);
}
