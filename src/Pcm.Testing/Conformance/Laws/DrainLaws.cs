namespace Pcm.Testing.Conformance;

/// <summary>drain.</summary>
internal static class DrainLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        new("drain", "drain-ends", "drain of a running stream ends with success in SETUP.", "PcmCommand.Drain; kernel: drain waits for the last frame", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1.5);
            await run.MustAsync("drain", () => run.Stream.DrainAsync());
            run.ExpectState(PcmState.Setup, "drain");
        }) { Only = PcmDirection.Playback },
        new("drain", "drain-plays-the-rest", "drain takes as long as what is queued: not less by a period, not more by three.", "kernel: everything queued is played", async run =>
        {
            await run.PreparedAsync();
            run.Fill(3 * run.Runtime.PeriodFrames < run.Runtime.BufferFrames ? 3 * run.Runtime.PeriodFrames : run.Runtime.PeriodFrames);
            double queued = (double)run.Runtime.ApplicationPosition / run.Runtime.PeriodFrames;
            long startNs = run.Services.NowNs;
            await run.MustAsync("start", () => run.Stream.StartAsync());
            await run.MustAsync("drain", () => run.Stream.DrainAsync());
            double took = run.PeriodsSince(startNs);
            LawRun.Expect(took >= queued - 1 && took <= queued + (run.IsRealTime ? 10 : 3), $"drain of {queued:0.##} periods took {took:0.##}");
        }, PcmCapability.Timing) { Only = PcmDirection.Playback },
        new("drain", "drain-of-part-of-a-period", "drain ends when the last period is not full.", "kernel: many drivers never finish a partial period", async run =>
        {
            await run.PreparedAsync();
            run.Fill(run.Runtime.PeriodFrames + (run.Runtime.PeriodFrames / 2));
            await run.MustAsync("start", () => run.Stream.StartAsync());
            double took = await DrainPeriodsAsync(run);
            LawRun.Expect(took <= 5 || run.IsRealTime, $"drain of one and a half periods took {took:0.##}");
            run.ExpectState(PcmState.Setup, "drain");
        }) { Only = PcmDirection.Playback },
        new("drain", "drain-starts", "drain of a prepared stream with data starts it, plays and ends.", "kernel: drain from PREPARED", async run =>
        {
            await run.PreparedAsync();
            run.Fill(run.Runtime.PeriodFrames);
            await run.MustAsync("drain", () => run.Stream.DrainAsync());
            run.ExpectState(PcmState.Setup, "drain");
            LawRun.Expect(run.Ops.Moved >= run.Runtime.PeriodFrames - 1, $"the position moved {run.Ops.Moved} frames of {run.Runtime.PeriodFrames} that were queued");
        }) { Only = PcmDirection.Playback },
        new("drain", "drain-of-one-frame", "drain of a single frame ends.", "kernel: a message shorter than a period", async run =>
        {
            await run.PreparedAsync();
            run.Fill(1);
            await run.MustAsync("drain", () => run.Stream.DrainAsync());
            run.ExpectState(PcmState.Setup, "drain");
        }) { Only = PcmDirection.Playback },
        new("drain", "drain-of-nothing", "drain of an empty stream ends at once.", "kernel: drain from PREPARED without data", async run =>
        {
            await run.PreparedAsync();
            double took = await DrainPeriodsAsync(run);
            LawRun.Expect(took <= 0.5 || run.IsRealTime, $"drain of nothing took {took:0.##} periods");
            run.ExpectState(PcmState.Setup, "drain");
        }) { Only = PcmDirection.Playback },
        new("drain", "drain-without-waiting", "A drain that does not wait answers EAGAIN, and the stream is in SETUP when all was played.", "kernel: poll for SETUP", async run =>
        {
            await run.RunningAsync();
            run.Stream.NonBlocking = true;
            await run.MustAsync("drain, not waiting", () => run.Stream.DrainAsync(), PcmError.Again);
            await run.AwaitStateAsync(PcmState.Setup, Math.Max(4, run.Runtime.Periods) + 6, "drain, not waiting");
        }) { Only = PcmDirection.Playback },
        new("drain", "drain-then-again", "After a drain the stream can be prepared and plays.", "PcmOps.PrepareAsync", async run =>
        {
            await run.RunningAsync();
            await run.MustAsync("drain", () => run.Stream.DrainAsync());
            await run.PrepareAsync();
            await run.ExpectWorksAsync("a drain");
        }) { Only = PcmDirection.Playback },
        new("drain", "drop-while-draining", "drop ends a drain at once.", "PcmOps.TriggerAsync(STOP)", async run =>
        {
            await run.RunningAsync();
            run.Stream.NonBlocking = true;
            await run.MustAsync("drain, not waiting", () => run.Stream.DrainAsync(), PcmError.Again);
            run.ExpectState(PcmState.Draining, "drain");
            await run.DropAsync();
            run.ExpectState(PcmState.Setup, "drop");
            run.Stream.NonBlocking = false;
            await run.ExpectWorksAsync("a drop while draining");
        }) { Only = PcmDirection.Playback },
        new("drain", "capture-drain-keeps-frames", "drain of capture stops it; the frames captured before can still be read.", "kernel: capture drains by being read", async run =>
        {
            await run.RunningAsync();
            await run.ElapsePeriodsAsync(1.3);
            long avail = run.Look() - run.Runtime.ApplicationPosition;
            run.Stream.NonBlocking = true;
            await run.MustAsync("drain, not waiting", () => run.Stream.DrainAsync(), PcmError.Again);
            LawRun.Expect(avail > 0 && run.Stream.State == PcmState.Draining, $"the state after drain is {run.Stream.State} with {avail} frames unread");
            await run.DropAsync();
        }) { Only = PcmDirection.Capture },
    ];

    private static async Task<double> DrainPeriodsAsync(LawRun run)
    {
        long before = run.Services.NowNs;
        await run.MustAsync("drain", () => run.Stream.DrainAsync());
        return run.Frames(run.Services.NowNs - before) / run.Runtime.PeriodFrames;
    }
}
