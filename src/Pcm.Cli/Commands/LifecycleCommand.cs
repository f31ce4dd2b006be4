using System.CommandLine;

namespace Pcm.Cli.Commands;

/// <summary><c>pcm lifecycle</c>: from the machine that runs every stream, not from a drawing of it.</summary>
internal static class LifecycleCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var format = new Option<Func<PcmDirection, string>>("--format", "-f")
        {
            Description = "mermaid (default), dot, or table (Markdown).",
            HelpName = "mermaid|dot|table",
            DefaultValueFactory = static _ => PcmLifecycleGraph.ToMermaid,
            CustomParser = static result => CommonOptions.Choose<Func<PcmDirection, string>>(
                result, ("mermaid", PcmLifecycleGraph.ToMermaid), ("dot", PcmLifecycleGraph.ToDot), ("table", PcmLifecycleGraph.ToTable)),
        };
        var command = new Command("lifecycle", "Prints the states of a stream and what moves it between them.") { format, CommonOptions.Stream };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string graph = parsed.GetRequiredValue(format)(parsed.GetValue(CommonOptions.Stream) ?? PcmDirection.Playback);
            await environment.Output.WriteLineAsync(graph.TrimEnd('\n', '\r').AsMemory(), cancellationToken);
            return CliExitCode.Done;
        });
        return command;
    }
}
