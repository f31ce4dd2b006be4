namespace Pcm.Testing.Conformance;

/// <summary>Tries a scenario on a fresh bench, on a fresh clock, and always takes both down again.</summary>
internal static class LawRunner
{
    /// <summary>Far above what the laws' short sequences need, and reached in a second by work that never ends.</summary>
    private const long InstantStepLimit = 1_000_000;

    /// <summary>In real time: how often a scenario that broke while the machine stalled is tried before it counts as broken.</summary>
    private const int RealTimeAttempts = 6;

    /// <summary>In real time: a machine that is late by less than this is on time for periods of 20 ms.</summary>
    private static readonly TimeSpan s_onTime = TimeSpan.FromMilliseconds(4);

    /// <summary>How a scenario ended: kept (no evidence), broken, or skipped.</summary>
    internal readonly record struct Ending(PcmLawOutcome Outcome, string Evidence, LawTrace Trace, IReadOnlyList<LawViolation> Violations);

    public static Task<Ending> RunAsync(
        PcmConformanceTarget target, PcmDirection direction, Func<LawRun, Task> scenario, bool isObserved, PcmConformanceOptions options, CancellationToken cancellationToken) =>
        target.IsRealTime
            ? RunInRealTimeAsync(target, direction, scenario, isObserved, options, cancellationToken)
            : RunOnceAsync(target, direction, scenario, isObserved, options, cancellationToken);

    /// <summary>
    /// An application that was kept from running is late, and so is a backend whose timer was: what breaks then says nothing. It is tried again, and
    /// counts when it breaks on a machine that kept up, or each time.
    /// </summary>
    private static async Task<Ending> RunInRealTimeAsync(
        PcmConformanceTarget target, PcmDirection direction, Func<LawRun, Task> scenario, bool isObserved, PcmConformanceOptions options, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            using var stalls = new StallMeter(TimeProvider.System);
            Ending ending = await RunOnceAsync(target, direction, scenario, isObserved, options, cancellationToken);
            TimeSpan stalled = stalls.Longest;
            if ((ending.Outcome != PcmLawOutcome.Failed && ending.Violations.Count == 0) || stalled < s_onTime)
            {
                return ending;
            }

            if (attempt == RealTimeAttempts)
            {
                return ending with { Evidence = $"{ending.Evidence} (broken {attempt} times, but each time the machine stalled, the last time for {stalled.TotalMilliseconds:0} ms)" };
            }
        }
    }

    private static async Task<Ending> RunOnceAsync(
        PcmConformanceTarget target, PcmDirection direction, Func<LawRun, Task> scenario, bool isObserved, PcmConformanceOptions options, CancellationToken cancellationToken)
    {
        var trace = new LawTrace();
        CheckingDecorator? checker = isObserved ? new CheckingDecorator(trace) : null;
        IEnumerable<PcmOpsDecorator> decorators = checker is null ? [] : [checker];
        PcmConformanceBench? bench = null;
        if (target.IsRealTime)
        {
            return await TryAsync(new PcmServices(decorators: decorators));
        }

        var clock = new VirtualClock { InstantStepLimit = InstantStepLimit };
        try
        {
            return clock.Run(() => TryAsync(new PcmServices(clock, clock.Scheduler, decorators: decorators)));
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // The scenario catches its own; this came out of a timer or of scheduled work, or is the clock giving up.
            string evidence = e is VirtualClockStalledException ? e.Message : $"{e.GetType().Name} came out of a timer or a callback: {e.Message}";
            IReadOnlyList<LawViolation> seen = checker?.Violations ?? [];
            IEnumerable<LawViolation> all = e is VirtualClockStalledException ? seen : seen.Append(new LawViolation(MonitorLaws.CallbacksDoNotThrow, evidence));
            return new Ending(PcmLawOutcome.Failed, evidence + Abandon(clock, bench), trace, [.. all]);
        }

        async Task<Ending> TryAsync(PcmServices services)
        {
            try
            {
                bench = await target.CreateAsync(services, direction, cancellationToken);
            }
            catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                return new Ending(PcmLawOutcome.Failed, $"the card cannot be made: {e.Message}", trace, []);
            }

            return await UseAsync(target, direction, scenario, options, services, trace, checker, bench, cancellationToken);
        }
    }

    /// <summary>Takes down a bench whose scenario will never end.</summary>
    /// <returns>What else went wrong, to be added to the evidence; nothing else to do about it.</returns>
    private static string Abandon(VirtualClock clock, PcmConformanceBench? bench)
    {
        if (bench is null)
        {
            return "";
        }

        try
        {
            clock.Run(async () => await bench.DisposeAsync());
            return "";
        }
        catch (Exception e)
        {
            return $" (and the card could not be disposed: {e.Message})";
        }
    }

    private static async Task<Ending> UseAsync(
        PcmConformanceTarget target, PcmDirection direction, Func<LawRun, Task> scenario, PcmConformanceOptions options, PcmServices services,
        LawTrace trace, CheckingDecorator? checker, PcmConformanceBench bench, CancellationToken cancellationToken)
    {
        var run = new LawRun(target, bench, direction, services, trace, checker, options, cancellationToken);
        (PcmLawOutcome outcome, string evidence) = bench.DeviceOf(direction) is null
            ? (PcmLawOutcome.Skipped, $"the card has no {Word(direction)}")
            : await EndAsync(() => scenario(run), cancellationToken);
        (PcmLawOutcome disposed, string problem) = await EndAsync(() => run.WithinAsync("dispose", bench.DisposeAsync()), cancellationToken);
        return outcome != PcmLawOutcome.Failed && disposed == PcmLawOutcome.Failed
            ? new Ending(PcmLawOutcome.Failed, "disposing the card: " + problem, trace, checker?.Violations ?? [])
            : new Ending(outcome, evidence, trace, checker?.Violations ?? []);
    }

    private static async Task<(PcmLawOutcome Outcome, string Evidence)> EndAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
            return (PcmLawOutcome.Passed, "");
        }
        catch (LawBrokenException e)
        {
            return (PcmLawOutcome.Failed, e.Message);
        }
        catch (LawSkippedException e)
        {
            return (PcmLawOutcome.Skipped, e.Message);
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            return (PcmLawOutcome.Failed, $"{e.GetType().Name} came out of the core or the backend: {e.Message}");
        }
    }

    internal static string Word(PcmDirection direction) => direction == PcmDirection.Playback ? "playback" : "capture";
}
