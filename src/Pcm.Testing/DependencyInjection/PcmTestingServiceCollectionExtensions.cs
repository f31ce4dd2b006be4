using Microsoft.Extensions.DependencyInjection.Extensions;
using Pcm;
using Pcm.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what stands between the core and every backend of a program: recorders, fault injectors, decorators of your own.</summary>
/// <remarks>Thread safety: none; used while services are being registered.</remarks>
public static class PcmTestingServiceCollectionExtensions
{
    /// <summary>Records every op of every card.</summary>
    /// <param name="services">Where.</param>
    /// <param name="log">Where the calls go.</param>
    public static IServiceCollection AddPcmRecording(this IServiceCollection services, RecordingLog log) => services.AddPcmDecorator(new RecordingDecorator(log));

    /// <summary>
    /// Lets every card go wrong as a plan says. A plan that disturbs the clock replaces the registered <see cref="TimeProvider"/> by one that is off:
    /// register yours, or call AddPcm, before.
    /// </summary>
    /// <param name="services">Where.</param>
    /// <param name="plan">What goes wrong; see <see cref="PcmFaultPlan"/> for how it is written.</param>
    /// <param name="direction">Only streams of this direction; null: both.</param>
    /// <exception cref="FormatException">It is no plan.</exception>
    /// <exception cref="InvalidOperationException">The plan disturbs the clock, and no clock is registered as an instance.</exception>
    public static IServiceCollection AddPcmFaults(this IServiceCollection services, string plan, PcmDirection? direction = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        PcmFaultPlan parsed = PcmFaultPlan.Parse(plan);
        SkewedTimeProvider? clock = null;
        if (parsed.NeedsClock)
        {
            TimeProvider inner = services.LastOrDefault(static d => d.ServiceType == typeof(TimeProvider))?.ImplementationInstance as TimeProvider
                ?? throw new InvalidOperationException("A plan that disturbs the clock needs a TimeProvider that is registered as an instance.");
            clock = new SkewedTimeProvider(inner, parsed.DriftPpm);
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        }

        return services.AddPcmDecorator(new FaultDecorator(parsed, direction, clock));
    }

    /// <summary>Puts a decorator around the ops of every card; the first that is added is innermost.</summary>
    /// <param name="services">Where.</param>
    /// <param name="decorator">The decorator.</param>
    public static IServiceCollection AddPcmDecorator(this IServiceCollection services, PcmOpsDecorator decorator)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(decorator);
        return services.AddSingleton(decorator);
    }
}
