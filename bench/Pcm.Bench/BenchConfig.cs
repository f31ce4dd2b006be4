using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Pcm.Bench;

/// <summary>Short runs in this process: the whole suite takes a few minutes, and a second project need not be generated and built.</summary>
internal sealed class BenchConfig : ManualConfig
{
    public BenchConfig()
    {
        // Many short iterations rather than few long ones: on a machine with other work the least of many is what can be compared.
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(5)
            .WithIterationCount(21)
            .WithIterationTime(TimeInterval.FromMilliseconds(40))
            .WithId("Short"));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddLogger(ConsoleLogger.Default);
        WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile);
    }
}
