using Spectre.Console;

namespace Pcm.Cli.Output;

/// <summary>The console of Spectre.Console on the program's own output.</summary>
internal static class Terminal
{
    public static IAnsiConsole Create(CliEnvironment environment) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(environment.Output),
        Interactive = InteractionSupport.No, // nothing is ever asked
    });
}
