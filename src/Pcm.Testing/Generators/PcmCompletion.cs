namespace Pcm.Testing;

/// <summary>The hardware got on: after a time, by so many frames, with or without an interrupt.</summary>
/// <param name="After">Since the completion before.</param>
/// <param name="Frames">How far it got; 0: an interrupt for nothing.</param>
/// <param name="Interrupts">Whether it says so.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct PcmCompletion(TimeSpan After, int Frames, bool Interrupts = true)
{
    /// <summary>Simpler completions that may fail in the same way: on time, in whole, with their interrupt. For <see cref="PcmShrinker"/>.</summary>
    /// <param name="periodFrames">Frames of a period.</param>
    /// <param name="period">How long it lasts.</param>
    public IEnumerable<PcmCompletion> Simplify(int periodFrames, TimeSpan period)
    {
        if (this != new PcmCompletion(period, periodFrames))
        {
            yield return new PcmCompletion(period, periodFrames);
        }
    }
}
