namespace Pcm.Testing.Conformance;

/// <summary>The steady state allocates nothing.</summary>
internal static class AllocationLaws
{
    private const int Rounds = 10;
    private const int PeriodsPerRound = 64;
    private const int CallsPerRound = 512;

    public static IReadOnlyList<PcmLaw> All { get; } =
    [
        new PcmLaw("allocation", "period-allocates-nothing", "A period of a running stream allocates nothing: interrupt, position, transfer, ack.", "PcmOps: must not allocate; docs/THREADING.md", async run =>
        {
            VirtualClock clock = ClockOf(run);
            await run.RunningAsync();
            TimeSpan period = run.PeriodTime(1);
            byte[] bytes = run.Silence(run.Runtime.BufferFrames);
            PcmSubstream stream = run.Stream;
            Measure(PeriodsPerRound, "period", () =>
            {
                clock.Advance(period);
                PcmError error = run.IsPlayback ? stream.Write(bytes, out _) : stream.Read(bytes, out _);
                return error is PcmError.None or PcmError.Again;
            });
        }, PcmCapability.CountedAllocation).Unobserved(),
        new("allocation", "position-allocates-nothing", "GetPointer and Ack allocate nothing.", "PcmOps.GetPointer, Context", async run =>
        {
            ClockOf(run);
            await run.RunningAsync();
            await run.KeepAsync(1.5);
            PcmOps backend = run.Ops.Backend;
            Measure(CallsPerRound, "GetPointer", () => !backend.GetPointer().IsXRun);
            Measure(CallsPerRound, "Ack", () => backend.Ack() == PcmError.None);
        }, PcmCapability.CountedAllocation),
    ];

    private static VirtualClock ClockOf(LawRun run)
    {
        if (run.Services.Time is VirtualClock clock)
        {
            return clock;
        }

        throw new LawSkippedException("only the virtual clock does everything on the thread whose allocations can be counted");
    }

    /// <summary>
    /// Repeats until a round allocates nothing. Pools fill and code is compiled in the first rounds, and a background collection that ends in a round
    /// adds to its count; what allocates for each call never has a clean one.
    /// </summary>
    private static void Measure(int calls, string what, Func<bool> call)
    {
        // Without a synchronization context: posting to one allocates in the runtime itself, whatever is posted.
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        long bytes = 0;
        try
        {
            for (int round = 0; round < Rounds; round++)
            {
                long start = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < calls; i++)
                {
                    if (!call())
                    {
                        LawRun.Break($"{what} failed in the steady state");
                    }
                }

                bytes = GC.GetAllocatedBytesForCurrentThread() - start;
                if (bytes == 0)
                {
                    return;
                }
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        LawRun.Break($"{what} allocates {(double)bytes / calls:0.#} bytes each time, after {Rounds - 1} rounds of {calls} to warm up");
    }
}
