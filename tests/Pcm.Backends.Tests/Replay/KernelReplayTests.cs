using Pcm.Testing.Replay;

namespace Pcm.Backends.Tests.Replay;

/// <summary>Every public kernel trace that a backend of this assembly can answer, replayed on virtual time.</summary>
public class KernelReplayTests(ITestOutputHelper output)
{
    private const string VirtioLater = "card virtio: it needs the virtio driver and a device";

    [Theory]
    [InlineData("1-exhaustive-dummy-c", 594)]
    [InlineData("1-exhaustive-dummy-p", 726)]
    [InlineData("2-random-dummy-c", 120)]
    [InlineData("2-random-dummy-p", 120)]
    [InlineData("3-hwparams", 192)]
    [InlineData("3-refine", 168)]
    [InlineData("4-pointer", 59)]
    [InlineData("5-suspend-dummy", 166)]
    [InlineData("6-link", 39)]
    [InlineData("9-disconnect", 1)]
    public void Replay_PublicTraces_AnswersAreTheKernels(string file, int expectedSequences)
    {
        TraceTotals totals = Run(file, TraceComparison.Timed);
        output.WriteLine($"{file}: {totals}");
        IEnumerable<TraceMismatch> mismatches = totals.Mismatches;
        Assert.Empty(mismatches.Take(15).Select(static m => m.ToString()));
        Assert.Equal(expectedSequences, totals.Sequences);
    }

    internal static TraceTotals Run(string file, TraceComparison comparison)
    {
        var registry = new TraceCardRegistry().Skip("virtio", VirtioLater);
        foreach (string name in ReferenceCards.Names)
        {
            registry.Add(name, ReferenceCards.Create);
        }

        registry.Skip("aloop", "card aloop: it needs the loopback backend");
        var replayer = new TraceReplayer(registry, comparison);
        var totals = new TraceTotals();
        foreach (TraceSequence sequence in TraceReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "traces", file + ".jsonl.gz")))
        {
            totals.Add(replayer.Replay(sequence));
        }

        return totals;
    }
}
