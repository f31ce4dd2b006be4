namespace Pcm.Testing.Replay;

/// <summary>
/// Replays kernel traces on virtual time and compares every answer. Each sequence gets a clock at zero and new cards;
/// an operation runs just before the time it was recorded at, and what blocks, blocks in virtual time.
/// </summary>
/// <remarks>Thread safety: one sequence at a time per replayer; several replayers may share a registry.</remarks>
public sealed class TraceReplayer
{
    /// <summary>How long before its recorded end an operation looks at the stream: about half of the 12 us that one takes.</summary>
    private const int LeadMicroseconds = 6;

    private readonly TraceCardRegistry _cards;
    private readonly TraceComparison _comparison;
    private readonly PcmOptions _options;
    private readonly IReadOnlyList<TraceDeviation> _deviations;

    /// <summary>A replayer.</summary>
    /// <param name="cards">The cards.</param>
    /// <param name="comparison">How closely to compare.</param>
    /// <param name="options">Settings of the core; null: those of the kernel that recorded the traces (HZ 250).</param>
    /// <param name="deviations">Known differences; null: none.</param>
    public TraceReplayer(
        TraceCardRegistry cards, TraceComparison comparison, PcmOptions? options = null, IReadOnlyList<TraceDeviation>? deviations = null)
    {
        ArgumentNullException.ThrowIfNull(cards);
        _cards = cards;
        _comparison = comparison;
        _deviations = deviations ?? [];
        _options = options ?? new PcmOptions { TicksPerSecond = 250, KernelPauseReference = true };
    }

    /// <summary>Replays one sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <exception cref="TraceFormatException">An operation or a card is unknown, or an argument is malformed.</exception>
    public TraceSequenceResult Replay(TraceSequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        if (FindSkipReason(sequence) is { } reason)
        {
            return new TraceSequenceResult { Id = sequence.Id, Card = sequence.Card, SkipReason = reason };
        }

        var machine = new TraceMachine(_cards, _options);
        var comparer = new TraceComparer(sequence, _comparison);
        return machine.Clock.Run(() => ReplayAsync(sequence, machine, comparer));
    }

    private async Task<TraceSequenceResult> ReplayAsync(TraceSequence sequence, TraceMachine machine, TraceComparer comparer)
    {
        var operations = new TraceOperations(sequence, machine);
        int steps = 0;
        TraceDeviation? deviation = null;
        foreach (TraceStep step in sequence.Steps)
        {
            await machine.ReachAsync(step.TimeMicroseconds - step.BlockedMicroseconds - LeadMicroseconds);
            TraceAnswer answer;
            try
            {
                answer = await operations.RunAsync(step);
            }
            catch (Exception e) when (e is not TraceFormatException)
            {
                comparer.Threw(step, e);
                break; // the stream is in no state to go on from
            }

            await machine.ReachAsync(step.TimeMicroseconds);
            comparer.Compare(step, answer, machine);
            steps++;
            if (comparer.Mismatches.Count > 0)
            {
                deviation ??= comparer.Mismatches[0].Location == step.Location ? FindDeviation(sequence, steps - 1, comparer.Mismatches) : null;
                if (deviation is not null)
                {
                    break;
                }
            }
        }

        await machine.DisposeAsync();
        return new TraceSequenceResult
        {
            Id = sequence.Id,
            Card = sequence.Card,
            Steps = steps,
            TimedSteps = comparer.TimedSteps,
            TimedStepsInTolerance = comparer.TimedStepsInTolerance,
            Tolerated = comparer.Tolerated,
            Mismatches = deviation is null ? comparer.Mismatches : [],
            Deviation = deviation is null ? null : new TraceDeviationFound(deviation.Name, comparer.Mismatches[0]),
        };
    }

    private TraceDeviation? FindDeviation(TraceSequence sequence, int step, IReadOnlyList<TraceMismatch> differences) =>
        _deviations.FirstOrDefault(d => d.Applies(sequence, step, differences));

    private string? FindSkipReason(TraceSequence sequence) =>
        _cards.FindSkipReason(sequence.Card)
        ?? sequence.Steps.Select(static s => s.Arguments.GetText("card")).OfType<string>().Select(_cards.FindSkipReason).FirstOrDefault(static r => r is not null);
}
