namespace Pcm.Testing.Conformance;

/// <summary>Whoever waits may give up.</summary>
internal static class CancelLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        Law("open", "open", async run =>
        {
            await run.OpenAsync();
            await run.CloseAsync();
            await CancelAsync(run, "open", async ct =>
            {
                PcmOpenResult result = await run.Device.OpenAsync(run.Direction, PcmOpenMode.NonBlocking, run.Bench.Substream, ct);
                if (result.Substream is { } opened)
                {
                    await opened.CloseAsync(); // the backend did not look at the token: no harm
                }

                return result.Error;
            });
        }),
        Law("hw-params", "hw_params", async run =>
        {
            await run.OpenAsync();
            PcmHwParams request = run.Request();
            await CancelAsync(run, "hw_params", ct => run.Stream.HwParamsAsync(request, ct));
        }),
        Law("prepare", "prepare", async run =>
        {
            await run.OpenAsync();
            await run.ConfigureAsync();
            await CancelAsync(run, "prepare", ct => run.Stream.PrepareAsync(ct));
        }),
        Law("start", "start", async run =>
        {
            await run.PreparedAsync();
            if (run.IsPlayback)
            {
                run.Fill();
            }

            await CancelAsync(run, "trigger(START)", ct => run.Stream.StartAsync(ct));
            await run.DropAsync();
        }),
        Law("sync-stop", "the wait for a stop inside prepare", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1);
            await run.DropAsync();
            await CancelAsync(run, "sync_stop", ct => run.Stream.PrepareAsync(ct));
        }),
        Law("wait", "a wait for a period", async run =>
        {
            await run.RunningAsync();
            run.Exchange();
            await CancelLaterAsync(run, "wait", async ct => await run.Stream.WaitAsync(TimeSpan.FromSeconds(5), ct));
            await run.FeedAsync(3);
            await run.DropAsync();
        }),
        Law("transfer", "a blocked transfer", async run =>
        {
            await run.RunningAsync();
            run.Exchange();
            await CancelLaterAsync(run, "transfer", async ct => (await run.TryTransferAsync(run.Runtime.BufferFrames * 2, ct)).Error);
            await run.FeedAsync(3);
            await run.DropAsync();
        }),
        Law("drain", "a drain", async run =>
        {
            await run.RunningAsync();
            await CancelLaterAsync(run, "drain", ct => run.Stream.DrainAsync(ct));
            await run.AwaitStateAsync(PcmState.Setup, (2.0 * run.Runtime.BufferFrames / run.Runtime.PeriodFrames) + 4, "a drain that nobody waits for any more");
        }, PcmDirection.Playback),
    ];

    private static PcmLaw Law(string name, string words, Func<LawRun, Task> scenario, PcmDirection? only = null) => new(
        "cancel", $"cancel-{name}", $"After {words} was cancelled the stream works.", "PcmSubstream, remarks: cancelling a verb leaves the state", async run =>
        {
            await scenario(run);
            await run.ExpectWorksAsync($"{words} that was cancelled");
        }) { Only = only };

    /// <summary>The token is cancelled when the op begins: a backend that waits ends with an exception, one that does not may succeed.</summary>
    private static async Task CancelAsync(LawRun run, string op, Func<CancellationToken, ValueTask<PcmError>> verb)
    {
        using var source = new CancellationTokenSource();
        run.Ops.Before = called =>
        {
            if (called == op)
            {
                source.Cancel();
            }
        };
        await EndAsync(run, $"{op}, cancelled", source, () => verb(source.Token));
        run.Ops.Before = null;
    }

    /// <summary>The token is cancelled a third of a period after the verb began.</summary>
    private static async Task CancelLaterAsync(LawRun run, string what, Func<CancellationToken, ValueTask<PcmError>> verb)
    {
        using var source = new CancellationTokenSource();
        ValueTask<PcmError> call = verb(source.Token);
        await run.ElapsePeriodsAsync(0.3);
        source.Cancel(); // not CancelAsync: it goes through the thread pool
        await EndAsync(run, $"{what}, cancelled", source, () => call);
    }

    private static async Task EndAsync(LawRun run, string what, CancellationTokenSource source, Func<ValueTask<PcmError>> call)
    {
        try
        {
            PcmError error = await run.DoAsync(what, call);
            LawRun.Expect(error == PcmError.None, $"{what} answered {error.ErrnoName()}; expected success or the exception of the cancellation");
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested)
        {
            run.Note($"{what}: ended by the cancellation");
        }
    }
}
