namespace Pcm.Testing.Conformance;

/// <summary>System suspend.</summary>
internal static class SuspendLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        new("suspend", "suspend-stops", "A suspended stream does not interrupt.", "PcmCommand.Suspend: sent whether or not the hardware can resume", async run =>
        {
            await SuspendedAsync(run);
            int periods = run.Ops.Periods;
            await run.ElapsePeriodsAsync(8);
            LawRun.Expect(run.Ops.Periods == periods, $"{run.Ops.Periods - periods} interrupts came while suspended");
        }, PcmCapability.Suspend),
        new("suspend", "suspend-then-prepare", "prepare recovers a suspended stream.", "kernel: what to do when resume is ENOSYS", async run =>
        {
            await SuspendedAsync(run);
            await run.PrepareAsync();
            run.StartOnlyByHand();
            await run.StartAsync();
            await run.FeedAsync(4);
        }, PcmCapability.Suspend),
        new("suspend", "resume-goes-on", "resume goes on: the position moves, interrupts come.", "PcmCommand.Resume", async run =>
        {
            await SuspendedAsync(run, PcmInfo.Resume);
            await run.MustAsync("resume", () => run.Stream.ResumeAsync());
            run.ExpectState(PcmState.Running, "resume");
            run.Exchange();
            long before = run.Runtime.HardwarePosition;
            int periods = run.Ops.Periods;
            await run.KeepAsync(6);
            LawRun.Expect(run.Ops.Periods - periods >= (run.IsRealTime ? 2 : 4), $"{run.Ops.Periods - periods} interrupts in the 6 periods after resume");
            LawRun.Expect(run.Runtime.HardwarePosition - before >= 4L * run.Runtime.PeriodFrames || run.IsRealTime, $"the position went from {before} to {run.Runtime.HardwarePosition} in 6 periods after resume");
        }, PcmCapability.Suspend, PcmCapability.Resume),
        new("suspend", "suspend-paused", "A paused stream can be suspended, and prepared after it.", "kernel: SUSPENDED remembers PAUSED", async run =>
        {
            await run.PreparedAsync();
            if (!run.Has(PcmInfo.Pause))
            {
                LawRun.Skip("the hardware does not declare Pause");
            }

            await run.StartAsync();
            await run.KeepAsync(1);
            await run.MustAsync("pause", () => run.Stream.PauseAsync(true));
            await run.MustAsync("suspend", () => run.Stream.SuspendAsync());
            await run.PrepareAsync();
            await run.ExpectWorksAsync("a suspend while paused");
        }, PcmCapability.Suspend, PcmCapability.Pause),
        new("suspend", "suspend-prepared", "A prepared stream can be suspended, and prepared after it.", "kernel: nothing runs, nothing is told", async run =>
        {
            await run.PreparedAsync();
            await run.MustAsync("suspend", () => run.Stream.SuspendAsync());
            run.ExpectState(PcmState.Suspended, "suspend");
            await run.PrepareAsync();
            await run.ExpectWorksAsync("a suspend while prepared");
        }, PcmCapability.Suspend),
        new("suspend", "card-suspends", "Suspending the card suspends the stream; it works afterwards.", "kernel: snd_pcm_suspend_all", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1);
            run.Note("suspend the card");
            await run.WithinAsync("suspend the card", run.Device.Card.SuspendAsync());
            run.ExpectState(PcmState.Suspended, "suspending the card");
            await run.PrepareAsync();
            await run.ExpectWorksAsync("suspending the card");
        }, PcmCapability.Suspend),
    ];

    private static async Task SuspendedAsync(LawRun run, PcmInfo needed = PcmInfo.None)
    {
        await run.PreparedAsync();
        if (needed != PcmInfo.None && !run.Has(needed))
        {
            LawRun.Skip($"the hardware does not declare {needed}");
        }

        await run.StartAsync();
        await run.KeepAsync(1.5);
        await run.MustAsync("suspend", () => run.Stream.SuspendAsync());
        run.ExpectState(PcmState.Suspended, "suspend");
    }
}
