namespace Pcm.Testing;

/// <summary>Lets every card of its services, or those of one direction, go wrong as a plan says.</summary>
/// <param name="plan">What goes wrong.</param>
/// <param name="only">Only streams of this direction; null: both.</param>
/// <param name="clock">The clock of the card, when the plan disturbs it; else null.</param>
/// <remarks>Thread safety: as <see cref="PcmOpsDecorator"/>.</remarks>
public sealed class FaultDecorator(PcmFaultPlan plan, PcmDirection? only = null, SkewedTimeProvider? clock = null) : PcmOpsDecorator
{
    private readonly PcmFaultPlan _plan = plan ?? throw new ArgumentNullException(nameof(plan));

    /// <summary>Services whose cards go wrong as a plan says, clock included.</summary>
    /// <param name="services">The services to disturb; they stay as they are.</param>
    /// <param name="plan">What goes wrong.</param>
    /// <param name="direction">Only streams of this direction; null: both.</param>
    public static PcmServices Disturb(PcmServices services, PcmFaultPlan plan, PcmDirection? direction = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(plan);
        SkewedTimeProvider? clock = plan.NeedsClock ? new SkewedTimeProvider(services.Time, plan.DriftPpm) : null;

        // Innermost: what watches the device sees the disturbed one.
        return new PcmServices(
            clock ?? services.Time, services.Scheduler, services.LoggerFactory, services.Options,
            services.Decorators.Prepend(new FaultDecorator(plan, direction, clock)));
    }

    /// <inheritdoc/>
    public override PcmOps Decorate(PcmOps ops, PcmDirection direction, int substream) =>
        (only ?? direction) != direction ? ops : new FaultInjectingOps(ops, _plan, clock);
}
