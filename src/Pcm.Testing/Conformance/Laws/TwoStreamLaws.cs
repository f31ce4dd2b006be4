namespace Pcm.Testing.Conformance;

/// <summary>Two streams of one card.</summary>
internal static class TwoStreamLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        new("two", "two-substreams", "Two substreams run at the same time; closing one does not disturb the other.", "PcmOps: one instance per substream", async run =>
        {
            await run.RunningAsync();
            LawRun other = await SecondAsync(run);
            await run.KeepAsync(1);
            other.Exchange();
            await other.CloseAsync();
            await run.FeedAsync(6);
            run.ExpectState(PcmState.Running, "the close of the other stream");
        }, PcmCapability.TwoSubstreams),
        new("two", "substreams-have-their-own-position", "Two substreams that were started at different times have different positions.", "PcmOps: one instance per substream", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(2.5);
            LawRun other = await SecondAsync(run);
            long first = run.Look(), second = other.Look();
            LawRun.Expect(first >= run.Runtime.PeriodFrames && second < first, $"the first is at {first} after 2.5 periods, the second at {second} when it has just started");
            await other.DropAsync();
            await run.FeedAsync(3);
        }, PcmCapability.TwoSubstreams),
        new("two", "both-directions", "Playback and capture run at the same time; stopping one does not disturb the other.", "PcmDeviceDescription", async run =>
        {
            await run.RunningAsync();
            LawRun capture = await CaptureAsync(run);
            for (int i = 0; i < 12; i++)
            {
                run.Exchange();
                capture.Exchange();
                await run.ElapsePeriodsAsync(0.5);
            }

            LawRun.Expect(run.Look() > run.Runtime.PeriodFrames && capture.Look() > capture.Runtime.PeriodFrames, $"positions {run.Ops.Moved} and {capture.Ops.Moved} after 6 periods");
            await capture.DropAsync();
            await capture.CloseAsync();
            await run.FeedAsync(5);
        }, PcmCapability.Duplex) { Only = PcmDirection.Playback },
        new("two", "linked-start-and-stop", "Linked streams start together, run, and stop together.", "kernel: SNDRV_PCM_IOCTL_LINK", async run =>
        {
            await run.PreparedAsync();
            LawRun capture = await CaptureAsync(run, start: false);
            if (run.Device.IsNonatomic != capture.Device.IsNonatomic)
            {
                LawRun.Skip("the two cannot be linked: only one of them may wait in trigger");
            }

            await run.MustAsync("link", () => run.Stream.LinkAsync(capture.Stream));
            await run.StartAsync();
            capture.ExpectState(PcmState.Running, "the start of the linked playback");
            for (int i = 0; i < 8; i++)
            {
                run.Exchange();
                capture.Exchange();
                await run.ElapsePeriodsAsync(0.5);
            }

            LawRun.Expect(run.Look() > run.Runtime.PeriodFrames && capture.Look() > capture.Runtime.PeriodFrames, $"positions {run.Ops.Moved} and {capture.Ops.Moved} after 4 periods");
            await run.DropAsync();
            capture.ExpectState(PcmState.Setup, "the drop of the linked playback");
            await run.MustAsync("unlink", () => run.Stream.UnlinkAsync());
            await capture.CloseAsync();
            await run.ExpectWorksAsync("linking");
        }, PcmCapability.Duplex) { Only = PcmDirection.Playback },
    ];

    private static async Task<LawRun> SecondAsync(LawRun run)
    {
        if (run.Device.Stream(run.Direction).Count <= run.Bench.Substream + 1)
        {
            LawRun.Skip($"the card has one {LawRunner.Word(run.Direction)} substream");
        }

        LawRun other = run.Other(run.Direction, run.Bench.Substream + 1);
        await other.RunningAsync();
        return other;
    }

    private static async Task<LawRun> CaptureAsync(LawRun run, bool start = true)
    {
        if (run.Bench.DeviceOf(PcmDirection.Capture) is null)
        {
            LawRun.Skip("the card has no capture");
        }

        LawRun capture = run.Other(PcmDirection.Capture, run.Bench.Substream);
        if (run.Device.IsHalfDuplex && capture.Device == run.Device)
        {
            LawRun.Skip("the device is half duplex");
        }

        await (start ? capture.RunningAsync() : capture.PreparedAsync());
        return capture;
    }
}
