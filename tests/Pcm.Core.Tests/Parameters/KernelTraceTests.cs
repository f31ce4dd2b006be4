using Pcm.Testing.Replay;

namespace Pcm.Core.Tests.Parameters;

/// <summary>Every hw_refine and hw_params answer a Linux 6.12 kernel gave, field by field.</summary>
public class KernelTraceTests
{
    [Theory]
    [InlineData("3-refine.jsonl.gz", 5588)]
    [InlineData("3-hwparams.jsonl.gz", 5214)]
    public void Replay_AllAnswers_AreTheKernels(string file, int expectedAnswers)
    {
        int answers = 0;
        var failures = new List<string>();
        foreach (TraceSequence sequence in TraceReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "traces", file)))
        {
            var card = TraceCard.Open(sequence.Card, sequence.Direction);
            foreach (TraceStep step in sequence.Steps)
            {
                if (step.Operation is "hw_refine" or "hw_params")
                {
                    answers++;
                    Compare(card, sequence, step, failures);
                }
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {answers} answers differ:\n{string.Join('\n', failures.Take(20))}");
        Assert.Equal(expectedAnswers, answers);
    }

    private static void Compare(TraceCard card, TraceSequence sequence, TraceStep step, List<string> failures)
    {
        var hwParams = new PcmHwParams();
        TraceHwParams.ReadRequest(step.Arguments, default, hwParams);
        PcmError error = step.Operation == "hw_refine" ? card.HwRefine(hwParams) : card.HwParams(hwParams);
        string where = $"{sequence.Id} {step.Location} {step.Operation} {string.Join(' ', step.Arguments.Names.Select(n => $"{n}={step.Arguments.GetText(n)}"))}";
        if ((long)error != step.Result)
        {
            failures.Add($"{where}: returned {(int)error}, the kernel {step.Result}");
            return;
        }

        PcmHwParams? expected = TraceHwParams.ReadAnswer(step);
        Assert.Equal(error != PcmError.None, expected is null);
        if (expected is not null)
        {
            failures.AddRange(TraceHwParams.FindDifferences(expected, hwParams).Select(d => $"{where}: {d}"));
        }
    }
}
