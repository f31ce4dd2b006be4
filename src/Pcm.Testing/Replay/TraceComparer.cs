using System.Globalization;
using System.Text.Json;

namespace Pcm.Testing.Replay;

/// <summary>Compares the answers of one sequence with what the kernel answered.</summary>
internal sealed class TraceComparer(TraceSequence sequence, TraceComparison comparison)
{
    private static readonly HashSet<string> s_frameFields = ["appl_ptr", "hw_ptr", "delay", "avail", "avail_max"];

    /// <summary>Fields that name the machine the trace was recorded on.</summary>
    private static readonly HashSet<string> s_machineFields = ["card", "id"];

    private readonly List<TraceMismatch> _mismatches = [];

    public IReadOnlyList<TraceMismatch> Mismatches => _mismatches;

    public int TimedSteps { get; private set; }

    public int TimedStepsInTolerance { get; private set; }

    /// <summary>Transfers of one frame by one side and of none by the other, where that depends on time.</summary>
    public int Tolerated { get; private set; }

    public void Threw(TraceStep step, Exception e) => Report(step, TraceMismatchKind.Exception, "result", step.Result.ToString(CultureInfo.InvariantCulture), e.ToString());

    public void Compare(TraceStep step, TraceAnswer answer, TraceMachine machine)
    {
        TraceHandle handle = machine.Handle(step.Handle);
        PcmPointers? pointers = handle.File?.Pointers;
        Check(step, TraceMismatchKind.State, "state", Name(step.State), Name(pointers?.State));
        bool timed = UpdateRan(step, handle) || step.IsTimed;
        if (timed && IsOneFrameOrNone(step.Result, answer.Result))
        {
            Tolerated++;
        }
        else
        {
            Check(step, TraceMismatchKind.Result, "ret", step.Result, answer.Result);
        }

        int before = _mismatches.Count;
        if (comparison >= TraceComparison.Full)
        {
            CheckPosition(step, "hw_ptr", step.HardwareFrame, pointers?.HardwarePosition, timed);
            CheckPosition(step, "appl_ptr", step.ApplicationFrame, pointers?.ApplicationPosition, timed);
            if (!timed)
            {
                Check(step, TraceMismatchKind.Position, "suspended_state", Name(step.SuspendedState), step.SuspendedState is null ? Name(null) : Name(pointers?.SuspendedState));
            }

            CheckOutput(step, answer, timed);
        }

        CheckOthers(step, machine);
        if (timed)
        {
            TimedSteps++;
            TimedStepsInTolerance += comparison == TraceComparison.Timed && _mismatches.Count == before ? 1 : 0;
        }
    }

    /// <summary>Whether the stream ran since its last prepare, by the trace's own words.</summary>
    private static bool UpdateRan(TraceStep step, TraceHandle handle)
    {
        bool couldRunInside = handle.LastState == PcmState.Prepared && (step.Operation == "drain" || step.BlockedMicroseconds > 0);
        bool discarded = step.Operation == "reset" && step.Result == 0 && step.State is not (PcmState.Running or PcmState.XRun);
        handle.Ran = step.State is PcmState.Running or PcmState.Draining
            || (!discarded && step.State != PcmState.Prepared && (handle.Ran || couldRunInside));
        handle.LastState = step.State;
        return handle.Ran;
    }

    private void CheckPosition(TraceStep step, string field, long? expected, long? actual, bool timed)
    {
        if (!timed)
        {
            Check(step, TraceMismatchKind.Position, field, expected, actual);
        }
        else if (comparison == TraceComparison.Timed && !IsNear(expected, actual))
        {
            Report(step, TraceMismatchKind.TimedPosition, field, Text(expected), Text(actual));
        }
    }

    private void CheckOutput(TraceStep step, TraceAnswer answer, bool timed)
    {
        if (answer.HwParams is { } hwParams)
        {
            PcmHwParams? expected = TraceHwParams.ReadAnswer(step);
            foreach (string difference in TraceHwParams.FindDifferences(expected ?? answer.HwParamsRequest!, hwParams))
            {
                Report(step, TraceMismatchKind.Output, "out", expected is null ? "unchanged" : "as recorded", difference);
            }
        }
        else if (step.Output is { ValueKind: JsonValueKind.Object } output)
        {
            bool tolerant = timed && answer.IsTimeDependent;
            if (!tolerant || comparison == TraceComparison.Timed)
            {
                CheckFields(step, answer, output, tolerant);
            }
        }
    }

    private void CheckFields(TraceStep step, TraceAnswer answer, JsonElement output, bool tolerant)
    {
        foreach (JsonProperty field in output.EnumerateObject())
        {
            string expected = field.Value.ToString();
            string actual = answer.Find(field.Name) ?? "nothing";
            bool equal = expected == actual || s_machineFields.Contains(field.Name)
                || (tolerant && s_frameFields.Contains(field.Name) && long.TryParse(expected, CultureInfo.InvariantCulture, out long e)
                    && long.TryParse(actual, CultureInfo.InvariantCulture, out long a) && IsNear(e, a));
            if (!equal)
            {
                Report(step, tolerant ? TraceMismatchKind.TimedOutput : TraceMismatchKind.Output, field.Name, expected, actual);
            }
        }
    }

    /// <summary>The other open handles.</summary>
    private void CheckOthers(TraceStep step, TraceMachine machine)
    {
        if (step.Others is not { ValueKind: JsonValueKind.Object } others)
        {
            return;
        }

        foreach (JsonProperty other in others.EnumerateObject())
        {
            TraceHandle handle = machine.Handle(int.Parse(other.Name, CultureInfo.InvariantCulture));
            PcmPointers? pointers = handle.File?.Pointers;
            string? expected = other.Value.GetProperty("state").GetString();
            Check(step, TraceMismatchKind.State, $"state of handle {other.Name}", expected ?? Name(null), Name(pointers?.State));
            handle.LastState = pointers?.State;
            handle.Ran = expected is "RUNNING" or "DRAINING" || (expected != "PREPARED" && handle.Ran);
            bool timed = handle.Ran || other.Value.TryGetProperty("timed", out _);
            if (comparison >= TraceComparison.Full)
            {
                CheckPosition(step, $"hw_ptr of handle {other.Name}", TraceJson.FindInt64(step.Location, other.Value, "hw_ptr"), pointers?.HardwarePosition, timed);
                CheckPosition(step, $"appl_ptr of handle {other.Name}", TraceJson.FindInt64(step.Location, other.Value, "appl_ptr"), pointers?.ApplicationPosition, timed);
            }
        }
    }

    private void Check<T>(TraceStep step, TraceMismatchKind kind, string field, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            Report(step, kind, field, Text(expected), Text(actual));
        }
    }

    private void Report(TraceStep step, TraceMismatchKind kind, string field, string expected, string actual)
    {
        string arguments = string.Concat(step.Arguments.Names.Select(n => $" {n}={step.Arguments.GetText(n)}"));
        _mismatches.Add(new TraceMismatch(sequence.Id, step.Location, step.Operation + arguments, kind, field, expected, actual));
    }

    /// <summary>On a running stream that is full or empty, one frame of time decides whether a transfer takes one frame or says EAGAIN.</summary>
    private static bool IsOneFrameOrNone(long expected, long actual) =>
        (expected, actual) is (1, (long)PcmError.Again) or ((long)PcmError.Again, 1);

    private static bool IsNear(long? expected, long? actual) => expected is null ? actual is null : actual is { } a && Math.Abs(expected.Value - a) <= 1;

    private static string Name(PcmState? state) => state?.ToString().ToUpperInvariant() ?? "none";

    private static string Text<T>(T value) => value is null ? "nothing" : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
