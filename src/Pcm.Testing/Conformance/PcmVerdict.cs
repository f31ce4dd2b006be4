using System.Text;

namespace Pcm.Testing.Conformance;

/// <summary>What became of one law on one backend.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record PcmVerdict
{
    /// <summary>The law.</summary>
    public required PcmLaw Law { get; init; }

    /// <summary>Kept, broken, or not tried.</summary>
    public required PcmLawOutcome Outcome { get; init; }

    /// <summary>What was seen: of a broken law what was wrong, of a skipped one why, of a kept one in which directions.</summary>
    public required string Evidence { get; init; }

    /// <summary>The verbs of the application that led to the break, as few as were found; empty unless broken.</summary>
    public IReadOnlyList<string> Sequence { get; init; } = [];

    /// <summary>Verbs, ops and signals of that sequence in order, each with its time; empty unless broken.</summary>
    public IReadOnlyList<string> Trace { get; init; } = [];

    /// <summary>The law and the evidence; of a broken law the sequence and the trace too, in lines of their own.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        text.Append(Law.Name).Append(": ").Append(Evidence);
        if (Outcome == PcmLawOutcome.Failed)
        {
            text.Append("\n  law: ").Append(Law.Statement).Append(" (").Append(Law.Source).Append(')');
            text.Append("\n  sequence: ").AppendJoin("; ", Sequence);
            text.Append("\n  trace:");
            foreach (string line in Trace)
            {
                text.Append("\n    ").Append(line);
            }
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Law.Name}: {Outcome}";
}
