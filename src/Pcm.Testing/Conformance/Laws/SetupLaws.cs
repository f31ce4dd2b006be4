namespace Pcm.Testing.Conformance;

/// <summary>hw_params, hw_free, prepare, reset.</summary>
internal static class SetupLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        new("setup", "open-close-repeats", "A stream can be opened and closed any number of times without being configured.", "PcmOps.CloseAsync: it may never have seen hw_params", async run =>
        {
            for (int i = 0; i < 10; i++)
            {
                await run.OpenAsync();
                await run.CloseAsync();
            }

            await run.OpenAsync();
            await run.ExpectWorksAsync("ten empty sessions");
        }),
        new("setup", "hw-params-repeats", "hw_params may come again without hw_free, with another buffer; the last one counts.", "PcmOps.HwParamsAsync: may come again", async run =>
        {
            await run.OpenAsync();
            await run.ConfigureAsync();
            await run.ConfigureAsync(run.Request(periodScale: 2));
            await run.ConfigureAsync(run.Request(periods: 2));
            await run.ExpectWorksAsync("three hw_params in a row");
        }),
        new("setup", "hw-params-uses-its-argument", "After another hw_params the periods are those of its argument, not of the session's old values.", "PcmOps.HwParamsAsync: runtime still has the old values", async run =>
        {
            await run.PreparedAsync();
            int before = run.Runtime.PeriodFrames;
            await run.ConfigureAsync(run.Request(periodScale: 2));
            if (run.Runtime.PeriodFrames == before)
            {
                LawRun.Skip("the hardware has one period only");
            }

            await run.PrepareAsync();
            run.StartOnlyByHand();
            await run.StartAsync();
            int periods = run.Ops.Periods;
            long startNs = run.Services.NowNs;
            await run.KeepAsync(8);
            int seen = run.Ops.Periods - periods;
            double passed = run.PeriodsSince(startNs);
            LawRun.Expect(seen >= passed / 2 && seen <= passed + 2, $"{seen} period interrupts in the time of {passed:0.#} periods of {run.Runtime.PeriodFrames} frames; hw_params before had {before}");
            long moved = run.Look();
            LawRun.Expect(moved >= run.Runtime.PeriodFrames * 6L, $"the position moved {moved} frames in the time of {passed:0.#} periods of {run.Runtime.PeriodFrames}");
        }, PcmCapability.Timing),
        new("setup", "hw-params-with-data-queued", "hw_params may come from PREPARED with data in the ring.", "kernel: hw_params is legal in PREPARED", async run =>
        {
            await run.PreparedAsync();
            run.Exchange();
            await run.ConfigureAsync(run.Request(periods: 2));
            await run.ExpectWorksAsync("hw_params with data queued");
        }),
        new("setup", "hw-params-refused-recovers", "After a refused hw_params, and the hw_free that follows it, the stream can be configured.", "PcmOps.HwFreeAsync: also called after a failed hw_params", async run =>
        {
            await run.OpenAsync();
            var impossible = new PcmHwParams { Channels = 0 };
            await run.MustAsync("hw_params(0 channels)", () => run.Stream.HwParamsAsync(impossible), PcmError.InvalidArgument);
            await run.ConfigureAsync();
            await run.MustAsync("hw_params(0 channels)", () => run.Stream.HwParamsAsync(impossible.Clone()), PcmError.InvalidArgument);
            run.ExpectState(PcmState.Open, "a refused hw_params");
            await run.ConfigureAsync();
            await run.ExpectWorksAsync("a refused hw_params");
        }),
        new("setup", "hw-free-idempotent", "HwFreeAsync succeeds when nothing is allocated, and twice in a row.", "PcmOps.HwFreeAsync: must be idempotent", async run =>
        {
            await run.OpenAsync();
            await run.MustAsync("op hw_free, nothing allocated", () => run.Ops.Backend.HwFreeAsync());
            await run.ConfigureAsync();
            await run.MustAsync("hw_free", () => run.Stream.HwFreeAsync());
            await run.MustAsync("op hw_free again", () => run.Ops.Backend.HwFreeAsync());
            await run.ConfigureAsync();
            await run.ExpectWorksAsync("hw_free twice");
        }),
        new("setup", "configure-cycles", "Twenty rounds of hw_params, prepare, hw_free change nothing.", "kernel: leaks show as ENOMEM", async run =>
        {
            await run.OpenAsync();
            PcmHwParams request = run.Request();
            for (int i = 0; i < 20; i++)
            {
                await run.ConfigureAsync(request);
                await run.PrepareAsync();
                await run.MustAsync("hw_free", () => run.Stream.HwFreeAsync());
            }

            LawRun.Expect(run.Device.Card.BufferBytes == 0, $"{run.Device.Card.BufferBytes} bytes of rings are left after hw_free");
            await run.ConfigureAsync(request);
            await run.ExpectWorksAsync("twenty rounds");
        }),
        new("setup", "ring-is-memory", "The ring can be written and read over its whole length.", "PcmOps.AllocateBuffer; PcmBuffer.Span", async run =>
        {
            await run.PreparedAsync();
            Span<byte> ring = run.Runtime.Buffer!.Span;
            for (int i = 0; i < ring.Length; i++)
            {
                ring[i] = (byte)(i * 7);
            }

            for (int i = 0; i < ring.Length; i++)
            {
                LawRun.Expect(ring[i] == (byte)(i * 7), $"byte {i} of the ring does not keep what is written");
            }
        }),
        new("setup", "prepare-repeats", "prepare may come many times in a row.", "PcmOps.PrepareAsync: any number of times", async run =>
        {
            await run.PreparedAsync();
            for (int i = 0; i < 5; i++)
            {
                await run.PrepareAsync();
            }

            run.StartOnlyByHand();
            await run.StartAsync();
            await run.FeedAsync(4);
        }),
        new("setup", "prepare-resets-position", "After prepare the position starts from 0, wherever it was.", "PcmOps.PrepareAsync; kernel: a stale position is a jump after recovery", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(2.5);
            await run.DropAsync();
            await run.PrepareAsync();
            run.StartOnlyByHand();
            await run.StartAsync();
            await run.MustAsync("hwsync", () => new ValueTask<PcmError>(run.Stream.HwSync()));
            long frames = run.Runtime.HardwarePosition;
            LawRun.Expect(run.IsRealTime || frames <= 1, $"the position is {frames} right after a new start");
            LawRun.Expect(frames <= run.Runtime.PeriodFrames, $"the position is {frames} right after a new start");
        }),
        new("setup", "reset-keeps-running", "reset of a running stream sets the application to the hardware; the stream goes on.", "PcmOps.ResetAsync: also while running", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(1.5);
            if (run.IsRealTime)
            {
                run.SetSwParams(p => p with { StopThreshold = run.Runtime.Boundary }); // reset leaves the ring empty, and time does not wait until it is filled
            }

            await run.MustAsync("reset", () => run.Stream.ResetAsync());
            long left = Math.Abs(run.Runtime.ApplicationPosition - run.Runtime.HardwarePosition);
            LawRun.Expect(left <= run.Runtime.PeriodFrames, $"the positions are {left} frames apart after reset");
            run.Exchange();
            await run.KeepAsync(4);
            run.ExpectState(PcmState.Running, "reset");
            LawRun.Expect(run.Look() >= run.Runtime.PeriodFrames * 3L, $"the position moved {run.Ops.Moved} frames in 5 periods");
        }),
        new("setup", "reset-when-prepared", "reset of a prepared stream forgets what was queued.", "PcmOps.ResetAsync: what was queued is void", async run =>
        {
            await run.PreparedAsync();
            run.Exchange();
            await run.MustAsync("reset", () => run.Stream.ResetAsync());
            LawRun.Expect(run.Runtime.ApplicationPosition == run.Runtime.HardwarePosition, "the positions differ after reset");
            await run.StartAsync();
            await run.FeedAsync(4);
        }),
    ];
}
