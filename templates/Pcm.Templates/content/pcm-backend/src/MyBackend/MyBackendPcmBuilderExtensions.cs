using MyBackend;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds cards of MyBackend.</summary>
public static class MyBackendPcmBuilderExtensions
{
    /// <summary>Adds a card.</summary>
    /// <param name="builder">Where.</param>
    /// <param name="cardId">The card's id, unique among all cards.</param>
    public static PcmBuilder AddMyBackend(this PcmBuilder builder, string cardId)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(cardId);
        return builder.AddBackend(_ => new MyBackendProvider(cardId));
    }
}
