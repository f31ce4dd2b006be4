using Pcm.Backends.Null;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds null cards.</summary>
/// <remarks>Thread safety: none; used while services are being registered.</remarks>
public static class NullPcmBuilderExtensions
{
    /// <summary>Adds a card without hardware.</summary>
    /// <param name="builder">Where.</param>
    /// <param name="cardId">The card's id, unique among all cards.</param>
    /// <param name="configure">Its settings; may be null.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static PcmBuilder AddNull(this PcmBuilder builder, string cardId, Action<NullOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new NullOptions();
        configure?.Invoke(options);
        var backend = new NullBackend(cardId, options);
        return builder.AddBackend(_ => backend);
    }
}
