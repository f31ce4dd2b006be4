using System.Diagnostics;
using Pcm.Backends.Alsa;

namespace Pcm.Alsa.Tests;

/// <summary>The real libasound and its tools. Without them a test is skipped with the reason, unless PCM_REQUIRE_PEERS=1 demands them.</summary>
internal static class Peers
{
    public static void RequireLibAsound() => Require(AlsaBackend.Problem);

    /// <summary>A program in PATH.</summary>
    public static void RequireProgram(string program) => Require(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))) ? null : $"{program} is not installed");

    /// <summary>Runs a tool in a configuration of our own and returns what it wrote to either output.</summary>
    public static string Run(string program, string? configurationFile, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (configurationFile is not null)
        {
            start.Environment["ALSA_CONFIG_PATH"] = configurationFile;
        }

        using Process? process = TryStart(start);
        Require(process is null ? $"{program} is not installed" : null);
        Task<string> error = process!.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + error.GetAwaiter().GetResult();
    }

    private static Process? TryStart(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // there is no such program
        }
    }

    private static void Require(string? problem)
    {
        if (problem is not null && Environment.GetEnvironmentVariable("PCM_REQUIRE_PEERS") == "1")
        {
            Assert.Fail(problem);
        }

        Assert.SkipWhen(problem is not null, problem ?? "");
    }
}
