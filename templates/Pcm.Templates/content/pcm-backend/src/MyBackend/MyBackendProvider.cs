using Pcm;

namespace MyBackend;

/// <summary>The backend: one card with one playback stream.</summary>
/// <param name="cardId">The card's id, unique among all cards.</param>
public sealed class MyBackendProvider(string cardId) : PcmBackend
{
    /// <inheritdoc/>
    public override string Name => "mybackend";

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<PcmCard>> ProbeAsync(PcmServices services, CancellationToken cancellationToken)
    {
        var card = new PcmCard(cardId, "MyBackend", services);
        card.AddDevice(new PcmDeviceDescription { Name = "MyBackend", Playback = [new MyBackendOps()] });
        return new ValueTask<IReadOnlyList<PcmCard>>([card]);
    }
}
