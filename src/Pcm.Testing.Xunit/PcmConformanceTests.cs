using System.Collections.Concurrent;
using Pcm.Testing.Conformance;
using Xunit;

namespace Pcm.Testing.Xunit;

/// <summary>
/// The conformance kit as tests, one row per law: derive a class, override <see cref="CreateTarget"/>, run. A law that does not apply is a skipped row
/// with the reason; a broken one fails with the evidence, the shortest sequence that breaks it, and a trace.
/// </summary>
/// <remarks>Thread safety: as xunit's test classes; the rows of one class run one after the other and share a session.</remarks>
public abstract class PcmConformanceTests
{
    private static readonly ConcurrentDictionary<Type, PcmConformanceSession> s_sessions = new();

    /// <summary>The laws' names, one row each.</summary>
    public static TheoryData<string> Laws => [.. PcmConformance.Laws.Select(static law => law.Name)];

    /// <summary>How the laws are tried; the defaults unless overridden.</summary>
    protected virtual PcmConformanceOptions Options => new();

    /// <summary>Makes the backend to be tried; called once for the class.</summary>
    protected abstract PcmConformanceTarget CreateTarget();

    /// <summary>Tries one law.</summary>
    /// <param name="law">Its name.</param>
    [Theory]
    [MemberData(nameof(Laws), MemberType = typeof(PcmConformanceTests))]
    public async Task Backend_Law_IsKept(string law)
    {
        PcmConformanceSession session = s_sessions.GetOrAdd(GetType(), static (_, self) => new PcmConformanceSession(self.CreateTarget(), self.Options), this);
        PcmVerdict verdict = await session.CheckAsync(PcmConformance.Find(law), TestContext.Current.CancellationToken);
        Assert.SkipWhen(verdict.Outcome == PcmLawOutcome.Skipped, verdict.Evidence);
        Assert.True(verdict.Outcome == PcmLawOutcome.Passed, verdict.Describe());
    }
}
