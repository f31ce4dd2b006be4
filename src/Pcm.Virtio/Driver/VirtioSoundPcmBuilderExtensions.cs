using Microsoft.Extensions.DependencyInjection.Extensions;
using Pcm.Virtio;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the virtio-snd driver.</summary>
/// <remarks>Thread safety: none; used while services are being registered.</remarks>
public static class VirtioSoundPcmBuilderExtensions
{
    /// <summary>
    /// Adds a virtio-snd device. Register a <see cref="VirtioFormatMap"/>, a <see cref="VirtioRateMap"/> or a <see cref="PcmMessagePoolFactory"/>
    /// of your own before, to replace the default.
    /// </summary>
    /// <param name="builder">From AddPcm.</param>
    /// <param name="cardId">The card's id.</param>
    /// <param name="connect">Makes the transport.</param>
    /// <param name="configure">Settings of the driver; may be null.</param>
    public static PcmBuilder AddVirtioSound(
        this PcmBuilder builder, string cardId, Func<IServiceProvider, VirtioTransport> connect, Action<VirtioSoundOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connect);
        builder.Services.TryAddSingleton(VirtioFormatMap.Default);
        builder.Services.TryAddSingleton(VirtioRateMap.Default);
        builder.Services.TryAddSingleton(PcmMessagePoolFactory.Default);
        var options = new VirtioSoundOptions();
        configure?.Invoke(options);
        return builder.AddBackend(provider => new VirtioSoundBackend(
            cardId,
            (_, _) => new ValueTask<VirtioTransport>(connect(provider)),
            options,
            new VirtioSoundServices(
                provider.GetRequiredService<VirtioFormatMap>(),
                provider.GetRequiredService<VirtioRateMap>(),
                provider.GetRequiredService<PcmMessagePoolFactory>())));
    }
}
