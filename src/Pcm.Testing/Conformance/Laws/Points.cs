namespace Pcm.Testing.Conformance;

/// <summary>The points of a stream's life at which something may happen to it.</summary>
internal static class Points
{
    public static IReadOnlyList<(string Name, string Words, PcmCapability[] Needs, Func<LawRun, Task> Reach)> All { get; } =
    [
        ("open", "that was never configured", [], static run => run.OpenAsync()),
        ("setup", "that is configured", [], static async run =>
        {
            await run.OpenAsync();
            await run.ConfigureAsync();
        }),
        ("prepared", "that is prepared with a full ring", [], static async run =>
        {
            await run.PreparedAsync();
            run.Exchange();
        }),
        ("running", "that runs", [], static async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1.5);
        }),
        ("xrun", "that is in XRUN", [], static async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1.5);
            await run.MustAsync("xrun", () => run.Stream.XRunAsync());
        }),
        ("draining", "that drains", [], static async run =>
        {
            if (!run.IsPlayback)
            {
                LawRun.Skip("a capture that drains has stopped");
            }

            await run.RunningAsync();
            run.Stream.NonBlocking = true;
            await run.MustAsync("drain, not waiting", () => run.Stream.DrainAsync(), PcmError.Again);
            run.Stream.NonBlocking = false;
        }),
        ("paused", "that is paused", [PcmCapability.Pause], static async run =>
        {
            await run.RunningAsync();
            if (!run.Has(PcmInfo.Pause))
            {
                LawRun.Skip("the hardware does not declare Pause");
            }

            await run.KeepAsync(1.5);
            await run.MustAsync("pause", () => run.Stream.PauseAsync(true));
        }),
        ("suspended", "that is suspended", [PcmCapability.Suspend], static async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1.5);
            await run.MustAsync("suspend", () => run.Stream.SuspendAsync());
        }),
    ];
}
