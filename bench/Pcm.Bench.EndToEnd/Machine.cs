using System.Runtime;
using System.Runtime.InteropServices;

namespace Pcm.Bench.EndToEnd;

/// <summary>Where it was measured.</summary>
internal static class Machine
{
    public static IEnumerable<(string Name, string Value)> Describe()
    {
        yield return ("Date", $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}");
        yield return ("Commit", Commit());
        yield return ("CPU", $"{Cpu()}, {Environment.ProcessorCount} logical cores, {RuntimeInformation.ProcessArchitecture}, load at the start {Load()}");
        yield return ("System", $"{RuntimeInformation.OSDescription}, {Kernel()}");
        yield return ("Runtime", $"{RuntimeInformation.FrameworkDescription}, {(GCSettings.IsServerGC ? "server" : "workstation")} GC, {GCSettings.LatencyMode}");
    }

    private static string Commit()
    {
        string version = System.Diagnostics.FileVersionInfo.GetVersionInfo(typeof(PcmSubstream).Assembly.Location).ProductVersion ?? "";
        int plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? version : version[(plus + 1)..Math.Min(version.Length, plus + 13)];
    }

    private static string Cpu() => FirstLine("/proc/cpuinfo", "model name") is { } line ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() : "unknown CPU";

    private static string Load() => FirstLine("/proc/loadavg", "") is { } line ? line.Split(' ')[0] : "unknown";

    private static string Kernel() => FirstLine("/proc/version", "") is { } line ? string.Join(' ', line.Split(' ').Take(3)) : "";

    private static string? FirstLine(string file, string start) =>
        File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith(start, StringComparison.Ordinal)) : null;
}
