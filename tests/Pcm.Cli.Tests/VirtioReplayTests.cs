using Pcm.Cli.Devices;
using Pcm.Testing.Replay;

namespace Pcm.Cli.Tests;

/// <summary>
/// The kernel traces of Linux's virtio driver, asked of this one over the in-process device: every answer is the kernel's, or a deviation that
/// docs/KERNEL-CONFORMANCE.md names. The traces that mix cards are here too, so that no sequence of the public traces is left out.
/// </summary>
public class VirtioReplayTests(ITestOutputHelper output)
{
    private const string Queued = "prepare or hw_params with queued data", Partial = "partial last period", FreeRun = "free run", Rewind = "rewind",
        Reset = "reset with queued data";

    [Theory]
    [InlineData("1-exhaustive-virtio-c", 726)]
    [InlineData("1-exhaustive-virtio-p", 858, Queued, 65)]
    [InlineData("2-random-virtio-c", 120, Reset, 1)]
    [InlineData("2-random-virtio-p", 120, Queued, 11, Reset, 6, Rewind, 10, Partial, 3, FreeRun, 1)]
    [InlineData("3-hwparams", 264)]
    [InlineData("3-refine", 231)]
    [InlineData("4-pointer", 177, Queued, 2, FreeRun, 2, Reset, 3, Rewind, 2, Partial, 3)]
    [InlineData("5-suspend-virtio", 156)]
    [InlineData("5-suspend-virtioR", 30, Queued, 30)]
    [InlineData("6-link", 95)]
    [InlineData("9-disconnect", 3)]
    public void Replay_TracesOfCardVirtio_DiffersOnlyAsDocumented(string file, int sequences, params object[] deviations)
    {
        TraceReplayer replayer = Create();
        var totals = new TraceTotals();
        foreach (TraceSequence sequence in Read(file))
        {
            totals.Add(replayer.Replay(sequence));
        }

        output.WriteLine($"{file}: {totals}");
        Assert.Empty(totals.Mismatches.Take(15).Select(static m => m.ToString()));
        Assert.Equal((sequences, 0), (totals.Sequences, totals.Skipped.Count));
        Assert.Equal(
            deviations.Chunk(2).Select(static pair => $"{pair[0]}: {pair[1]}").Order(StringComparer.Ordinal),
            totals.Deviations.GroupBy(static d => d.Name).Select(static g => $"{g.Key}: {g.Count()}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Replay_WrongAnswerWithoutTheHistoryOfADeviation_IsAMismatch()
    {
        TraceSequence right = Read("1-exhaustive-virtio-c").First(static s => s.Steps.Any(static t => t is { Operation: "prepare", Result: 0 }));
        TraceSequence wrong = right with
        {
            Steps = [.. right.Steps.Select(static t => t.Operation == "prepare" ? t with { Result = (long)PcmError.BadState } : t)],
        };
        TraceSequenceResult result = Create().Replay(wrong);
        Assert.Null(result.Deviation);
        Assert.Contains(result.Mismatches, static m => m is { Field: "ret", Expected: "-77", Actual: "0" });
    }

    private static TraceReplayer Create() => new(ReplayCards.Create(), TraceComparison.Full, deviations: VirtioDeviations.All);

    private static IEnumerable<TraceSequence> Read(string file) => TraceReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "traces", file + ".jsonl.gz"));
}
