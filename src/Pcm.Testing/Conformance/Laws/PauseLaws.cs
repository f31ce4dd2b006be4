namespace Pcm.Testing.Conformance;

/// <summary>pause.</summary>
internal static class PauseLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        Law("pause-stands", "While paused no interrupt comes, and time does not move the position.", "PcmCommand.PausePush: keep the position", async run =>
        {
            await run.KeepAsync(1.5);
            long before = run.Look();
            await PauseAsync(run, true);
            int periods = run.Ops.Periods;
            await run.ElapsePeriodsAsync(10);
            LawRun.Expect(run.Ops.Periods <= periods + 1, $"{run.Ops.Periods - periods} interrupts came in 10 paused periods");
            await PauseAsync(run, false);
            long after = run.Look();
            LawRun.Expect(after >= before && after - before <= run.Runtime.PeriodFrames + (run.Runtime.Rate / 100), $"the position went from {before} to {after} over a pause");
        }),
        Law("pause-goes-on", "After the release the position and the interrupts go on from where they were.", "PcmCommand.PauseRelease", async run =>
        {
            await run.KeepAsync(1.5);
            await PauseAsync(run, true);
            await run.ElapsePeriodsAsync(7.3);
            await PauseAsync(run, false);
            long before = run.Look(), releasedNs = run.Services.NowNs;
            int periods = run.Ops.Periods;
            await run.KeepAsync(8);
            long moved = run.Look() - before, expected = (long)run.Frames(run.Services.NowNs - releasedNs);
            LawRun.Expect(Math.Abs(moved - expected) <= (2L * run.Runtime.PeriodFrames) + (run.Runtime.Rate / 100), $"{moved} frames after a release, in the time of {expected}");
            LawRun.Expect(run.Ops.Periods - periods >= (run.IsRealTime ? 3 : 6), $"{run.Ops.Periods - periods} interrupts in the 8 periods after a release");
        }),
        Law("pause-repeats", "Pausing and releasing ten times loses nothing.", "PcmCommand.PausePush", async run =>
        {
            for (int i = 0; i < 10; i++)
            {
                await run.KeepAsync(0.7);
                await PauseAsync(run, true);
                await run.ElapsePeriodsAsync(0.7);
                await PauseAsync(run, false);
            }

            await run.KeepAsync(3);
            run.ExpectState(PcmState.Running, "ten pauses");
            double played = run.Look() / (double)run.Runtime.PeriodFrames;
            LawRun.Expect(played is >= 5 and <= 13 || run.IsRealTime, $"{played:0.##} periods were played in 10 of them");
        }),
        Law("pause-then-drop", "A paused stream can be dropped and started again.", "kernel: drop releases a pause first", async run =>
        {
            await run.KeepAsync(1);
            await PauseAsync(run, true);
            await run.DropAsync();
            await run.ExpectWorksAsync("a drop from PAUSED");
        }),
        Law("pause-then-prepare", "A paused stream can be prepared.", "kernel: prepare of a paused stream", async run =>
        {
            await run.KeepAsync(1);
            await PauseAsync(run, true);
            await run.PrepareAsync();
            run.StartOnlyByHand();
            await run.StartAsync();
            await run.FeedAsync(4);
        }),
        Law("pause-then-drain", "drain of a paused stream releases it, plays and ends.", "kernel: drain resumes a paused stream", async run =>
        {
            await run.KeepAsync(1);
            await PauseAsync(run, true);
            await run.ElapsePeriodsAsync(3);
            await run.MustAsync("drain", () => run.Stream.DrainAsync());
            run.ExpectState(PcmState.Setup, "drain");
        }, PcmDirection.Playback),
        Law("pause-no-xrun", "A stream does not run into an xrun while it is paused.", "kernel: the position stands", async run =>
        {
            await run.KeepAsync(1);
            await PauseAsync(run, true);
            await run.ElapsePeriodsAsync(5.0 * run.Runtime.BufferFrames / run.Runtime.PeriodFrames);
            run.ExpectState(PcmState.Paused, "five rings of pause");
            await PauseAsync(run, false);
            run.Exchange();
            await run.KeepAsync(2);
            run.ExpectState(PcmState.Running, "the release");
        }),
    ];

    private static PcmLaw Law(string name, string statement, string source, Func<LawRun, Task> scenario, PcmDirection? only = null) => new(
        "pause",
        name,
        statement,
        source,
        async run =>
        {
            await run.PreparedAsync();
            if (!run.Has(PcmInfo.Pause))
            {
                LawRun.Skip("the hardware does not declare Pause");
            }

            await run.StartAsync();
            await scenario(run);
        },
        PcmCapability.Pause) { Only = only };

    private static Task PauseAsync(LawRun run, bool enable) => run.MustAsync(enable ? "pause" : "release", () => run.Stream.PauseAsync(enable));
}
