using Pcm.Samples.CustomBackend;

namespace Microsoft.Extensions.DependencyInjection;

#region extension
/// <summary>Adds level meters.</summary>
/// <remarks>Thread safety: none; used while services are being registered.</remarks>
public static class MeterPcmBuilderExtensions
{
    /// <summary>Adds a card that measures what is played on it.</summary>
    /// <param name="builder">Where.</param>
    /// <param name="cardId">The card's id, unique among all cards.</param>
    /// <param name="onReading">Hears of every period; called on the timer's thread.</param>
    public static PcmBuilder AddMeter(this PcmBuilder builder, string cardId, Action<MeterReading> onReading)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(cardId);
        ArgumentNullException.ThrowIfNull(onReading);
        return builder.AddBackend(_ => new MeterBackend(cardId, onReading));
    }
}
#endregion
