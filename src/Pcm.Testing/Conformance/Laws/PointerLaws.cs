namespace Pcm.Testing.Conformance;

/// <summary>The position, against the clock.</summary>
internal static class PointerLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        new("pointer", "pointer-wraps", "The position goes round the ring again and again without losing a frame.", "PcmOps.GetPointer: modulo the ring", async run =>
        {
            await run.RunningAsync();
            long startNs = run.Services.NowNs;
            await run.KeepAsync(5.0 * run.Runtime.BufferFrames / run.Runtime.PeriodFrames);
            long moved = run.Look(), expected = (long)run.Frames(run.Services.NowNs - startNs);
            LawRun.Expect(Math.Abs(moved - expected) <= Slack(run), $"{moved} frames in five rings of {run.Runtime.BufferFrames}, in the time of {expected}");
            LawRun.Expect(run.Runtime.HardwarePosition == moved || run.IsRealTime, $"the core counts {run.Runtime.HardwarePosition} frames, the positions say {moved}");
        }, PcmCapability.Timing),
        new("timing", "rate-is-kept", "Over hundreds of periods the position keeps the rate to half a percent and a period.", "PcmRuntime.Time: the only clock", async run =>
        {
            await run.RunningAsync();
            long startNs = run.Services.NowNs;
            await run.KeepAsync(run.IsRealTime ? 100 : 400);
            long moved = run.Look(), expected = (long)run.Frames(run.Services.NowNs - startNs); // what passed, not what was asked for
            LawRun.Expect(Math.Abs(moved - expected) <= (expected / 200) + Slack(run), $"{moved} frames in the time of {expected}");
        }, PcmCapability.Timing),
        new("timing", "interrupts-keep-the-rate", "Over a hundred periods there are a hundred interrupts, give or take three.", "PcmRuntime.PeriodElapsed", async run =>
        {
            await run.RunningAsync();
            int before = run.Ops.Periods;
            long startNs = run.Services.NowNs;
            await run.KeepAsync(100);
            int seen = run.Ops.Periods - before;
            double passed = run.Frames(run.Services.NowNs - startNs) / run.Runtime.PeriodFrames;
            LawRun.Expect(run.IsRealTime ? seen > passed / 2 && seen <= passed + 5 : Math.Abs(seen - passed) <= 3, $"{seen} period interrupts in the time of {passed:0.#} periods");
        }, PcmCapability.Timing),
        new("timing", "lateness-does-not-add-up", "A reader that looks at odd times sees the same rate as one that looks at periods.", "kernel: timers armed from now drift", async run =>
        {
            await run.RunningAsync();
            TimeSpan odd = run.PeriodTime(0.37);
            long startNs = run.Services.NowNs;
            for (int i = 0; i < 150; i++)
            {
                run.Exchange();
                run.Look();
                await PcmDelay.ForAsync(run.Services.Time, odd);
            }

            long moved = run.Look(), expected = (long)run.Frames(run.Services.NowNs - startNs);
            LawRun.Expect(Math.Abs(moved - expected) <= (expected / 200) + Slack(run), $"{moved} frames in the time of {expected}");
        }, PcmCapability.Timing),
        new("pointer", "pointer-is-fine", "Without the Batch flag the position moves inside a period.", "PcmInfo.Batch", async run =>
        {
            await run.RunningAsync();
            if (run.Has(PcmInfo.Batch))
            {
                LawRun.Skip("the hardware declares Batch: its position moves a period at a time");
            }

            var positions = new HashSet<long>();
            for (int i = 0; i < 8; i++)
            {
                await PcmDelay.ForAsync(run.Services.Time, run.PeriodTime(0.1));
                positions.Add(run.Look());
            }

            LawRun.Expect(positions.Count >= 4, $"eight looks within 0.8 periods saw {positions.Count} positions");
        }, PcmCapability.FinePosition, PcmCapability.Timing),
        new("pointer", "pointer-stands-with-time", "Two looks in the same instant see the same position.", "PcmOps.GetPointer", async run =>
        {
            if (run.IsRealTime)
            {
                LawRun.Skip("real time does not stand still between two looks");
            }

            await run.RunningAsync();
            await run.KeepAsync(1.3);
            long first = run.Look(), second = run.Look();
            LawRun.Expect(first == second, $"the position went from {first} to {second} in no time");
        }),
        new("pointer", "delay-counts-the-ring", "The delay of a full ring is at least what is queued, less a period.", "PcmRuntime.DelayFrames: latency behind the ring", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(2);
            PcmError error = run.Stream.GetDelay(out long delay);
            LawRun.Expect(error == PcmError.None, $"delay answered {error.ErrnoName()}");
            long least = run.Runtime.BufferFrames - (2L * run.Runtime.PeriodFrames);
            LawRun.Expect(delay >= least && delay <= (10L * run.Runtime.Rate) + run.Runtime.BufferFrames, $"the delay is {delay} frames with a ring of {run.Runtime.BufferFrames} full");
        }) { Only = PcmDirection.Playback },
    ];

    /// <summary>What a position may be off: a period that is not over, and a timer's grain. The time it is held against is what passed.</summary>
    private static long Slack(LawRun run) => run.Runtime.PeriodFrames + (run.Runtime.Rate / 200);
}
