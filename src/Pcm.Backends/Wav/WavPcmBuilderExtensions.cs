using Pcm.Backends;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers WAV cards.</summary>
/// <remarks>Thread safety: none; used while services are being registered.</remarks>
public static class WavPcmBuilderExtensions
{
    /// <summary>Adds a card that writes or reads WAV files.</summary>
    /// <param name="builder">Where.</param>
    /// <param name="id">The card's id.</param>
    /// <param name="configure">Names the files.</param>
    /// <exception cref="ArgumentException">No file is named.</exception>
    public static PcmBuilder AddWav(this PcmBuilder builder, string id, Action<WavOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new WavOptions { Id = id };
        configure(options);
        return options.Validate() is { } problem
            ? throw new ArgumentException(problem, nameof(configure))
            : builder.AddBackend(_ => new WavBackend(options));
    }
}
