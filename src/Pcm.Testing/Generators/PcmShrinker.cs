namespace Pcm.Testing;

/// <summary>Makes a failing sequence shorter and simpler while it still fails.</summary>
/// <remarks>Thread safety: static and stateless.</remarks>
public static class PcmShrinker
{
    /// <summary>
    /// Removes pieces, from half the sequence down to single items, then simplifies what is left, until nothing helps or the tries are used up.
    /// </summary>
    /// <typeparam name="T">An item of the sequence.</typeparam>
    /// <param name="failing">A sequence that fails.</param>
    /// <param name="stillFails">Tries a sequence anew; true when it fails in the same way.</param>
    /// <param name="simplify">Simpler items to try in place of one, the simplest first; null: none.</param>
    /// <param name="limit">How often <paramref name="stillFails"/> may be asked; not negative.</param>
    /// <returns>A sequence that fails; <paramref name="failing"/> itself when nothing shorter does.</returns>
    public static IReadOnlyList<T> Shrink<T>(
        IReadOnlyList<T> failing, Func<IReadOnlyList<T>, bool> stillFails, Func<T, IEnumerable<T>>? simplify = null, int limit = 1000)
    {
        ArgumentNullException.ThrowIfNull(failing);
        ArgumentNullException.ThrowIfNull(stillFails);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var tries = new Tries<T>(stillFails, limit);
        List<T> best = [.. failing];
        bool better = true;
        while (better && tries.Left > 0)
        {
            better = RemovePieces(ref best, tries) | (simplify is not null && SimplifyItems(ref best, tries, simplify));
        }

        return best;
    }

    private static bool RemovePieces<T>(ref List<T> best, Tries<T> tries)
    {
        bool any = false;
        for (int size = Math.Max(1, best.Count / 2); size > 0; size /= 2)
        {
            for (int at = best.Count - size; at >= 0; at = Math.Min(at - size, best.Count - size))
            {
                List<T> shorter = [.. best[..at], .. best[(at + size)..]];
                if (tries.Fails(shorter))
                {
                    best = shorter;
                    any = true;
                }
            }
        }

        return any;
    }

    private static bool SimplifyItems<T>(ref List<T> best, Tries<T> tries, Func<T, IEnumerable<T>> simplify)
    {
        bool any = false;
        for (int i = 0; i < best.Count; i++)
        {
            foreach (T simpler in simplify(best[i]))
            {
                List<T> changed = [.. best[..i], simpler, .. best[(i + 1)..]];
                if (tries.Fails(changed))
                {
                    best = changed;
                    any = true;
                    break;
                }
            }
        }

        return any;
    }

    private sealed class Tries<T>(Func<IReadOnlyList<T>, bool> stillFails, int limit)
    {
        public int Left { get; private set; } = limit;

        public bool Fails(IReadOnlyList<T> sequence) => Left-- > 0 && stillFails(sequence);
    }
}
