using Pcm.Backends.Loopback;
using Pcm.Backends.Null;
using Pcm.Testing.Conformance;
using Pcm.Testing.Xunit;

namespace Pcm.Testing.Tests.Conformance;

public sealed class NullConformanceTests : PcmConformanceTests
{
    protected override PcmConformanceTarget CreateTarget() => PcmConformanceTarget.Of("null", static () => new NullBackend("null"));
}

public sealed class LoopbackConformanceTests : PcmConformanceTests
{
    protected override PcmConformanceTarget CreateTarget() => new LoopbackTarget();
}

public sealed class WavPlaybackConformanceTests : PcmConformanceTests
{
    protected override PcmConformanceTarget CreateTarget() => new WavSinkTarget();
}

public sealed class WavCaptureConformanceTests : PcmConformanceTests
{
    protected override PcmConformanceTarget CreateTarget() => new WavSourceTarget();
}

public sealed class VirtioConformanceTests : PcmConformanceTests
{
    protected override PcmConformanceTarget CreateTarget() => new VirtioTarget();
}

public sealed class ReferenceConformanceTests : PcmConformanceTests
{
    protected override PcmConformanceTarget CreateTarget() => new Broken.ReferenceTarget();
}

/// <summary>The other cards that the null backend can be, and loopback with the kernel's usual clock: the whole kit each, as one test.</summary>
public sealed class ModelConformanceTests
{
    public static TheoryData<string> Models => [.. NullCardModel.All.Skip(1).Select(static m => m.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task NullModel_AllLaws_AreKept(string model)
    {
        var target = PcmConformanceTarget.Of(model, () => new NullBackend("null", new NullOptions { Model = model }));
        AssertKept(await PcmConformance.RunAsync(target, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Loopback_AtTheKernelsTicks_KeepsAllLaws()
    {
        // 4 ms ticks: too coarse for periods of 10 ms to be told from each other, so what needs time finer than that is switched off.
        var target = PcmConformanceTarget.Of(
            "loopback, 250 Hz",
            static () => new LoopbackBackend("loopback", new LoopbackOptions { TicksPerSecond = 250 }),
            static c => c is PcmCapability.Timing or PcmCapability.FinePosition ? "a clock of 250 Hz" : null);
        AssertKept(await PcmConformance.RunAsync(target, cancellationToken: TestContext.Current.CancellationToken));
    }

    private static void AssertKept(PcmConformanceReport report)
    {
        Assert.Empty(report.Verdicts.Where(static v => v.Outcome == PcmLawOutcome.Failed).Select(static v => v.Describe()));
        Assert.True(report.Passed >= 60, report.ToString());
    }
}
