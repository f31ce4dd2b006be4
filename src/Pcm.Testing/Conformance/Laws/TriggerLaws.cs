namespace Pcm.Testing.Conformance;

/// <summary>Start and stop.</summary>
internal static class TriggerLaws
{
    private static readonly (PcmCommand Command, PcmInfo Declaration)[] s_declared =
    [
        (PcmCommand.PausePush, PcmInfo.Pause), (PcmCommand.Resume, PcmInfo.Resume), (PcmCommand.Drain, PcmInfo.DrainTrigger),
    ];

    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        new("stop", "start-moves", "After START the position moves.", "PcmOps.TriggerAsync", async run =>
        {
            await run.RunningAsync();
            run.ExpectState(PcmState.Running, "start");
            await run.KeepAsync(3);
            LawRun.Expect(run.Look() >= run.Runtime.PeriodFrames, $"the position moved {run.Ops.Moved} frames in 3 periods");
        }),
        new("stop", "stop-stops", "After STOP and sync_stop no interrupt comes, however long one waits.", "PcmOps.SyncStopAsync", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(2);
            await run.DropAsync();
            await run.PrepareAsync(); // synchronizes the stop
            int periods = run.Ops.Periods;
            await run.ElapsePeriodsAsync(8);
            LawRun.Expect(run.Ops.Periods == periods, $"{run.Ops.Periods - periods} period interrupts came after the stop was synchronized");
            run.ExpectNoViolation(MonitorLaws.NoSignalAtRest);
        }),
        new("stop", "stop-without-start", "STOP of hardware that was never started succeeds.", "PcmCommand.Stop; kernel: the undo of a failed START", async run =>
        {
            await run.PreparedAsync();
            await run.MustAsync("op trigger(STOP)", () => run.Ops.Backend.TriggerAsync(PcmCommand.Stop, CancellationToken.None));
            await run.MustAsync("op sync_stop", () => run.Ops.Backend.SyncStopAsync(CancellationToken.None));
            await run.ExpectWorksAsync("a STOP without START");
        }),
        new("stop", "stop-twice", "A second STOP succeeds.", "PcmCommand.Stop", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1);
            await run.DropAsync();
            await run.MustAsync("op trigger(STOP)", () => run.Ops.Backend.TriggerAsync(PcmCommand.Stop, CancellationToken.None));
            await run.ExpectWorksAsync("a second STOP");
        }),
        new("stop", "sync-stop-twice", "sync_stop succeeds with nothing to wait for.", "PcmOps.SyncStopAsync", async run =>
        {
            await run.PreparedAsync();
            await run.MustAsync("op sync_stop", () => run.Ops.Backend.SyncStopAsync(CancellationToken.None));
            await run.MustAsync("op sync_stop", () => run.Ops.Backend.SyncStopAsync(CancellationToken.None));
            await run.ExpectWorksAsync("sync_stop without a stop");
        }),
        new("stop", "unknown-command-refused", "A command that does not exist is EINVAL, never success.", "PcmOps.TriggerAsync; kernel: returning 0 makes SUSPEND or DRAIN seem to work", async run =>
        {
            await run.PreparedAsync();
            await run.MustAsync("op trigger(99)", () => run.Ops.Backend.TriggerAsync((PcmCommand)99, CancellationToken.None), PcmError.InvalidArgument);
        }),
        new("stop", "undeclared-command-refused", "A command that the hardware does not declare is EINVAL: pausing, resuming, draining.", "PcmOps.TriggerAsync: a command the hardware does not know", async run =>
        {
            await run.PreparedAsync();
            foreach ((PcmCommand command, PcmInfo declaration) in s_declared)
            {
                if (!run.Has(declaration))
                {
                    await run.MustAsync($"op trigger({OpText.Of(command)})", () => run.Ops.Backend.TriggerAsync(command, CancellationToken.None), PcmError.InvalidArgument);
                }
            }
        }),
        new("stop", "restart-after-stop", "Start, stop and prepare work five times in a row.", "PcmOps.TriggerAsync", async run =>
        {
            await run.PreparedAsync();
            for (int i = 0; i < 5; i++)
            {
                await run.StartAsync();
                await run.FeedAsync(2);
                await run.DropAsync();
                await run.PrepareAsync();
                run.StartOnlyByHand();
            }
        }),
        new("stop", "stop-at-once", "A stream that is stopped in the instant of its start stops, twenty times.", "kernel: STOP may find hardware that started by half", async run =>
        {
            await run.PreparedAsync();
            for (int i = 0; i < 20; i++)
            {
                await run.StartAsync();
                await run.DropAsync();
                await run.PrepareAsync();
                run.StartOnlyByHand();
            }

            await run.StartAsync();
            await run.FeedAsync(4);
        }),
        new("stop", "reopen-while-late", "What a stopped session left behind does not disturb the next one.", "PcmOps: one instance for the life of the card", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1.5);
            await run.CloseAsync();
            await run.RunningAsync();
            long start = run.Look();
            await run.KeepAsync(3);
            LawRun.Expect(start <= run.Runtime.PeriodFrames && run.Look() >= 2L * run.Runtime.PeriodFrames, $"the second session's position went from {start} to {run.Ops.Moved} in 3 periods");
        }),
        new("stop", "ring-untouched-at-rest", "After sync_stop nobody writes into the ring.", "PcmOps.SyncStopAsync: no access to the ring", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(2);
            await run.DropAsync();
            await run.PrepareAsync();
            run.Runtime.Buffer!.Span.Fill(0x5A);
            await run.ElapsePeriodsAsync(6);
            int at = run.Runtime.Buffer!.Span.IndexOfAnyExcept((byte)0x5A);
            LawRun.Expect(at < 0, $"byte {at} of the ring was written after the stop was synchronized");
        }),
    ];
}
