namespace Pcm.Testing;

/// <summary>One step of a sequence.</summary>
/// <param name="Verb">What is done.</param>
/// <param name="Number">Frames, where the verb takes some; not negative.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct PcmStep(PcmVerb Verb, int Number = 0)
{
    /// <summary>Whether <see cref="Number"/> means anything.</summary>
    public bool HasNumber => Verb is PcmVerb.Transfer or PcmVerb.Rewind or PcmVerb.Forward or PcmVerb.StartThreshold or PcmVerb.Elapse;

    /// <summary>Simpler steps that may fail in the same way: smaller numbers, the smallest first. For <see cref="PcmShrinker"/>.</summary>
    public IEnumerable<PcmStep> Simplify()
    {
        if (!HasNumber)
        {
            yield break;
        }

        for (int number = 0; number < Number; number = number == 0 ? 1 : number * 2)
        {
            yield return this with { Number = number };
        }
    }

    /// <summary><c>Prepare</c>; <c>Transfer(64)</c>.</summary>
    public override string ToString() => HasNumber ? $"{Verb}({Number})" : Verb.ToString();
}
