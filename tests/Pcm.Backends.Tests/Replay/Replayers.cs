using Pcm.Testing.Replay;

namespace Pcm.Backends.Tests.Replay;

internal static class Replayers
{
    public static TraceReplayer Create(TraceComparison comparison, string whyNoVirtio = "no virtio here")
    {
        var registry = new TraceCardRegistry().Skip("virtio", whyNoVirtio);
        foreach (string name in ReferenceCards.Names)
        {
            registry.Add(name, ReferenceCards.Create);
        }

        return new TraceReplayer(registry, comparison);
    }
}
