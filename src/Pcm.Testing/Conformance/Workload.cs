namespace Pcm.Testing.Conformance;

/// <summary>
/// The sequences under which the laws that hold at any time are watched: a few that every application has, then random ones.
/// A broken one is made shorter before it is shown.
/// </summary>
internal sealed class Workload(PcmConformanceTarget target, PcmDirection direction, PcmConformanceOptions options)
{
    private static readonly IReadOnlyList<PcmStep>[] s_usual =
    [
        Parse("HwParams Prepare Transfer(9999) Start Elapse(300) Transfer(9999) Delay Elapse(500) Transfer(9999) Elapse(700) Delay Transfer(9999) Drain Elapse(4000) Delay HwFree"),
        Parse("HwParams Prepare Transfer(9999) Start Elapse(480) Drop HwParams Prepare Transfer(100) Start Elapse(9999) Prepare Transfer(9999) Start Elapse(960) Delay"),
        Parse("HwParams Prepare Transfer(9999) Start Elapse(600) Pause Elapse(2000) Release Elapse(600) Delay Pause Drop Prepare Transfer(700) Start Elapse(100) Drop"),
        Parse("HwParams Prepare Transfer(9999) Start Elapse(600) Suspend Elapse(600) Resume Elapse(600) Delay Prepare Transfer(9999) Start Elapse(480) Delay"),
        Parse("HwParams Prepare Transfer(9999) Start Elapse(481) Rewind(100) Transfer(100) Forward(50) Elapse(480) Reset Transfer(9999) Elapse(480) Delay XRun Prepare"),
    ];

    private Dictionary<string, PcmVerdict>? _broken;

    /// <summary>
    /// How a watched law fared. All sequences are run the first time; the answer for every law is then known.
    /// </summary>
    /// <returns>The verdict of a broken law; null when it was kept.</returns>
    public async Task<PcmVerdict?> FindBreakAsync(PcmLaw law, CancellationToken cancellationToken)
    {
        if (_broken is null)
        {
            _broken = [];
            foreach (IReadOnlyList<PcmStep> sequence in Sequences())
            {
                cancellationToken.ThrowIfCancellationRequested();
                await TryAsync(sequence, cancellationToken);
            }
        }

        return _broken.TryGetValue(law.Name, out PcmVerdict? verdict) ? verdict with { Law = law } : null;
    }

    private static List<PcmStep> Parse(string steps)
    {
        var sequence = new List<PcmStep>();
        foreach (string word in steps.Split(' '))
        {
            int bracket = word.IndexOf('(', StringComparison.Ordinal);
            sequence.Add(bracket < 0
                ? new PcmStep(Enum.Parse<PcmVerb>(word))
                : new PcmStep(Enum.Parse<PcmVerb>(word[..bracket]), int.Parse(word.AsSpan(bracket + 1, word.Length - bracket - 2), provider: null)));
        }

        return sequence;
    }

    private IEnumerable<IReadOnlyList<PcmStep>> Sequences()
    {
        foreach (IReadOnlyList<PcmStep> usual in s_usual)
        {
            yield return usual;
        }

        // Time and transfers more often than the rest, or hardly anything would ever move.
        PcmVerb[] verbs = [.. Enum.GetValues<PcmVerb>(), PcmVerb.Transfer, PcmVerb.Transfer, PcmVerb.Elapse, PcmVerb.Elapse, PcmVerb.Elapse, PcmVerb.Start, PcmVerb.Prepare];
        var generator = new PcmSequenceGenerator(new Random(options.Seed)) { Verbs = verbs, MaxFrames = 2500 };
        for (int i = 0; i < options.Sequences; i++)
        {
            yield return generator.Next();
        }
    }

    private async Task TryAsync(IReadOnlyList<PcmStep> sequence, CancellationToken cancellationToken)
    {
        LawRunner.Ending ending = await RunAsync(sequence, cancellationToken);
        foreach (LawViolation violation in Seen(ending))
        {
            if (!_broken!.ContainsKey(violation.Law))
            {
                _broken[violation.Law] = await ShrinkAsync(violation, sequence, ending, cancellationToken);
            }
        }
    }

    private async Task<PcmVerdict> ShrinkAsync(LawViolation violation, IReadOnlyList<PcmStep> sequence, LawRunner.Ending ending, CancellationToken cancellationToken)
    {
        LawRunner.Ending shortest = ending;
        LawViolation seen = violation;
        if (!target.IsRealTime) // there a try takes time, and may go otherwise
        {
            sequence = PcmShrinker.Shrink(sequence, Fails, static s => s.Simplify(), options.ShrinkLimit);
        }

        await Task.CompletedTask;
        return new PcmVerdict
        {
            Law = MonitorLaws.Find(violation.Law),
            Outcome = PcmLawOutcome.Failed,
            Evidence = $"{LawRunner.Word(direction)}: {seen.Evidence}",
            Sequence = [.. sequence.Select(static s => s.ToString())],
            Trace = shortest.Trace.Lines(),
        };

        bool Fails(IReadOnlyList<PcmStep> shorter)
        {
            // On a virtual clock a run is over when it returns.
            LawRunner.Ending again = RunAsync(shorter, cancellationToken).GetAwaiter().GetResult();
            foreach (LawViolation other in Seen(again))
            {
                if (other.Law == violation.Law)
                {
                    (shortest, seen) = (again, other);
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>A scenario that failed without a law that is watched failed because a verb did not end as it must.</summary>
    private static IEnumerable<LawViolation> Seen(LawRunner.Ending ending) =>
        ending.Outcome == PcmLawOutcome.Failed && ending.Violations.All(static v => v.Law != MonitorLaws.CallbacksDoNotThrow)
            ? ending.Violations.Append(new LawViolation(MonitorLaws.VerbsEnd, ending.Evidence))
            : ending.Violations;

    private Task<LawRunner.Ending> RunAsync(IReadOnlyList<PcmStep> sequence, CancellationToken cancellationToken) =>
        LawRunner.RunAsync(target, direction, run => StepsAsync(run, sequence), isObserved: true, options, cancellationToken);

    private async Task StepsAsync(LawRun run, IReadOnlyList<PcmStep> sequence)
    {
        await run.OpenAsync();
        PcmHwParams request = run.Request();
        run.Stream.NonBlocking = true; // counts for drains at once
        var runner = new PcmStepRunner(run.Stream, request);
        foreach (PcmStep step in sequence)
        {
            if (step.Verb is PcmVerb.Suspend && target.WhyNot(PcmCapability.Suspend) is not null)
            {
                continue;
            }

            run.Note(step.ToString());
            await run.WithinAsync(step.ToString(), runner.ApplyAsync(step));
        }

        if (run.Stream.State is PcmState.Running or PcmState.Draining)
        {
            run.Stream.HwSync(); // where it is at the end counts too
        }

        await run.CloseAsync();
        await PcmDelay.ForAsync(run.Services.Time, TimeSpan.FromMilliseconds(50)); // who still signals now, does so too late
    }
}
