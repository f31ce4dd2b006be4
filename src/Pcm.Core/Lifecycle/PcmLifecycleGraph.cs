using System.Text;

namespace Pcm;

/// <summary>The lifecycle for readers: diagrams and a table made from the very state machine that runs every substream.</summary>
/// <remarks>The two directions differ: capture may be prepared while it drains. Thread safety: static; every call makes its own text.</remarks>
public static class PcmLifecycleGraph
{
    private const string Refused = "-";

    /// <summary>The machine as a Mermaid state diagram.</summary>
    /// <param name="direction">Which machine.</param>
    public static string ToMermaid(PcmDirection direction) => PcmLifecycle.Graph(direction, dot: false);

    /// <summary>The machine as a Graphviz digraph.</summary>
    /// <param name="direction">Which machine.</param>
    public static string ToDot(PcmDirection direction) => PcmLifecycle.Graph(direction, dot: true);

    /// <summary>Where a trigger leads.</summary>
    /// <param name="direction">Which machine.</param>
    /// <param name="state">From where.</param>
    /// <param name="trigger">By what.</param>
    /// <param name="destination">The state it leads to; meaningless when <paramref name="isDynamic"/>, or when the answer is false.</param>
    /// <param name="isDynamic">It leads to the state before the last suspend.</param>
    /// <returns>False when the machine has no such transition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such state or trigger.</exception>
    public static bool TryGetDestination(PcmDirection direction, PcmState state, PcmTrigger trigger, out PcmState destination, out bool isDynamic)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)state, (uint)PcmLifecycle.StateCount, nameof(state));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)trigger, (uint)PcmLifecycle.TriggerCount, nameof(trigger));
        byte code = PcmLifecycle.Table(direction)[((int)state * PcmLifecycle.TriggerCount) + (int)trigger];
        isDynamic = code == PcmLifecycle.Dynamic;
        destination = code is PcmLifecycle.Refused or PcmLifecycle.Dynamic ? default : (PcmState)code;
        return code != PcmLifecycle.Refused;
    }

    /// <summary>Every state and every trigger as a Markdown table: where it leads, <c>-</c> where it is refused.</summary>
    /// <param name="direction">Which machine.</param>
    public static string ToTable(PcmDirection direction)
    {
        var text = new StringBuilder("| State |");
        for (int trigger = 0; trigger < PcmLifecycle.TriggerCount; trigger++)
        {
            text.Append(' ').Append((PcmTrigger)trigger).Append(" |");
        }

        text.Append("\n|---|").Insert(text.Length, "---|", PcmLifecycle.TriggerCount).Append('\n');
        for (int state = 0; state < PcmLifecycle.StateCount; state++)
        {
            text.Append("| ").Append((PcmState)state).Append(" |");
            for (int trigger = 0; trigger < PcmLifecycle.TriggerCount; trigger++)
            {
                bool permitted = TryGetDestination(direction, (PcmState)state, (PcmTrigger)trigger, out PcmState destination, out bool isDynamic);
                text.Append(' ').Append(!permitted ? Refused : isDynamic ? "before suspend" : destination.ToString()).Append(" |");
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
