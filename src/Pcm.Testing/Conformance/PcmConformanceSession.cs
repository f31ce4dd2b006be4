namespace Pcm.Testing.Conformance;

/// <summary>Tries the laws on one target, one at a time; what several laws share is done once.</summary>
/// <remarks>Thread safety: one law at a time.</remarks>
public sealed class PcmConformanceSession
{
    private static readonly PcmDirection[] s_directions = [PcmDirection.Playback, PcmDirection.Capture];

    private readonly Dictionary<PcmDirection, Workload> _workloads = [];
    private readonly PcmConformanceTarget _target;
    private readonly PcmConformanceOptions _options;

    /// <summary>A session on a target.</summary>
    /// <param name="target">The backend.</param>
    /// <param name="options">How; null: the defaults.</param>
    public PcmConformanceSession(PcmConformanceTarget target, PcmConformanceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
        _options = options ?? new PcmConformanceOptions();
    }

    /// <summary>Tries one law. On the virtual clock all is done when this returns.</summary>
    /// <param name="law">One of <see cref="PcmConformance.Laws"/>.</param>
    /// <param name="cancellationToken">Gives up between two steps.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<PcmVerdict> CheckAsync(PcmLaw law, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(law);
        PcmVerdict verdict = await TryAsync(law, cancellationToken);
        _options.OnVerdict?.Invoke(verdict);
        return verdict;
    }

    private async Task<PcmVerdict> TryAsync(PcmLaw law, CancellationToken cancellationToken)
    {
        foreach (PcmCapability need in law.Needs)
        {
            if (_target.WhyNot(need) is { } reason)
            {
                return new PcmVerdict { Law = law, Outcome = PcmLawOutcome.Skipped, Evidence = reason };
            }
        }

        var kept = new List<string>();
        var skipped = new List<string>();
        foreach (PcmDirection direction in s_directions)
        {
            if ((law.Only ?? direction) != direction || (_options.Direction ?? direction) != direction)
            {
                continue;
            }

            PcmVerdict verdict = await TryAsync(law, direction, cancellationToken);
            switch (verdict.Outcome)
            {
                case PcmLawOutcome.Failed:
                    return verdict;
                case PcmLawOutcome.Passed:
                    kept.Add(LawRunner.Word(direction));
                    break;
                default:
                    skipped.Add(verdict.Evidence);
                    break;
            }
        }

        return kept.Count > 0
            ? new PcmVerdict { Law = law, Outcome = PcmLawOutcome.Passed, Evidence = string.Join(" and ", kept) }
            : new PcmVerdict { Law = law, Outcome = PcmLawOutcome.Skipped, Evidence = skipped.Count > 0 ? string.Join("; ", skipped.Distinct()) : "not for this direction" };
    }

    private async Task<PcmVerdict> TryAsync(PcmLaw law, PcmDirection direction, CancellationToken cancellationToken)
    {
        if (law.Scenario is not { } scenario)
        {
            return await WatchAsync(law, direction, cancellationToken);
        }

        LawRunner.Ending ending = await LawRunner.RunAsync(_target, direction, scenario, law.IsObserved, _options, cancellationToken);
        bool broken = ending.Outcome == PcmLawOutcome.Failed;
        return new PcmVerdict
        {
            Law = law,
            Outcome = ending.Outcome,
            Evidence = broken ? $"{LawRunner.Word(direction)}: {ending.Evidence}" : ending.Evidence,
            Sequence = broken ? ending.Trace.Verbs() : [],
            Trace = broken ? ending.Trace.Lines() : [],
        };
    }

    private async Task<PcmVerdict> WatchAsync(PcmLaw law, PcmDirection direction, CancellationToken cancellationToken)
    {
        if (!_workloads.TryGetValue(direction, out Workload? workload))
        {
            LawRunner.Ending look = await LawRunner.RunAsync(_target, direction, static _ => Task.CompletedTask, isObserved: false, _options, cancellationToken);
            if (look.Outcome == PcmLawOutcome.Skipped)
            {
                return new PcmVerdict { Law = law, Outcome = PcmLawOutcome.Skipped, Evidence = look.Evidence };
            }

            _workloads[direction] = workload = new Workload(_target, direction, _options);
        }

        return await workload.FindBreakAsync(law, cancellationToken)
            ?? new PcmVerdict { Law = law, Outcome = PcmLawOutcome.Passed, Evidence = "" };
    }
}
