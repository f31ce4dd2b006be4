namespace Pcm.Testing.Conformance;

/// <summary>Transfers, as far as a backend can spoil them.</summary>
internal static class TransferLaws
{
    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        new("transfer", "ring-fills-before-start", "A prepared playback takes a whole ring, and then no frame more.", "PcmOps.Ack: it may come before the start", async run =>
        {
            await run.PreparedAsync();
            int written = run.Fill();
            LawRun.Expect(written == run.Runtime.BufferFrames, $"{written} of {run.Runtime.BufferFrames} frames were taken");
            PcmError error = run.Stream.Write(run.Silence(1), out int more);
            LawRun.Expect(error == PcmError.Again && more == 0, $"a write to a full ring answered {error.ErrnoName()} with {more} frames");
        }) { Only = PcmDirection.Playback },
        new("transfer", "pieces-of-any-size", "Transfers of one frame, of odd sizes and of a ring work alike.", "PcmOps.Ack", async run =>
        {
            await run.RunningAsync();
            foreach (int frames in (int[])[1, 7, run.Runtime.PeriodFrames - 1, run.Runtime.PeriodFrames + 1, run.Runtime.PeriodFrames * 3 / 2, 1])
            {
                await run.TransferAsync(frames);
            }

            await run.FeedAsync(3);
        }),
        new("transfer", "start-by-threshold", "A transfer starts the stream when the start threshold is reached.", "PcmSwParams.StartThreshold", async run =>
        {
            await run.OpenAsync();
            await run.ConfigureAsync();
            await run.PrepareAsync();
            run.SetSwParams(p => p with { StartThreshold = run.Runtime.PeriodFrames });
            await run.TransferAsync(run.Runtime.PeriodFrames);
            LawRun.Expect(run.Stream.State == PcmState.Running, $"the state is {run.Stream.State} after a transfer of the start threshold");
        }),
        new("transfer", "steady-for-long", "An application that keeps up transfers fifty periods without an xrun.", "PcmOps.GetPointer", async run =>
        {
            await run.RunningAsync();
            await run.FeedAsync(50);
            run.ExpectState(PcmState.Running, "fifty periods");
        }),
        new("transfer", "rewind-is-honest", "What GetRewindable allows is taken back and can be written anew.", "PcmOps.GetRewindable", async run =>
        {
            await run.RunningAsync();
            await run.KeepAsync(0.5);
            long queued = run.Runtime.BufferFrames - run.Runtime.PeriodFrames;
            long allowed = Math.Min(run.Ops.GetRewindable(run.Runtime), queued - run.Runtime.PeriodFrames);
            run.Note($"rewind {allowed}");
            PcmError error = run.Stream.Rewind(allowed, out long moved);
            LawRun.Expect(error == PcmError.None && moved == allowed, $"rewind of {allowed} frames answered {error.ErrnoName()} with {moved}");
            await run.FeedAsync(3);
        }) { Only = PcmDirection.Playback },
        new("transfer", "forward-works", "The application may skip frames; the stream goes on.", "PcmOps.Ack: the position moved", async run =>
        {
            await run.RunningAsync();
            await run.ElapsePeriodsAsync(1.2);
            int frames = run.Runtime.PeriodFrames / 2;
            run.Note($"forward {frames}");
            PcmError error = run.Stream.Forward(frames, out long moved);
            LawRun.Expect(error == PcmError.None && moved == frames, $"forward of {frames} frames answered {error.ErrnoName()} with {moved}");
            await run.FeedAsync(3);
        }),
        new("transfer", "silence-is-written", "A write of silence takes the frames it says.", "PcmOps.FillSilence", async run =>
        {
            await run.PreparedAsync();
            PcmTransfer done = await run.WithinAsync("write silence", run.Stream.WriteSilenceAsync(run.Runtime.PeriodFrames));
            LawRun.Expect(done.Error == PcmError.None && done.Frames == run.Runtime.PeriodFrames, $"a write of silence answered {done.Error.ErrnoName()} with {done.Frames} frames");
        }) { Only = PcmDirection.Playback },
    ];
}
