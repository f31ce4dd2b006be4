namespace Pcm.Testing.Conformance;

/// <summary>
/// An op fails: the kit answers EIO in the backend's place, so that the backend misses a call, and sees whether it still works with what the core
/// does next. Where a call must not be missed (hw_free, sync_stop, close) the backend is asked first and only its answer is replaced.
/// </summary>
internal static class FaultLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        Law("open", "an open that failed", async (run, _) =>
        {
            await run.OpenAsync();
            await run.CloseAsync();
            await FailAsync(run, "open", PcmError.IO, async () => (await run.Device.OpenAsync(run.Direction, PcmOpenMode.NonBlocking, run.Bench.Substream)).Error);
        }),
        Law("hw_params", "a hw_params that failed", async (run, error) =>
        {
            await run.OpenAsync();
            PcmHwParams request = run.Request();
            await FailAsync(run, "hw_params", error, () => run.Stream.HwParamsAsync(request));
            await run.ConfigureAsync();
            await FailAsync(run, "hw_params", error, () => run.Stream.HwParamsAsync(run.Request(periods: 2)));
        }),
        Law("prepare", "a prepare that failed", async (run, error) =>
        {
            await run.OpenAsync();
            await run.ConfigureAsync();
            await FailAsync(run, "prepare", error, () => run.Stream.PrepareAsync());
        }),
        Law("reset", "a reset that failed inside prepare", async (run, error) =>
        {
            await run.OpenAsync();
            await run.ConfigureAsync();
            await FailAsync(run, "reset", error, () => run.Stream.PrepareAsync());
        }),
        Law("start", "a start that failed", async (run, error) =>
        {
            await run.PreparedAsync();
            if (run.IsPlayback)
            {
                run.Fill();
            }

            await FailAsync(run, "trigger(START)", error, () => run.Stream.StartAsync());
            await FailAsync(run, "trigger(START)", error, () => run.Stream.StartAsync());
        }),
        Law("pause", "a pause that failed", async (run, error) =>
        {
            await RunningWithAsync(run, PcmInfo.Pause);
            await FailAsync(run, "trigger(PAUSE_PUSH)", error, () => run.Stream.PauseAsync(true));
            await run.FeedAsync(3);
            await run.DropAsync();
        }, PcmCapability.Pause),
        Law("release", "a release that failed", async (run, error) =>
        {
            await RunningWithAsync(run, PcmInfo.Pause);
            await run.MustAsync("pause", () => run.Stream.PauseAsync(true));
            await FailAsync(run, "trigger(PAUSE_RELEASE)", error, () => run.Stream.PauseAsync(false));
            await run.MustAsync("release", () => run.Stream.PauseAsync(false));
            await run.FeedAsync(3);
            await run.DropAsync();
        }, PcmCapability.Pause),
        Law("resume", "a resume that failed", async (run, error) =>
        {
            await RunningWithAsync(run, PcmInfo.Resume);
            await run.MustAsync("suspend", () => run.Stream.SuspendAsync());
            await FailAsync(run, "trigger(RESUME)", error, () => run.Stream.ResumeAsync());
            await run.PrepareAsync();
        }, PcmCapability.Resume, PcmCapability.Suspend),
        Law("ack", "an ack that failed", async (run, error) =>
        {
            await run.RunningAsync();
            await run.ElapsePeriodsAsync(1.5);
            run.Ops.AckInstead = () => error;
            PcmError answer = run.Exchange();
            run.Ops.AckInstead = null;
            LawRun.Expect(answer == error, $"a transfer whose ack failed answered {answer.ErrnoName()}");
            await run.FeedAsync(3);
            await run.DropAsync();
        }),
        Law("sync_stop", "a sync_stop that said it failed", async (run, error) =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1);
            await run.DropAsync();
            run.Ops.AnswerAfter = op => op == "sync_stop" ? error : null;
            await run.PrepareAsync();
            run.Ops.AnswerAfter = null;
        }),
        Law("hw_free", "a hw_free that said it failed", async (run, error) =>
        {
            await run.PreparedAsync();
            run.Ops.AnswerAfter = op => op == "hw_free" ? error : null;
            await run.MustAsync("hw_free", () => run.Stream.HwFreeAsync(), error);
            run.Ops.AnswerAfter = null;
            run.ExpectState(PcmState.Open, "a failed hw_free");
        }),
        Law("memory", "a hw_params without memory", async (run, _) =>
        {
            await run.OpenAsync();
            await FailAsync(run, "hw_params", PcmError.NoMemory, () => run.Stream.HwParamsAsync(run.Request()));
            run.ExpectState(PcmState.Open, "a failed hw_params");
        }),
    ];

    private static PcmLaw Law(string op, string words, Func<LawRun, PcmError, Task> scenario, params PcmCapability[] needs) => new(
        "error",
        $"error-at-{op.Replace('_', '-')}",
        $"After {words} the stream works.",
        "PcmOps: the errors of each op; kernel: fault injection of pcmtest",
        async run =>
        {
            await scenario(run, PcmError.IO);
            await run.ExpectWorksAsync(words);
        },
        needs);

    /// <summary>Runs a verb whose op fails before it reaches the backend.</summary>
    private static async Task FailAsync(LawRun run, string op, PcmError error, Func<ValueTask<PcmError>> verb)
    {
        CheckingOps ops = run.Ops;
        ops.AnswerInstead = called => called == op ? error : null;
        PcmError answer = await run.DoAsync($"{op}, which the kit lets fail", verb);
        ops.AnswerInstead = null;
        LawRun.Expect(answer == error, $"the verb answered {answer.ErrnoName()} when {op} answered {error.ErrnoName()}");
    }

    private static async Task RunningWithAsync(LawRun run, PcmInfo needed)
    {
        await run.PreparedAsync();
        if (!run.Has(needed))
        {
            LawRun.Skip($"the hardware does not declare {needed}");
        }

        await run.StartAsync();
        await run.KeepAsync(1);
    }
}
