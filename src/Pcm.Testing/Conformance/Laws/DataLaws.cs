namespace Pcm.Testing.Conformance;

/// <summary>What is played is what was written; what is read is what was captured.</summary>
internal static class DataLaws
{
    /// <summary>Enough to go round the ring several times, and no multiple of a period.</summary>
    private const double Periods = 21.4;

    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        Sink("data-played", "Everything that is written is played, once, in order, with nothing between.", static (_, _) => Task.CompletedTask, PcmCapability.Data),
        Sink("data-played-over-pauses", "Pauses lose no frame and double none.", static async (run, writes) =>
        {
            if (run.Has(PcmInfo.Pause) && writes % 5 == 4)
            {
                await run.MustAsync("pause", () => run.Stream.PauseAsync(true));
                await run.ElapsePeriodsAsync(1.7);
                await run.MustAsync("release", () => run.Stream.PauseAsync(false));
            }
        }, PcmCapability.Data, PcmCapability.Pause),
        Sink("data-played-after-rewinds", "Frames that were taken back and written anew are played once.", static (run, writes) =>
        {
            // What is rewound is skipped again: the same frames, so the same audio must come out.
            if (writes % 3 == 2 && run.Stream.Rewind(run.Runtime.PeriodFrames / 2, out long moved) == PcmError.None && moved > 0)
            {
                PcmError error = run.Stream.Forward(moved, out long forward);
                LawRun.Expect(error == PcmError.None && forward == moved, $"forward over {moved} rewound frames answered {error.ErrnoName()} with {forward}");
            }

            return Task.CompletedTask;
        }, PcmCapability.Data),
        new("data", "data-captured", "What is read is what the source has, from its first frame, with nothing lost at the ring's end.", "PcmOps.CopyFromRing", async run =>
        {
            if (run.Bench.Captured is not { } source)
            {
                LawRun.Skip("the bench does not know what is captured");
                return;
            }

            await run.RunningAsync();
            int frameBytes = (int)run.Runtime.FramesToBytes(1);
            int frames = Math.Min(source.Length / frameBytes, (int)(Periods * run.Runtime.PeriodFrames));
            byte[] read = new byte[frames * frameBytes];
            for (int done = 0; done < frames;)
            {
                int piece = Math.Min(run.Runtime.PeriodFrames, frames - done);
                PcmTransfer transfer = await run.WithinAsync("read", run.Stream.ReadAsync(read.AsMemory(done * frameBytes, piece * frameBytes)));
                LawRun.Expect(transfer.Error == PcmError.None && transfer.Frames == piece, $"read answered {transfer.Error.ErrnoName()} with {transfer.Frames} of {piece} frames");
                done += piece;
            }

            int same = read.AsSpan().CommonPrefixLength(source);
            LawRun.Expect(same >= read.Length, $"byte {same} (frame {same / frameBytes}) of {read.Length} that were read is not the source's");
        }, PcmCapability.Data) { Only = PcmDirection.Capture },
        new("data", "data-through-the-cable", "What is played into a cable is captured at its other end, bit for bit.", "kernel: snd-aloop", async run =>
        {
            if (!run.Bench.IsCable || run.Bench.DeviceOf(PcmDirection.Capture) is null)
            {
                LawRun.Skip("the bench is no cable");
            }

            await CableAsync(run);
        }, PcmCapability.Data) { Only = PcmDirection.Playback },
    ];

    private static PcmLaw Sink(string name, string statement, Func<LawRun, int, Task> meanwhile, params PcmCapability[] needs) => new(
        "data", name, statement, "PcmOps.CopyToRing; kernel: pcmtest's pattern check", async run =>
        {
            if (run.Bench.ReadPlayed is not { } readPlayed)
            {
                LawRun.Skip("the bench cannot say what was played");
                return;
            }

            await run.PreparedAsync();
            if (needs.Contains(PcmCapability.Pause) && !run.Has(PcmInfo.Pause))
            {
                LawRun.Skip("the hardware does not declare Pause");
            }

            var pattern = new PcmPattern((int)run.Runtime.FramesToBytes(1));
            int frames = (int)(Periods * run.Runtime.PeriodFrames);
            run.SetSwParams(p => p with { StartThreshold = run.Runtime.BufferFrames });
            await WriteAsync(run, pattern, frames, meanwhile);
            await run.MustAsync("drain", () => run.Stream.DrainAsync());
            await run.CloseAsync();
            run.Note("dispose the card");
            await run.WithinAsync("dispose the card", run.Bench.DisposeAsync()); // a device model may keep its sink open as long as it lives
            byte[] played = readPlayed();
            int wanted = frames * pattern.FrameBytes;
            int difference = pattern.FindDifference(played.AsSpan(0, Math.Min(wanted, played.Length)), 0);
            LawRun.Expect(difference < 0, $"byte {difference} (frame {difference / pattern.FrameBytes}) of what was played is not what was written");
            LawRun.Expect(played.Length >= wanted, $"{played.Length / pattern.FrameBytes} of {frames} frames were played");
        },
        needs) { Only = PcmDirection.Playback };

    private static async Task WriteAsync(LawRun run, PcmPattern pattern, int frames, Func<LawRun, int, Task> meanwhile)
    {
        int writes = 0;
        for (int done = 0; done < frames; writes++)
        {
            int piece = Math.Min(writes % 2 == 0 ? run.Runtime.PeriodFrames : run.Runtime.PeriodFrames * 3 / 4, frames - done);
            run.Note($"write {piece} frames of the pattern");
            PcmTransfer transfer = await run.WithinAsync("write", run.Stream.WriteAsync(pattern.Frames(done, piece)));
            LawRun.Expect(transfer.Error == PcmError.None && transfer.Frames == piece, $"write answered {transfer.Error.ErrnoName()} with {transfer.Frames} of {piece} frames");
            done += piece;
            if (run.Stream.State == PcmState.Running)
            {
                await meanwhile(run, writes);
            }
        }
    }

    private static async Task CableAsync(LawRun run)
    {
        await run.PreparedAsync();
        LawRun capture = run.Other(PcmDirection.Capture, run.Bench.Substream);
        await capture.RunningAsync();
        var pattern = new PcmPattern((int)run.Runtime.FramesToBytes(1));
        int frames = (int)(Periods * run.Runtime.PeriodFrames), written = 0;
        var heard = new List<byte>();
        byte[] piece = new byte[capture.Runtime.FramesToBytes(capture.Runtime.BufferFrames)];
        run.Note($"play {frames} frames of the pattern and capture them");
        for (int halves = 0; halves < (Periods + 12) * 2; halves++)
        {
            if (written < frames)
            {
                PcmError wrote = run.Stream.Write(pattern.Frames(written, Math.Min(run.Runtime.BufferFrames, frames - written)), out int some);
                LawRun.Expect(wrote is PcmError.None or PcmError.Again, $"write answered {wrote.ErrnoName()}");
                written += some;
            }

            if (halves == 0)
            {
                await run.MustAsync("start", () => run.Stream.StartAsync());
            }

            PcmError error = capture.Stream.Read(piece, out int read);
            LawRun.Expect(error is PcmError.None or PcmError.Again, $"read answered {error.ErrnoName()}");
            heard.AddRange(piece.AsSpan(0, read * pattern.FrameBytes));
            await PcmDelay.ForAsync(run.Services.Time, run.PeriodTime(0.5));
        }

        byte[] all = [.. heard];
        int start = pattern.FindStart(all, 16);
        LawRun.Expect(start >= 0, $"nothing of what was played is among the {all.Length / pattern.FrameBytes} captured frames");
        int length = Math.Min(frames * pattern.FrameBytes, all.Length - (start * pattern.FrameBytes));
        int difference = pattern.FindDifference(all.AsSpan(start * pattern.FrameBytes, length), 0);
        LawRun.Expect(difference < 0 && length == frames * pattern.FrameBytes,
            $"of {frames} frames {(difference < 0 ? length : difference) / pattern.FrameBytes} came through the cable unharmed");
    }
}
