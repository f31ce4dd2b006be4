namespace Pcm;

/// <summary>A value that need not be whole: exactly <paramref name="Value"/>, or somewhere between it and its neighbour.</summary>
/// <param name="Value">The whole number.</param>
/// <param name="Direction">0 exactly; +1 more than <paramref name="Value"/> but less than the next; -1 less, but more than the one before.</param>
/// <remarks>Thread safety: immutable.</remarks>
public readonly record struct PcmBound(uint Value, int Direction = 0)
{
    /// <summary>The bound on a scale where whole numbers are even, so that bounds can be compared and subtracted.</summary>
    internal long HalfSteps => (2L * Value) + Math.Sign(Direction);

    internal static PcmBound FromHalfSteps(long halfSteps) => (halfSteps & 1) == 0
        ? new PcmBound((uint)(halfSteps / 2))
        : new PcmBound((uint)((halfSteps - 1) / 2), 1);
}
