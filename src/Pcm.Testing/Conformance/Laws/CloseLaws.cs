namespace Pcm.Testing.Conformance;

/// <summary>A stream can be closed at any point of its life.</summary>
internal static class CloseLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        .. Points.All.Select(static point => new PcmLaw(
            "close", $"close-when-{point.Name}", $"A stream {point.Words} can be closed; nothing comes after it, and the next session works.", "PcmOps.CloseAsync; kernel: close at any point", async run =>
            {
                await point.Reach(run);
                CheckingOps ops = run.Ops;
                await run.CloseAsync();
                int periods = ops.Periods;
                await run.ElapseAsync(TimeSpan.FromMilliseconds(run.IsRealTime ? 100 : 400));
                LawRun.Expect(ops.Periods == periods, $"{ops.Periods - periods} interrupts came after close");
                await run.OpenAsync();
                await run.ExpectWorksAsync($"close of a stream {point.Words}");
            }, point.Needs)),
        new("close", "card-disposes", "A card whose streams are closed can be disposed, once and a second time.", "PcmOps.DisposeAsync", async run =>
        {
            await run.OpenAsync();
            await run.CloseAsync();
            run.Note("dispose the card");
            await run.WithinAsync("dispose the card", run.Device.Card.DisposeAsync());
            await run.WithinAsync("dispose the card again", run.Device.Card.DisposeAsync());
        }),
        new("close", "dispose-while-running", "A card can be disposed while a stream of it runs.", "PcmCard.DisposeAsync", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1);
            run.Note("dispose the card");
            await run.WithinAsync("dispose the card", run.Device.Card.DisposeAsync());
        }),
        new("close", "second-open-is-busy", "A stream that is open cannot be opened a second time; the first session does not notice.", "kernel: EBUSY", async run =>
        {
            await run.RunningAsync();
            PcmOpenResult second = await run.WithinAsync("second open", run.Device.OpenAsync(run.Direction, PcmOpenMode.NonBlocking, run.Bench.Substream));
            LawRun.Expect(second.Error == PcmError.Busy, $"a second open answered {second.Error.ErrnoName()}");
            await run.FeedAsync(4);
        }),
    ];
}
