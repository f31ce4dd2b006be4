using System.CommandLine;
using Pcm.Cli.Commands;
using Pcm.Cli.Output;
using Pcm.Testing;

namespace Pcm.Cli;

/// <summary>Runs a command's body on the clock that was asked for, and turns its end into an exit code.</summary>
internal static class CommandRunner
{
    /// <param name="environment">The world.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="body">What the command does.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <param name="isClockLeftAlone">The body makes its own clocks, whatever <c>--clock</c> says.</param>
    public static async Task<int> RunAsync(
        CliEnvironment environment, ParseResult parsed, Func<CommandContext, Task> body, CancellationToken cancellationToken, bool isClockLeftAlone = false)
    {
        bool isJson = parsed.GetValue(CommonOptions.Json);
        using var log = new DiagnosticLog(environment.Error, parsed.GetValue(CommonOptions.Verbose));
        string command = parsed.CommandResult.Command.Name;
        try
        {
            if (!isClockLeftAlone && parsed.GetValue(CommonOptions.Clock) == ClockKind.Virtual)
            {
                RunVirtual(environment, body, isJson, log);
            }
            else
            {
                await body(new CommandContext(environment, new PcmServices(environment.Time, loggerFactory: log), log, isJson));
            }

            log.Flush(); // what was logged as an error although the command went on
            return CliExitCode.Done;
        }
        catch (CliException e)
        {
            string message = log.TakeError() is { } cause ? $"{e.Message} ({cause.TrimEnd('.')})" : e.Message;
            await environment.Error.WriteLineAsync($"pcm {command}: {message}");
            if (isJson && !e.IsReported)
            {
                await environment.Output.WriteLineAsync(JsonReport.OfError(command, message, e.Operation, e.Error));
            }

            return e.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            log.Flush();
            await environment.Error.WriteLineAsync($"pcm {command}: interrupted");
            return CliExitCode.Interrupted;
        }
    }

    private static void RunVirtual(CliEnvironment environment, Func<CommandContext, Task> body, bool isJson, DiagnosticLog log)
    {
        var clock = new VirtualClock();
        var services = new PcmServices(clock, clock.Scheduler, log);
        clock.Run(() => body(new CommandContext(environment, services, log, isJson)));
    }
}
