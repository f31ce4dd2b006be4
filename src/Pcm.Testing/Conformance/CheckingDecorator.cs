namespace Pcm.Testing.Conformance;

/// <summary>Puts a <see cref="CheckingOps"/> around every stream of the bench and finds that of a session.</summary>
internal sealed class CheckingDecorator(LawTrace trace) : PcmOpsDecorator
{
    private readonly List<CheckingOps> _all = [];

    public override PcmOps Decorate(PcmOps ops, PcmDirection direction, int substream)
    {
        var checking = new CheckingOps(ops, trace);
        _all.Add(checking);
        return checking;
    }

    /// <summary>What was seen broken on any stream.</summary>
    public IReadOnlyList<LawViolation> Violations => [.. _all.SelectMany(static o => o.Violations)];

    /// <summary>The ops of a session; a card behind the card under test may have been decorated too.</summary>
    public CheckingOps Of(PcmSubstream stream) => _all.First(o => o.Runtime == stream.Runtime);
}
