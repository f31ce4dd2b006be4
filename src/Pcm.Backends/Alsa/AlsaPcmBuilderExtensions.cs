using Pcm.Backends.Alsa;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds cards of libasound.</summary>
/// <remarks>Thread safety: none; used while services are being registered.</remarks>
public static class AlsaPcmBuilderExtensions
{
    /// <summary>Adds a card that is a PCM of ALSA's library.</summary>
    /// <param name="builder">Where.</param>
    /// <param name="id">The card's id, unique among all cards.</param>
    /// <param name="configure">Names the PCM; null: <c>default</c>, both directions.</param>
    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    public static PcmBuilder AddAlsa(this PcmBuilder builder, string id, Action<AlsaOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new AlsaOptions { Id = id };
        configure?.Invoke(options);
        var backend = new AlsaBackend(options);
        return builder.AddBackend(_ => backend);
    }
}
