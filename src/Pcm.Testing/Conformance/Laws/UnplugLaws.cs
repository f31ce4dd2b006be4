namespace Pcm.Testing.Conformance;

/// <summary>The card is pulled out.</summary>
internal static class UnplugLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        .. Points.All.Select(static point => new PcmLaw(
            "unplug",
            $"unplug-when-{point.Name}",
            $"The card of a stream {point.Words} can be pulled out: every verb is ENODEV, nothing interrupts, closing works.",
            "PcmCard.DisconnectAsync; kernel: snd_pcm_dev_disconnect",
            async run =>
            {
                await point.Reach(run);
                await UnplugAsync(run);
                await GoneAsync(run);
            },
            [PcmCapability.Unplug, .. point.Needs])),
        new("unplug", "unplug-ends-a-wait", "Whoever waits for a period is woken by the unplug, with ENODEV.", "kernel: every wait ends", async run =>
        {
            await run.RunningAsync();
            run.SetSwParams(p => p with { AvailMin = run.Runtime.BufferFrames * 4L });
            run.Note("wait for more than a ring");
            ValueTask<PcmError> wait = run.Stream.WaitAsync(TimeSpan.FromSeconds(10));
            await run.ElapsePeriodsAsync(0.4);
            await UnplugAsync(run);
            PcmError error = await run.WithinAsync("the wait", wait);
            LawRun.Expect(error == PcmError.NoDevice, $"the wait answered {error.ErrnoName()}");
            await GoneAsync(run);
        }, PcmCapability.Unplug),
        new("unplug", "unplug-ends-a-transfer", "A blocked transfer is ended by the unplug.", "kernel: every wait ends", async run =>
        {
            await run.RunningAsync();
            run.Exchange();
            ValueTask<PcmTransfer> transfer = new(run.TryTransferAsync(run.Runtime.BufferFrames));
            await run.ElapsePeriodsAsync(0.4);
            await UnplugAsync(run);
            PcmTransfer done = await run.WithinAsync("the transfer", transfer);
            LawRun.Expect(done.Frames < run.Runtime.BufferFrames, "a transfer went on after the unplug");
            await GoneAsync(run);
        }, PcmCapability.Unplug),
        new("unplug", "unplug-ends-a-drain", "A drain is ended by the unplug, with ENODEV.", "kernel: every wait ends", async run =>
        {
            await run.RunningAsync();
            ValueTask<PcmError> drain = run.Stream.DrainAsync();
            await run.ElapsePeriodsAsync(0.4);
            await UnplugAsync(run);
            PcmError error = await run.WithinAsync("drain", drain);
            LawRun.Expect(error == PcmError.NoDevice, $"drain answered {error.ErrnoName()}");
            await GoneAsync(run);
        }, PcmCapability.Unplug) { Only = PcmDirection.Playback },
    ];

    private static async Task UnplugAsync(LawRun run)
    {
        run.Note("unplug");
        await run.WithinAsync("unplug", run.Device.Card.DisconnectAsync());
        run.ExpectState(PcmState.Disconnected, "the unplug");
    }

    private static async Task GoneAsync(LawRun run)
    {
        int periods = run.Ops.Periods;
        await run.ElapseAsync(TimeSpan.FromMilliseconds(run.IsRealTime ? 100 : 400));
        LawRun.Expect(run.Ops.Periods == periods, $"{run.Ops.Periods - periods} interrupts came after the unplug");
        await run.MustAsync("prepare", () => run.Stream.PrepareAsync(), PcmError.NoDevice);
        await run.CloseAsync();
        PcmOpenResult again = await run.WithinAsync("open", run.Device.OpenAsync(run.Direction, PcmOpenMode.NonBlocking, run.Bench.Substream));
        LawRun.Expect(again.Error == PcmError.NoEntry, $"an open of the card that is gone answered {again.Error.ErrnoName()}");
    }
}
