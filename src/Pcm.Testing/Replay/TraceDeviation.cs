namespace Pcm.Testing.Replay;

/// <summary>
/// A known, deliberate difference from the machine that recorded the traces. Where it is the first difference of a sequence, the replay of the
/// sequence ends there: from then on the two streams are in different states, and their answers cannot be compared.
/// </summary>
/// <param name="Name">Its name, as in the documentation.</param>
/// <param name="Applies">
/// Whether the differences of a step are this deviation: the sequence, the index of the step, and the step's differences in order.
/// </param>
/// <remarks>Thread safety: immutable, if <paramref name="Applies"/> keeps no state.</remarks>
public sealed record TraceDeviation(string Name, Func<TraceSequence, int, IReadOnlyList<TraceMismatch>, bool> Applies);
