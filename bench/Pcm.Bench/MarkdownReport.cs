using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Pcm.Bench;

/// <summary>The results as a page: the machine, then a table of each group. Ratios before times, because only ratios travel between machines.</summary>
internal static class MarkdownReport
{
    public static string Create(IReadOnlyList<Summary> summaries, string paired)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks").AppendLine();
        text.AppendLine("Written by `dotnet run -c Release --project bench/Pcm.Bench -- --report docs/BENCHMARKS.md`; do not edit. Short runs: the times are rough, and on a");
        text.AppendLine("machine with other work they are too long by the same factor. Compare the ratios. The first table alone, in half a minute: `-- --paired`.");
        text.AppendLine("The machine code of a method: `DOTNET_JitStdOutFile=code.txt DOTNET_JitDisasm=TryTakeUsed` before the command.");
        text.AppendLine("What tails to expect, with which settings: [REALTIME.md](REALTIME.md).").AppendLine();
        HostEnvironmentInfo host = summaries[0].HostEnvironmentInfo;
        text.AppendLine("| | |").AppendLine("|---|---|");
        text.AppendLine(CultureInfo.InvariantCulture, $"| Date | {TimeProvider.System.GetUtcNow():yyyy-MM-dd} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| Commit | {typeof(PcmSubstream).Assembly.GetName().Version} {Commit()} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| CPU | {Cpu()}, {Environment.ProcessorCount} logical cores, {RuntimeInformation.ProcessArchitecture} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| System | {RuntimeInformation.OSDescription} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| Runtime | {RuntimeInformation.FrameworkDescription}, {(host.IsConcurrentGC ? "concurrent" : "non-concurrent")} {(host.IsServerGC ? "server" : "workstation")} GC |");
        text.AppendLine().Append(paired);
        text.AppendLine().AppendLine("## By themselves").AppendLine();
        text.AppendLine("Ratio: of the least time to that of the baseline (1.00) of the same group and parameters; other work can only add to a time.");
        foreach (IGrouping<Type, BenchmarkReport> group in summaries.SelectMany(static s => s.Reports).GroupBy(static r => r.BenchmarkCase.Descriptor.Type))
        {
            AppendGroup(text, group.Key, [.. group]);
        }

        return text.ToString();
    }

    private static void AppendGroup(StringBuilder text, Type type, BenchmarkReport[] reports)
    {
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### {type.Name}").AppendLine();
        text.AppendLine("| Operation | Parameters | Ratio | Least | Median | Allocated |");
        text.AppendLine("|---|---|---:|---:|---:|---:|");
        foreach (BenchmarkReport report in reports)
        {
            BenchmarkCase benchmark = report.BenchmarkCase;
            string parameters = benchmark.Parameters.Items.Count == 0 ? "" : string.Join(", ", benchmark.Parameters.Items.Select(static p => $"{p.Name}={p.Value}"));
            double least = report.ResultStatistics!.Min;
            BenchmarkReport? baseline = reports.FirstOrDefault(r => r.BenchmarkCase.Descriptor.Baseline
                && r.BenchmarkCase.Parameters.DisplayInfo == benchmark.Parameters.DisplayInfo);
            string ratio = baseline is null ? "" : (least / baseline.ResultStatistics!.Min).ToString("0.00", CultureInfo.InvariantCulture);
            long allocated = report.GcStats.GetBytesAllocatedPerOperation(benchmark) ?? throw new InvalidOperationException($"{benchmark.DisplayInfo} was not measured for memory.");
            text.AppendLine(CultureInfo.InvariantCulture, $"| {benchmark.Descriptor.WorkloadMethodDisplayInfo.Trim('\'')} | {parameters} | {ratio} | {Time(least)} | {Time(report.ResultStatistics.Median)} | {allocated} B |");
        }
    }

    public static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0.0} ns"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000:0.00} us"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000:0.00} ms"),
    };

    /// <summary>The commit that the build wrote into the version.</summary>
    private static string Commit()
    {
        string version = System.Diagnostics.FileVersionInfo.GetVersionInfo(typeof(PcmSubstream).Assembly.Location).ProductVersion ?? "";
        int plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "" : $"({version[(plus + 1)..Math.Min(version.Length, plus + 13)]})";
    }

    private static string Cpu()
    {
        const string Key = "model name";
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static l => l.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is null ? "unknown CPU" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
