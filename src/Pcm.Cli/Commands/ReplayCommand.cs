using System.CommandLine;
using Pcm.Cli.Devices;
using Pcm.Cli.Output;
using Pcm.Testing.Replay;

namespace Pcm.Cli.Commands;

/// <summary><c>pcm replay TRACE...</c>: what the kernel answered, asked of the core again.</summary>
internal static class ReplayCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var traces = new Argument<string[]>("TRACE") { Description = "Traces, .jsonl or .jsonl.gz.", Arity = ArgumentArity.OneOrMore };
        var level = new Option<TraceComparison>("--level")
        {
            Description = "What to compare. ret-state: results and states. full: also positions and outputs. timed: also positions that depend on time, to one frame.",
            HelpName = "ret-state|full|timed",
            DefaultValueFactory = static _ => TraceComparison.Full,
            CustomParser = static result => CommonOptions.Choose(
                result, ("ret-state", TraceComparison.ResultAndState), ("full", TraceComparison.Full), ("timed", TraceComparison.Timed)),
        };
        var command = new Command("replay", "Replays recorded kernel traces against the core and prints what differs.")
        {
            traces, level, CommonOptions.Json, CommonOptions.Verbose,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(
            environment, parsed, context => ReplayAsync(context, parsed.GetRequiredValue(traces), parsed.GetValue(level), cancellationToken), cancellationToken));
        return command;
    }

    private static async Task ReplayAsync(CommandContext context, string[] traces, TraceComparison level, CancellationToken cancellationToken)
    {
        var totals = new TraceTotals();
        var replayer = new TraceReplayer(ReplayCards.Create(), level, deviations: VirtioDeviations.All);
        foreach (string path in traces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await ReplayFileAsync(context, replayer, path, totals, cancellationToken);
        }

        await context.Environment.Output.WriteLineAsync(context.IsJson ? ToJson(totals) : totals.ToString());
        if (totals.Mismatches.Count > 0)
        {
            throw CliException.Failure($"{totals.Mismatches.Count} answers differ from the kernel's", isReported: true);
        }
    }

    private static async Task ReplayFileAsync(
        CommandContext context, TraceReplayer replayer, string path, TraceTotals totals, CancellationToken cancellationToken)
    {
        try
        {
            foreach (TraceSequence sequence in TraceReader.ReadFile(path))
            {
                cancellationToken.ThrowIfCancellationRequested();
                TraceSequenceResult result = replayer.Replay(sequence);
                totals.Add(result);
                foreach (TraceMismatch mismatch in context.IsJson ? [] : result.Mismatches)
                {
                    await context.Environment.Output.WriteLineAsync(mismatch.ToString());
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidDataException)
        {
            throw CliException.Failure($"'{path}' cannot be replayed: {e.Message}");
        }
    }

    private static string ToJson(TraceTotals totals) => JsonReport.Of(json =>
    {
        json.WriteString("command", "replay");
        json.WriteNumber("sequences", totals.Sequences);
        json.WriteNumber("steps", totals.Steps);
        json.WriteNumber("mismatchCount", totals.Mismatches.Count);
        json.WriteStartArray("mismatches");
        foreach (TraceMismatch mismatch in totals.Mismatches)
        {
            json.WriteStringValue(mismatch.ToString());
        }

        json.WriteEndArray();
        json.WriteStartArray("deviations");
        foreach (TraceDeviationFound deviation in totals.Deviations)
        {
            json.WriteStartObject();
            json.WriteString("name", deviation.Name);
            json.WriteString("sequence", deviation.Difference.SequenceId);
            json.WriteString("difference", deviation.Difference.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("skipped");
        foreach ((string reason, int count) in totals.Skipped)
        {
            json.WriteNumber(reason, count);
        }

        json.WriteEndObject();
    });
}
