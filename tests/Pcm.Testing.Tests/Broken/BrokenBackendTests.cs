using Pcm.Testing.Conformance;

namespace Pcm.Testing.Tests.Broken;

/// <summary>The kit is as good as what it catches: each backend here has one defect, and a law must find it.</summary>
public sealed class BrokenBackendTests
{
    public static TheoryData<string> Names => [.. BrokenBackends.All.Select(static b => b.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task BrokenBackend_ItsLaw_CatchesIt(string name)
    {
        BrokenBackend broken = BrokenBackends.All.Single(b => b.Name == name);
        var target = new ReferenceTarget(broken.Name, broken.Create);
        PcmVerdict verdict = await new PcmConformanceSession(target).CheckAsync(PcmConformance.Find(broken.Law), TestContext.Current.CancellationToken);
        Assert.True(verdict.Outcome == PcmLawOutcome.Failed, $"{broken.Law} did not see that {broken.Defect}: {verdict.Outcome} {verdict.Evidence}");
        Assert.NotEmpty(verdict.Evidence);
        Assert.NotEmpty(verdict.Trace);
    }

    [Fact]
    public void BrokenBackends_AreManyAndEachHasItsName()
    {
        Assert.True(BrokenBackends.All.Count >= 30);
        Assert.Equal(BrokenBackends.All.Count, BrokenBackends.All.Select(static b => b.Name).Distinct().Count());
        Assert.All(BrokenBackends.All, static b => Assert.Equal(b.Name, b.Create(PcmDirection.Playback, []).GetType().Name));
    }
}
