using Pcm.Testing.Conformance;

namespace Pcm.Testing.Tests.Broken;

/// <summary>A card of <see cref="ReferenceOps"/>, or of a broken kind of them: two substreams in each direction, one sink and one source that are known.</summary>
internal sealed class ReferenceTarget(string name = "reference", Func<PcmDirection, byte[], ReferenceOps>? create = null) : PcmConformanceTarget
{
    private const int AudioBytes = 1 << 18;

    public override string Name => name;

    public override ValueTask<PcmConformanceBench> CreateAsync(PcmServices services, PcmDirection direction, CancellationToken cancellationToken)
    {
        Func<PcmDirection, byte[], ReferenceOps> make = create ?? ((d, audio) => new ReferenceOps(d, audio));
        byte[] sink = new byte[AudioBytes], source = new PcmPattern(4).Frames(0, AudioBytes / 4);
        ReferenceOps playback = make(PcmDirection.Playback, sink);
        var card = new PcmCard("reference", name, services);
        card.AddDevice(new PcmDeviceDescription
        {
            Name = name,
            Playback = [playback, make(PcmDirection.Playback, new byte[AudioBytes])],
            Capture = [make(PcmDirection.Capture, [.. source]), make(PcmDirection.Capture, [.. source])],
        });
        return new ValueTask<PcmConformanceBench>(new PcmConformanceBench(card)
        {
            ReadPlayed = () => sink[..Math.Min(sink.Length, playback.AudioFrames * 4)],
            Captured = source,
        });
    }
}
