using Pcm;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Where backends are added: what <see cref="PcmServiceCollectionExtensions.AddPcm"/> returns.</summary>
/// <remarks>Thread safety: none; used while services are being registered.</remarks>
public sealed class PcmBuilder
{
    internal PcmBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services being registered.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Adds a backend: the one primitive that every backend's own extension uses.</summary>
    /// <param name="factory">Makes the backend.</param>
    public PcmBuilder AddBackend(Func<IServiceProvider, PcmBackend> factory)
    {
        Services.AddSingleton(factory);
        return this;
    }
}
