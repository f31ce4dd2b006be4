namespace Pcm.Testing.Conformance;

/// <summary>Period interrupts and who they wake.</summary>
internal static class PeriodLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        new("period", "period-wakes", "Whoever waits for a period is woken by it, each time, within a period and a half.", "PcmRuntime.PeriodElapsed; kernel: a missed wake-up is a stall", async run =>
        {
            await run.RunningAsync();
            for (int i = 0; i < 12; i++)
            {
                run.Exchange();
                long before = run.Services.NowNs;
                await run.MustAsync("wait for a period", () => run.Stream.WaitAsync(TimeSpan.FromSeconds(2)));
                double waited = run.Frames(run.Services.NowNs - before) / run.Runtime.PeriodFrames;
                LawRun.Expect(waited <= (run.IsRealTime ? 5 : 2.1), $"a wait for one period took {waited:0.##} periods");
            }
        }),
        new("period", "position-before-interrupt", "When a period interrupt comes, the position shows the period already.", "PcmRuntime.PeriodElapsed: advance what GetPointer answers first", async run =>
        {
            await run.PreparedAsync();
            string? problem = null;
            long lastBoundary = 0;
            run.Ops.Signalled = signal =>
            {
                if (signal != PcmSignal.PeriodElapsed || run.Stream.State != PcmState.Running)
                {
                    return;
                }

                long boundary = run.Look() / run.Runtime.PeriodFrames;
                if (boundary <= lastBoundary && run.Ops.Periods > boundary + 1)
                {
                    problem ??= $"interrupt {run.Ops.Periods} came with the position at {run.Ops.Moved}, {boundary} periods of {run.Runtime.PeriodFrames}";
                }

                lastBoundary = Math.Max(lastBoundary, boundary);
            };
            await run.StartAsync();
            await run.KeepAsync(10);
            run.Ops.Signalled = null;
            LawRun.Expect(problem is null, problem ?? "");
        }),
        new("period", "first-interrupt-is-a-period", "The first interrupt comes with the first period, not before and not with the second.", "PcmRuntime.PeriodElapsed", async run =>
        {
            await run.PreparedAsync();
            long firstNs = long.MaxValue;
            run.Ops.Signalled = _ => firstNs = Math.Min(firstNs, run.Services.NowNs);
            long startNs = run.Services.NowNs;
            await run.StartAsync();
            await run.ElapsePeriodsAsync(1.6);
            run.Ops.Signalled = null;
            if (run.IsRealTime && run.Ops.Periods == 0)
            {
                await run.MustAsync("wait for a period", () => run.Stream.WaitAsync(TimeSpan.FromSeconds(2))); // late is no break there, early is
            }

            LawRun.Expect(run.Ops.Periods >= 1, "no interrupt in 1.6 periods");
            double first = run.Frames(firstNs - startNs) / run.Runtime.PeriodFrames;
            LawRun.Expect(first > 0.5, $"the first interrupt came {first:0.##} periods after the start");
        }, PcmCapability.Timing),
        new("period", "no-interrupt-storm", "There are no more interrupts than periods.", "PcmRuntime.PeriodElapsed; kernel: an early interrupt can add a lap", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(16);
            int seen = run.Ops.Periods; // before the look: another may come meanwhile
            long periods = run.Look() / run.Runtime.PeriodFrames;
            LawRun.Expect(seen <= periods + 1, $"{seen} interrupts in {periods} periods");
        }),
        new("period", "interrupt-without-locks", "While a period interrupt is delivered, another thread can ask for the position: no lock is held that GetPointer takes.", "docs/THREADING.md, the callback rule", async run =>
        {
            await run.RunningAsync();
            int probes = 0;
            bool blocked = false;
            run.Ops.Signalled = signal =>
            {
                if (signal == PcmSignal.PeriodElapsed && !blocked && probes++ < 3)
                {
                    blocked |= !LockProbe.CanCall(() => run.Ops.Backend.GetPointer());
                }
            };
            await run.KeepAsync(4);
            run.Ops.Signalled = null;
            LawRun.Expect(probes > 0, "no period interrupt came in 4 periods");
            LawRun.Expect(!blocked, "GetPointer on another thread did not return while a period interrupt was being delivered");
        }),
        new("period", "runs-without-wakeups", "Without period wake-ups the stream runs and the position keeps the time.", "PcmInfo.NoPeriodWakeup", async run =>
        {
            await run.OpenAsync();
            if (!run.Has(PcmInfo.NoPeriodWakeup))
            {
                LawRun.Skip("the hardware does not declare NoPeriodWakeup");
            }

            PcmHwParams request = run.Request();
            request.Flags |= PcmHwFlags.NoPeriodWakeup;
            await run.ConfigureAsync(request);
            await run.PrepareAsync();
            run.StartOnlyByHand();
            await run.StartAsync();
            long startNs = run.Services.NowNs;
            await run.KeepAsync(10);
            long moved = run.Look(), expected = (long)run.Frames(run.Services.NowNs - startNs);
            LawRun.Expect(Math.Abs(moved - expected) <= run.Runtime.PeriodFrames + (run.Runtime.Rate / 100), $"the position moved {moved} frames in the time of {expected}");
        }, PcmCapability.NoPeriodWakeup, PcmCapability.Timing),
    ];
}
