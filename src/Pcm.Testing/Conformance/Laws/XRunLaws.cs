namespace Pcm.Testing.Conformance;

/// <summary>The application falls behind.</summary>
internal static class XRunLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        new("xrun", "xrun-is-found", "A stream that nobody feeds is in XRUN after a ring and two periods at most.", "kernel: avail reaches the stop threshold", async run =>
        {
            await run.RunningAsync();
            await run.StarveAsync();
        }, PcmCapability.XRun),
        new("xrun", "xrun-not-before", "A stream whose ring is not used up is not in XRUN.", "PcmRuntime.SignalXRun", async run =>
        {
            await run.RunningAsync();
            await run.ElapsePeriodsAsync(Ring(run) - 1.2);
            run.ExpectState(PcmState.Running, "less than a ring without the application");
        }),
        new("xrun", "xrun-recovers", "prepare and start work after an xrun, three times.", "PcmOps.PrepareAsync: recovers from an xrun", async run =>
        {
            await run.RunningAsync();
            for (int i = 0; i < 3; i++)
            {
                await run.StarveAsync();
                await run.PrepareAsync();
                run.StartOnlyByHand();
                await run.StartAsync();
                await run.FeedAsync(3);
            }
        }, PcmCapability.XRun),
        new("xrun", "xrun-stops-the-hardware", "After an xrun no interrupt comes any more.", "PcmOps.TriggerAsync(STOP)", async run =>
        {
            await run.RunningAsync();
            await run.StarveAsync();
            int periods = run.Ops.Periods;
            await run.ElapsePeriodsAsync(8);
            LawRun.Expect(run.Ops.Periods <= periods + 1, $"{run.Ops.Periods - periods} interrupts came in the 8 periods after the xrun");
        }, PcmCapability.XRun),
        new("xrun", "forced-xrun-recovers", "After the xrun ioctl the stream can be prepared again.", "kernel: SNDRV_PCM_IOCTL_XRUN", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1);
            await run.MustAsync("xrun", () => run.Stream.XRunAsync());
            run.ExpectState(PcmState.XRun, "xrun");
            await run.PrepareAsync();
            await run.ExpectWorksAsync("a forced xrun");
        }),
        new("xrun", "free-running-goes-on", "A stream that no position stops does not stop when the application falls behind.", "PcmRuntime.IsFreeRunning", async run =>
        {
            await run.PreparedAsync();
            run.SetSwParams(p => p with { StopThreshold = run.Runtime.Boundary });
            await run.StartAsync();
            await run.ElapseAsync(run.PeriodTime(3 * Ring(run)));
            run.ExpectState(PcmState.Running, "three rings without the application, with no stop threshold");
            await run.DropAsync();
        }),
        new("xrun", "xrun-wakes", "Whoever waits when the xrun comes is woken by it.", "kernel: snd_pcm_stop wakes", async run =>
        {
            await run.RunningAsync();
            run.SetSwParams(p => p with { AvailMin = run.Runtime.BufferFrames * 4L });
            PcmError error = await run.DoAsync("wait for more than a ring", () => run.Stream.WaitAsync(TimeSpan.FromSeconds(10)));
            LawRun.Expect(error == PcmError.XRun, $"the wait ended with {error.ErrnoName()}, state {run.Stream.State}");
        }, PcmCapability.XRun),
    ];

    private static double Ring(LawRun run) => (double)run.Runtime.BufferFrames / run.Runtime.PeriodFrames;
}
