using System.Text;

namespace Pcm.Fuzz;

/// <summary>Runs the cases of a range of seeds, and makes findings small.</summary>
internal static class FuzzRunner
{
    /// <summary>Runs seeds until one fails.</summary>
    /// <param name="target">What to fuzz.</param>
    /// <param name="start">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="progress">Called every 65,536 cases with the number done; may be null.</param>
    /// <returns>The first seed that failed and how, or null.</returns>
    public static (ulong Seed, Exception Finding)? Run(FuzzTarget target, ulong start, long count, Action<long>? progress = null)
    {
        for (long i = 0; i < count; i++)
        {
            ulong seed = start + (ulong)i;
            if (TryCase(target, target.Generate(seed)) is { } finding)
            {
                return (seed, finding);
            }

            if ((i & 0xFFFF) == 0xFFFF)
            {
                progress?.Invoke(i + 1);
            }
        }

        return null;
    }

    /// <summary>Leaves out steps as long as the case still fails, on a fresh rig each time. Null when the seed does not fail on a fresh rig.</summary>
    public static (FuzzOp[] Steps, Exception Finding)? Minimise(FuzzTarget target, ulong seed)
    {
        FuzzOp[] steps = target.Generate(seed);
        target.Discard();
        if (TryCase(target, steps) is not { } finding)
        {
            return null;
        }

        for (int chunk = Math.Max(1, (steps.Length - 1) / 2); chunk > 0; chunk /= 2)
        {
            for (int at = 1; at < steps.Length;)
            {
                FuzzOp[] fewer = [.. steps[..at], .. steps[Math.Min(at + chunk, steps.Length)..]];
                if (TryCase(target, fewer) is { } still)
                {
                    (steps, finding) = (fewer, still);
                }
                else
                {
                    at += chunk;
                }
            }
        }

        return (steps, finding);
    }

    /// <summary>A finding as a person reads it.</summary>
    public static string Report(FuzzTarget target, ulong seed, ReadOnlySpan<FuzzOp> steps, Exception finding)
    {
        var text = new StringBuilder($"target {target.Name}, seed {seed}: {finding.GetType().Name}: {finding.Message}\n");
        foreach (FuzzOp step in steps)
        {
            text.Append("  ").Append(target.Describe(step)).Append($"  ({step.Kind}, 0x{step.A:x}, 0x{step.B:x}, 0x{step.C:x})\n");
        }

        return text.Append(finding.StackTrace).ToString();
    }

    private static Exception? TryCase(FuzzTarget target, FuzzOp[] steps)
    {
        try
        {
            target.Run(steps);
            return null;
        }
        catch (Exception e)
        {
            target.Discard();
            return e; // whatever it is, it is the finding
        }
    }
}
