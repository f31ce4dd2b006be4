namespace Pcm.Bench;

/// <summary>
/// Measures two things in turns and compares them round by round: what disturbs the machine for longer than a round disturbs both, and the
/// median over the rounds forgets the rest. BenchmarkDotNet measures one after the other, minutes apart.
/// </summary>
internal static class PairedRunner
{
    private const int Rounds = 61;
    private const double RoundNs = 1_000_000;
    private const double WarmUpNs = 1_000_000_000;
    private const int WarmUpCalls = 100;

    public static PairedResult? Measure(PairedRow row)
    {
        if (row.Baseline is not { } baseline)
        {
            return null;
        }

        int count = Prepare(row.Run), baselineCount = Prepare(baseline);
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

    /// <summary>Runs it until the JIT has compiled it with all it knows, and finds how often it fits into a round.</summary>
    private static int Prepare(Timed run)
    {
        double spent = 0;
        int count = 1;
        for (int calls = 0; calls < WarmUpCalls || spent < WarmUpNs; calls++)
        {
            double took = Math.Max(run(count), 1);
            spent += took;
            count = (int)Math.Clamp(count * RoundNs / took, 1, Math.Min(count * 4.0, 10_000_000));
        }

        return count;
    }
}
