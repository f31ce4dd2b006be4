namespace Pcm.Testing.Conformance;

/// <summary>One run over the laws of one target: what several laws share is done once.</summary>
internal sealed class ConformanceSession(PcmConformanceTarget target, PcmConformanceOptions options)
{
    private static readonly PcmDirection[] s_directions = [PcmDirection.Playback, PcmDirection.Capture];

    private readonly Dictionary<PcmDirection, Workload> _workloads = [];

    public async Task<PcmVerdict> TryAsync(PcmLaw law, CancellationToken cancellationToken)
    {
        foreach (PcmCapability need in law.Needs)
        {
            if (target.WhyNot(need) is { } reason)
            {
                return new PcmVerdict { Law = law, Outcome = PcmLawOutcome.Skipped, Evidence = reason };
            }
        }

        var kept = new List<string>();
        var skipped = new List<string>();
        foreach (PcmDirection direction in s_directions)
        {
            if ((law.Only ?? direction) != direction || (options.Direction ?? direction) != direction)
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

        LawRunner.Ending ending = await LawRunner.RunAsync(target, direction, scenario, law.IsObserved, options, cancellationToken);
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
            LawRunner.Ending look = await LawRunner.RunAsync(target, direction, static _ => Task.CompletedTask, isObserved: false, options, cancellationToken);
            if (look.Outcome == PcmLawOutcome.Skipped)
            {
                return new PcmVerdict { Law = law, Outcome = PcmLawOutcome.Skipped, Evidence = look.Evidence };
            }

            _workloads[direction] = workload = new Workload(target, direction, options);
        }

        return await workload.FindBreakAsync(law, cancellationToken)
            ?? new PcmVerdict { Law = law, Outcome = PcmLawOutcome.Passed, Evidence = "" };
    }
}
