using Microsoft.Extensions.DependencyInjection;
using Pcm.Backends.Null;
using Pcm.Testing.Conformance;
using Pcm.Testing.Xunit;

namespace Pcm.Testing.Tests.Conformance;

#region tests
public sealed class MyBackendConformanceTests : PcmConformanceTests
{
    protected override PcmConformanceTarget CreateTarget() => PcmConformanceTarget.Of("my backend", static () => new NullBackend("mine"));
}
#endregion

#region target
/// <summary>A backend whose sink can be read back, which cannot be suspended from outside.</summary>
internal sealed class MyTarget : PcmConformanceTarget
{
    public override string Name => "my backend";

    public override string? WhyNot(PcmCapability capability) => capability == PcmCapability.Suspend ? "the device has no power management" : null;

    public override async ValueTask<PcmConformanceBench> CreateAsync(PcmServices services, PcmDirection direction, CancellationToken cancellationToken)
    {
        var file = new TempWav();
        var backend = new Backends.WavBackend(new Backends.WavOptions { PlaybackPath = file.Path });
        IReadOnlyList<PcmCard> cards = await backend.ProbeAsync(services, cancellationToken);
        return new PcmConformanceBench(cards[0]) { ReadPlayed = file.ReadData, Dispose = file.DisposeAsync };
    }
}
#endregion

/// <summary>The uses that docs/CONFORMANCE-KIT.md shows.</summary>
public sealed class DocumentedUse
{
    [Fact]
    public async Task Run_WithoutATestFramework_GivesAReport()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        #region run
        PcmConformanceReport report = await PcmConformance.RunAsync(new MyTarget(), cancellationToken: cancellationToken);
        foreach (PcmVerdict verdict in report.Verdicts.Where(static v => v.Outcome == PcmLawOutcome.Failed))
        {
            Console.Error.WriteLine(verdict.Describe());
        }

        Console.WriteLine(report); // N passed, N failed, N skipped
        #endregion
        Assert.Equal(0, report.Failed);
        Assert.Contains(report.Verdicts, static v => v.Outcome == PcmLawOutcome.Skipped && v.Evidence == "the device has no power management");
    }

    [Fact]
    public void Faults_ByDependencyInjection_GoWrong()
    {
        var services = new ServiceCollection();
        #region faults
        services.AddPcmFaults("prepare:EIO@3+period:lost@10*2", PcmDirection.Playback);
        var log = new RecordingLog();
        services.AddPcmRecording(log);
        #endregion
        services.AddPcm().AddNull("null");
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal([typeof(FaultDecorator), typeof(RecordingDecorator)], provider.GetRequiredService<PcmServices>().Decorators.Select(static d => d.GetType()));
    }
}
