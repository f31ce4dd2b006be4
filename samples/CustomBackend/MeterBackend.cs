namespace Pcm.Samples.CustomBackend;

#region backend
/// <summary>One card with one playback stream, a level meter.</summary>
/// <param name="cardId">The card's id.</param>
/// <param name="onReading">Hears of every period; called on the timer's thread, one call at a time.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class MeterBackend(string cardId, Action<MeterReading> onReading) : PcmBackend
{
    /// <inheritdoc/>
    public override string Name => "meter";

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<PcmCard>> ProbeAsync(PcmServices services, CancellationToken cancellationToken)
    {
        var card = new PcmCard(cardId, "Level meter", services);
        card.AddDevice(new PcmDeviceDescription { Name = "Meter", Playback = [new MeterOps(onReading)] });
        return new ValueTask<IReadOnlyList<PcmCard>>([card]);
    }
}
#endregion
