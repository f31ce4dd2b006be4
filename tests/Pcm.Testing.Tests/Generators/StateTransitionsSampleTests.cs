using Pcm.Backends.Null;
using StateTransitions;

namespace Pcm.Testing.Tests.Generators;

/// <summary>samples/StateTransitions finds what it is for.</summary>
public sealed class StateTransitionsSampleTests
{
    [Fact]
    public void FindDifference_OnAWorkingBackend_FindsNone()
    {
        var generator = new PcmSequenceGenerator(new Random(7)) { MaxFrames = 2000 };
        for (int i = 0; i < 200; i++)
        {
            IReadOnlyList<PcmStep> sequence = generator.Next();
            Assert.Null(Transitions.FindDifference(static () => new NullBackend("null"), sequence));
        }
    }

    [Fact]
    public void FindDifference_OnABackendThatFailsItsSecondStart_IsShrunkToThat()
    {
        static string? Find(IReadOnlyList<PcmStep> s) => Transitions.FindDifference(static () => new FaultyBackend("start:EIO@2"), s);
        var generator = new PcmSequenceGenerator(new Random(7)) { MaxFrames = 2000, MaxLength = 40 };
        IReadOnlyList<PcmStep> failing = Enumerable.Range(0, 200).Select(_ => generator.Next()).First(static s => Find(s) is not null);
        IReadOnlyList<PcmStep> shortest = PcmShrinker.Shrink(failing, static s => Find(s) is not null, static s => s.Simplify());
        Assert.InRange(shortest.Count, 5, 7); // configured, started, stopped, started
        Assert.NotNull(Find(shortest));
    }

    private sealed class FaultyBackend(string plan) : PcmBackend
    {
        public override string Name => "faulty";

        public override ValueTask<IReadOnlyList<PcmCard>> ProbeAsync(PcmServices services, CancellationToken cancellationToken) =>
            new NullBackend("null").ProbeAsync(FaultDecorator.Disturb(services, PcmFaultPlan.Parse(plan)), cancellationToken);
    }
}
