using Pcm.Backends.Loopback;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds loopback cards.</summary>
/// <remarks>Thread safety: none; used while services are being registered.</remarks>
public static class LoopbackPcmBuilderExtensions
{
    /// <summary>Adds a card of cables.</summary>
    /// <param name="builder">Where.</param>
    /// <param name="cardId">The card's id, unique among all cards.</param>
    /// <param name="configure">Its settings; may be null.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static PcmBuilder AddLoopback(this PcmBuilder builder, string cardId, Action<LoopbackOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new LoopbackOptions();
        configure?.Invoke(options);
        var backend = new LoopbackBackend(cardId, options);
        return builder.AddBackend(_ => backend);
    }
}
