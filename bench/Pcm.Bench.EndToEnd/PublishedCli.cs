using System.Diagnostics;

namespace Pcm.Bench.EndToEnd;

/// <summary>The command line, compiled ahead of time into a directory of its own for as long as this lives.</summary>
internal sealed class PublishedCli : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pcm-aot").FullName;

    private PublishedCli()
    {
    }

    public string Command => Path.Combine(_directory, "pcm");

    public long Bytes => new FileInfo(Command).Length;

    /// <summary>Publishes it from the working directory's repository.</summary>
    /// <exception cref="InvalidOperationException">It cannot be published here; says what the compiler said.</exception>
    public static PublishedCli Publish()
    {
        var cli = new PublishedCli();
        (int code, string output) = Run(
            "dotnet", "publish", "src/Pcm.Cli", "-c", "Release", "-r", System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier,
            "-p:PublishAot=true", "-m:1", "-v", "q", "--nologo", "-o", cli._directory);
        if (code == 0 && File.Exists(cli.Command))
        {
            return cli;
        }

        cli.Dispose();
        string[] errors = [.. output.Split('\n').Where(static l => l.Contains("error", StringComparison.Ordinal)).Distinct().Take(5)];
        throw new InvalidOperationException($"The command line cannot be compiled ahead of time here (run this in the repository's root): {string.Join('\n', errors)}");
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>Its exit code and what it printed, errors included; 127 when there is no such command.</returns>
    public static (int Code, string Output) Run(string command, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(command) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (127, $"There is no command '{command}' here.");
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
