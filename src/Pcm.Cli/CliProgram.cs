using System.CommandLine;
using System.CommandLine.Parsing;
using Pcm.Cli.Commands;

namespace Pcm.Cli;

/// <summary>The whole program but for the process: arguments in, exit code out.</summary>
internal static class CliProgram
{
    /// <summary>Runs one command.</summary>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="environment">The world.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <returns>A <see cref="CliExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliEnvironment environment, CancellationToken cancellationToken)
    {
        RootCommand root = CreateRoot(environment);

        // No response files: a WAV may be called "@take1.wav".
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors)
            {
                await environment.Error.WriteLineAsync($"pcm: {error.Message}");
            }

            await environment.Error.WriteLineAsync($"Try: {PathOf(parsed.CommandResult)} --help");
            return CliExitCode.Usage;
        }

        var invocation = new InvocationConfiguration
        {
            Output = environment.Output,
            Error = environment.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // signals come by the token, so that a device has the time it needs to close
        };
        return await parsed.InvokeAsync(invocation, cancellationToken);
    }

    private static RootCommand CreateRoot(CliEnvironment environment) => new("Plays, records and inspects PCM streams over any backend.")
    {
        PlayCommand.Create(environment),
        RecordCommand.Create(environment),
        BridgeCommand.Create(environment),
        DevicesCommand.Create(environment),
        ParamsCommand.Create(environment),
        LifecycleCommand.Create(environment),
        ReplayCommand.Create(environment),
        ConformanceCommand.Create(environment),
    };

    private static string PathOf(CommandResult command) => command.Parent is CommandResult ? "pcm " + command.Command.Name : "pcm";
}
