using Pcm.Testing.Replay;

namespace Pcm.Cli.Devices;

/// <summary>
/// Where this project's virtio driver answers better than Linux's, as the traces of card virtio show it; docs/KERNEL-CONFORMANCE.md says why.
/// Each looks at the history that Linux's defect needs, so that an answer that is merely wrong is none of them.
/// </summary>
internal static class VirtioDeviations
{
    private const long BadState = (long)PcmError.BadState, XRun = (long)PcmError.XRun;

    private static readonly string[] s_writes = ["writei", "writen", "readi", "readn", "write", "forward", "sync_ptr"];

    /// <summary>Every deviation, the more particular first.</summary>
    public static IReadOnlyList<TraceDeviation> All { get; } =
    [
        Of("rewind", static (sequence, step, differences) =>
            sequence.Steps[step].Operation == "rewind" && Answers(differences, "ret") is ("0", var frames) && long.Parse(frames) > 0),
        Of("reset with queued data", static (sequence, step, differences) =>
            Expects(differences, sequence.Steps[step], PcmState.XRun) && WasReset(sequence, step)),
        Of("prepare or hw_params with queued data", static (sequence, step, differences) =>
            sequence.Steps[step] is { Operation: "prepare" or "hw_params", Result: BadState } && Answers(differences, "ret") is (_, "0")
            && (HasQueuedData(sequence, step) || WasSuspended(sequence, step))),
        Of("partial last period", static (sequence, step, differences) =>
            HasPartialPeriod(sequence, step) && (Answers(differences, "ret") is ("-5", "0") || Answers(differences, "state") is ("DRAINING", "SETUP"))),
        Of("free run", static (sequence, step, differences) =>
            IsFreeRunning(sequence, step) && (Answers(differences, "state") is ("DRAINING", "SETUP")
                || sequence.Steps[step] is { State: PcmState.Running, Operation: "poll" or "forward" })), // which count what ran on meanwhile
    ];

    private static TraceDeviation Of(string name, Func<TraceSequence, int, IReadOnlyList<TraceMismatch>, bool> applies) =>
        new(name, (sequence, step, differences) => sequence.Card == ReplayCards.Virtio && applies(sequence, step, differences));

    private static (string Expected, string Actual)? Answers(IReadOnlyList<TraceMismatch> differences, string field) =>
        differences.FirstOrDefault(d => d.Field == field) is { } found ? (found.Expected, found.Actual) : null;

    /// <summary>Linux reached a state, or an error that tells of it, and this driver did not.</summary>
    private static bool Expects(IReadOnlyList<TraceMismatch> differences, TraceStep step, PcmState state) =>
        step.State == state && differences.Any(static d => d.Field == "state") && (step.Result >= 0 || step.Result == XRun);

    /// <summary>Since its last prepare the stream was reset, and had data before.</summary>
    private static bool WasReset(TraceSequence sequence, int step)
    {
        int reset = LastIndex(sequence, step, static s => s is { Operation: "reset", Result: 0 });
        return reset > LastPrepare(sequence, step) && Since(sequence, LastPrepare(sequence, reset), reset).Any(static s => s.ApplicationFrame > 0);
    }

    /// <summary>Something was written since the last prepare: Linux's driver prepares only a queue that is empty.</summary>
    private static bool HasQueuedData(TraceSequence sequence, int step) =>
        Since(sequence, LastPrepare(sequence, step), step).Any(static s => s_writes.Contains(s.Operation) && s.ApplicationFrame > 0);

    private static bool WasSuspended(TraceSequence sequence, int step) => LastIndex(sequence, step, static s => s.Operation == "suspend") >= 0;

    /// <summary>What was written since the last prepare is no whole number of periods.</summary>
    private static bool HasPartialPeriod(TraceSequence sequence, int step)
    {
        long period = Period(sequence, step);
        return period > 0 && Since(sequence, LastPrepare(sequence, step), step + 1)
            .Any(s => s_writes.Contains(s.Operation) && s.ApplicationFrame is { } written && written % period != 0);
    }

    private static bool IsFreeRunning(TraceSequence sequence, int step)
    {
        int set = LastIndex(sequence, step, static s => s is { Operation: "sw_params", Result: 0 } && s.Arguments.GetText("stop_threshold") is not null);
        int configured = LastIndex(sequence, step, static s => s is { Operation: "hw_params", Result: 0 });
        return set > configured && sequence.Steps[set].Arguments.GetText("stop_threshold")!.StartsWith("boundary", StringComparison.Ordinal);
    }

    private static long Period(TraceSequence sequence, int step)
    {
        int configured = LastIndex(sequence, step, static s => s is { Operation: "hw_params", Result: 0 });
        return configured >= 0 && long.TryParse(sequence.Steps[configured].Arguments.GetText("period_size"), out long frames)
            ? frames
            : sequence.Configuration.GetValueOrDefault("period_size");
    }

    private static int LastPrepare(TraceSequence sequence, int step) => Math.Max(0, LastIndex(sequence, step, static s => s is { Operation: "prepare", Result: 0 }));

    private static IEnumerable<TraceStep> Since(TraceSequence sequence, int from, int to) => sequence.Steps.Take(to).Skip(from);

    private static int LastIndex(TraceSequence sequence, int before, Func<TraceStep, bool> matches)
    {
        int index = before - 1;
        while (index >= 0 && !matches(sequence.Steps[index]))
        {
            index--;
        }

        return index;
    }
}
