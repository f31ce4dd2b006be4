using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pcm;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the PCM core.</summary>
/// <remarks>Thread safety: none; used while services are being registered.</remarks>
public static class PcmServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="PcmServices"/> and the registry <see cref="PcmCards"/>, with the system clock and the thread pool unless
    /// a <see cref="TimeProvider"/> or a <see cref="PcmScheduler"/> is registered already.
    /// </summary>
    /// <param name="services">Where.</param>
    /// <param name="configure">Settings of the core; may be null.</param>
    public static PcmBuilder AddPcm(this IServiceCollection services, Action<PcmOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(PcmScheduler.ThreadPool);
        services.AddOptions<PcmOptions>().Validate(static o => o.Validate() is null, "A PcmOptions value is out of range; PcmOptions.Validate() says which.");
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton(static provider => new PcmServices(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<PcmScheduler>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetRequiredService<IOptions<PcmOptions>>().Value,
            provider.GetServices<PcmOpsDecorator>()));
        services.TryAddSingleton(static provider => new PcmCards(provider.GetRequiredService<PcmServices>(), provider.GetServices<PcmBackend>()));
        return new PcmBuilder(services);
    }
}
