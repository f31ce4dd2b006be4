using Pcm.Testing.Replay;

namespace Pcm.Backends.Tests.Replay;

/// <summary>Every public kernel trace that a backend of this assembly can answer, replayed on virtual time: results, states, positions, outputs.</summary>
public class KernelReplayTests(ITestOutputHelper output)
{
    private const string NeedsVirtio = "card virtio: it needs the virtio driver and a device";

    [Theory]
    [InlineData("1-exhaustive-aloop-c", 726, 0)]
    [InlineData("1-exhaustive-aloop-p", 858, 0)]
    [InlineData("1-exhaustive-dummy-c", 594, 0)]
    [InlineData("1-exhaustive-dummy-p", 726, 0)]
    [InlineData("2-random-aloop-c", 120, 0)]
    [InlineData("2-random-aloop-p", 120, 0)]
    [InlineData("2-random-dummy-c", 120, 0)]
    [InlineData("2-random-dummy-p", 120, 0)]
    [InlineData("3-hwparams", 216, 48)]
    [InlineData("3-refine", 189, 42)]
    [InlineData("4-pointer", 118, 59)]
    [InlineData("5-suspend-aloop", 186, 0)]
    [InlineData("5-suspend-dummy", 166, 0)]
    [InlineData("6-link", 80, 15)]
    [InlineData("9-disconnect", 2, 1)]
    public void Replay_PublicTraces_AnswersAreTheKernels(string file, int sequences, int needVirtio)
    {
        TraceTotals totals = Run(file);

        output.WriteLine($"{file}: {totals}");
        Assert.Empty(totals.Mismatches.Take(15).Select(static m => m.ToString()));
        Assert.Equal(sequences, totals.Sequences);
        Assert.Equal(needVirtio, totals.Skipped.GetValueOrDefault(NeedsVirtio));
        Assert.True(totals.TimedStepsInTolerance >= totals.TimedSteps * 0.999, totals.ToString());
        Assert.True(totals.Tolerated <= 1, totals.ToString());
    }

    private static TraceTotals Run(string file)
    {
        TraceReplayer replayer = Replayers.Create(TraceComparison.Timed, NeedsVirtio);
        var totals = new TraceTotals();
        foreach (TraceSequence sequence in TraceReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "traces", file + ".jsonl.gz")))
        {
            totals.Add(replayer.Replay(sequence));
        }

        return totals;
    }
}
