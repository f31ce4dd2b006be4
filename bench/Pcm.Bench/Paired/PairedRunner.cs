namespace Pcm.Bench;

/// <summary>
/// Measures two things in turns and compares them round by round: what disturbs the machine for longer than a round disturbs both, and the
/// median over the rounds forgets the rest. BenchmarkDotNet measures one after the other, minutes apart.
/// </summary>
internal static class PairedRunner
{
    private const int Rounds = 61;
    private const double RoundNs = 1_000_000;
    private const double WarmUpNs = 2_000_000_000; // of both
    private const int WarmUpCalls = 100;

    public static PairedResult? Measure(PairedRow row)
    {
        if (row.Baseline is not { } baseline)
        {
            return null;
        }

        (int count, int baselineCount) = Prepare(row.Run, baseline);
        double[] ratios = new double[Rounds], times = new double[Rounds], baselineTimes = new double[Rounds];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < Rounds; round++)
        {
            // In turns also within the round, so that neither always comes second.
            if (round % 2 == 0)
            {
                baselineTimes[round] = baseline(baselineCount) / baselineCount;
            }

            times[round] = row.Run(count) / count;
            if (round % 2 != 0)
            {
                baselineTimes[round] = baseline(baselineCount) / baselineCount;
            }

            ratios[round] = times[round] / baselineTimes[round];
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(ratios);
        Array.Sort(times);
        Array.Sort(baselineTimes);
        return new PairedResult(
            row, ratios[Rounds / 2], ratios[Rounds / 4], ratios[Rounds * 3 / 4], times[Rounds / 2], baselineTimes[Rounds / 2], (double)allocated / Rounds / count);
    }

    /// <summary>
    /// Runs both until the JIT has compiled them with all it knows, and finds how often each fits into a round. In turns: where both go the same way, what
    /// was hot alone would be inlined there, and the other not.
    /// </summary>
    private static (int Count, int BaselineCount) Prepare(Timed run, Timed baseline)
    {
        double spent = 0;
        int count = 1, baselineCount = 1;
        for (int calls = 0; calls < WarmUpCalls || spent < WarmUpNs; calls++)
        {
            spent += RunOnce(run, ref count);
            spent += RunOnce(baseline, ref baselineCount);
        }

        return (count, baselineCount);
    }

    private static double RunOnce(Timed run, ref int count)
    {
        double took = Math.Max(run(count), 1);
        count = (int)Math.Clamp(count * RoundNs / took, 1, Math.Min(count * 4.0, 10_000_000));
        return took;
    }
}
