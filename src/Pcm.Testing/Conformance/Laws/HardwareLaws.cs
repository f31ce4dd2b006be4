namespace Pcm.Testing.Conformance;

/// <summary>What a backend declares, and whether it means it.</summary>
internal static class HardwareLaws
{
    /// <summary>How many formats, rates and channel counts are really tried.</summary>
    private const int Tries = 12;

    private static readonly PcmAccess[] s_accesses = [PcmAccess.ReadWriteInterleaved, PcmAccess.ReadWriteNonInterleaved];

    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        new("hardware", "hardware-consistent", "The hardware's description does not contradict itself.", "PcmHardware.FindProblem", async run =>
        {
            await run.OpenAsync();
            string? problem = run.Hardware.FindProblem();
            LawRun.Expect(problem is null, $"PcmHardware: {problem}");
        }),
        new("hardware", "constraints-leave-a-choice", "The constraints added in open leave a configuration.", "PcmOps.OpenAsync; kernel: hw_params of any must succeed", async run =>
        {
            await run.OpenAsync();
            var any = new PcmHwParams();
            await run.MustAsync("hw_params(anything)", () => run.Stream.HwParamsAsync(any));
            run.ExpectState(PcmState.Setup, "hw_params");
        }),
        new("hardware", "formats-accepted", "Every format that refining leaves can be chosen and prepared.", "PcmHardware.Formats: an application never sees a parameter outside of this", run =>
            EachAsync(run, "format", static r => [.. Formats(r)], static (request, value) => request.Format = (PcmFormat)value), PcmCapability.ManyFormats),
        new("hardware", "rates-accepted", "The least, the greatest and every known rate that refining leaves can be chosen and prepared.", "PcmHardware.Rates", run =>
            EachAsync(run, "rate", static r => Values(r, PcmHwParameter.Rate, PcmRateTable.KnownHz), static (request, value) => request.Rate = (int)value), PcmCapability.ManyFormats),
        new("hardware", "channels-accepted", "Every number of channels that refining leaves can be chosen and prepared.", "PcmHardware.ChannelsMin", run =>
            EachAsync(run, "channels", static r => Values(r, PcmHwParameter.Channels, [1, 2, 3, 4, 5, 6, 7, 8]), static (request, value) => request.Channels = (int)value), PcmCapability.ManyFormats),
        new("hardware", "shortest-period-accepted", "The shortest period that refining leaves can be chosen and prepared.", "PcmHardware.PeriodBytesMin", async run =>
        {
            await run.OpenAsync();
            await ChooseEndAsync(run, PcmHwParameter.PeriodSize, last: false);
        }),
        new("hardware", "largest-buffer-accepted", "The largest buffer that refining leaves can be chosen and prepared.", "PcmHardware.BufferBytesMax", async run =>
        {
            await run.OpenAsync();
            await ChooseEndAsync(run, PcmHwParameter.BufferSize, last: true);
        }),
        new("hardware", "access-works", "Every access type for read and write that refining leaves transfers a period.", "PcmInfo.Interleaved, NonInterleaved", async run =>
        {
            await run.OpenAsync();
            var any = new PcmHwParams();
            run.Stream.HwRefine(any);
            foreach (PcmAccess access in s_accesses)
            {
                if (any.GetMask(PcmHwParameter.Access).Contains((int)access))
                {
                    await TransferByAsync(run, access);
                }
            }
        }),
    ];

    private static List<uint> Formats(PcmHwParams refined)
    {
        var formats = new List<uint>();
        foreach (PcmFormat format in refined.Formats)
        {
            formats.Add((uint)format);
        }

        return formats;
    }

    private static List<uint> Values(PcmHwParams refined, PcmHwParameter parameter, ReadOnlySpan<uint> known)
    {
        PcmInterval left = refined.GetInterval(parameter);
        var values = new SortedSet<uint> { left.Min, left.Max };
        foreach (uint value in known)
        {
            if (left.Contains(value))
            {
                values.Add(value);
            }
        }

        return [.. values];
    }

    /// <summary>Opens anew for each value, because a first session may narrow what a later one can have.</summary>
    private static async Task EachAsync(LawRun run, string what, Func<PcmHwParams, List<uint>> find, Action<PcmHwParams, uint> set)
    {
        await run.OpenAsync();
        var any = new PcmHwParams();
        LawRun.Expect(run.Stream.HwRefine(any) == PcmError.None, "hw_refine of everything failed");
        List<uint> values = find(any);
        int step = Math.Max(1, (values.Count + Tries - 1) / Tries);
        int chosen = 0;
        for (int i = 0; i < values.Count; i += step)
        {
            var request = new PcmHwParams();
            set(request, values[i]);
            PcmHwParams probe = request.Clone();
            if (run.Stream.HwRefine(probe) != PcmError.None)
            {
                continue; // inside the range, but in no list: refining has said so
            }

            KeepSmall(run, probe);
            await run.ConfigureAsync(probe);
            await run.PrepareAsync();
            chosen++;
            await run.CloseAsync();
            await run.OpenAsync();
        }

        LawRun.Expect(chosen > 0, $"refining leaves no {what} that refining itself accepts");
    }

    /// <summary>A buffer of no more than a fifth of a second, so that many channels at high rates fit any memory.</summary>
    private static void KeepSmall(LawRun run, PcmHwParams request)
    {
        PcmHwParams smaller = request.Clone();
        smaller.SetRange(PcmHwParameter.BufferTime, 0, 200_000);
        if (run.Stream.HwRefine(smaller) == PcmError.None)
        {
            request.CopyFrom(smaller);
        }
    }

    private static async Task ChooseEndAsync(LawRun run, PcmHwParameter parameter, bool last)
    {
        PcmHwParams request = run.Request();
        var usual = new PcmHwParams { Format = request.Format, Channels = request.Channels, Rate = request.Rate };
        LawRun.Expect(run.Stream.HwRefine(usual) == PcmError.None, "hw_refine of the usual format failed");
        PcmInterval left = usual.GetInterval(parameter);
        uint value = last ? left.Max : left.Min;
        if (last)
        {
            usual.SetRange(parameter, value - (left.OpenMax ? 1u : 0u), value);
        }
        else
        {
            usual.SetRange(parameter, value, value + (left.OpenMin ? 1u : 0u));
        }

        await run.ConfigureAsync(usual);
        await run.PrepareAsync();
    }

    private static async Task TransferByAsync(LawRun run, PcmAccess access)
    {
        PcmHwParams request = run.Request();
        var wanted = new PcmHwParams { Access = access, Format = request.Format, Channels = request.Channels, Rate = request.Rate };
        KeepSmall(run, wanted);
        await run.ConfigureAsync(wanted);
        await run.PrepareAsync();
        run.StartOnlyByHand();
        if (access == PcmAccess.ReadWriteInterleaved)
        {
            await run.StartAsync();
            await run.FeedAsync(2);
        }
        else if (run.IsPlayback)
        {
            PcmError error = run.Stream.WritePlanar(Planes(run), out int written);
            LawRun.Expect(error == PcmError.None && written == run.Runtime.PeriodFrames, $"a planar write answered {error.ErrnoName()} with {written} frames");
        }

        await run.DropAsync();
        await run.MustAsync("hw_free", () => run.Stream.HwFreeAsync());
    }

    private static ReadOnlyMemory<byte>[] Planes(LawRun run)
    {
        int bytes = run.Runtime.PeriodFrames * run.Runtime.SampleBits / 8;
        return [.. Enumerable.Range(0, run.Runtime.Channels).Select(_ => (ReadOnlyMemory<byte>)new byte[bytes])];
    }
}
