namespace Pcm.Testing.Conformance;

/// <summary>A backend to be tried: how to make its card, and what it cannot do. Derive from it, or use <see cref="Of"/>.</summary>
/// <remarks>Thread safety: as the implementation says; the kit calls it from one thread at a time.</remarks>
public abstract class PcmConformanceTarget
{
    /// <summary>The backend's name, for reports.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Whether the backend keeps real time by itself, as hardware does: the laws then run on the system's clock and take as long as the audio does.
    /// Default: no; the virtual clock of the services is its clock, and a law takes no time.
    /// </summary>
    public virtual bool IsRealTime => false;

    /// <summary>
    /// Makes a card, the same every time. Context: may wait; called once for each law and direction.
    /// Errors: throw; the law fails with the message.
    /// </summary>
    /// <param name="services">
    /// Clock, scheduler, log, and the observers of the kit: the card must be made with these. What lies behind it takes <c>services.WithDecorators()</c>.
    /// </param>
    /// <param name="direction">The direction that will be tested.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract ValueTask<PcmConformanceBench> CreateAsync(PcmServices services, PcmDirection direction, CancellationToken cancellationToken);

    /// <summary>Switches laws off that mean nothing for this backend.</summary>
    /// <param name="capability">What a law needs.</param>
    /// <returns>Why the backend does not do it, which is printed; null when it does.</returns>
    public virtual string? WhyNot(PcmCapability capability) => null;

    /// <summary>A backend whose first card is tried.</summary>
    /// <param name="name">Its name, for reports.</param>
    /// <param name="create">Makes the backend; called for each law.</param>
    /// <param name="whyNot">As <see cref="WhyNot"/>; null: it does everything that it declares.</param>
    public static PcmConformanceTarget Of(string name, Func<PcmBackend> create, Func<PcmCapability, string?>? whyNot = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        return new BackendTarget(name, create, whyNot);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private sealed class BackendTarget(string name, Func<PcmBackend> create, Func<PcmCapability, string?>? whyNot) : PcmConformanceTarget
    {
        public override string Name => name;

        public override async ValueTask<PcmConformanceBench> CreateAsync(PcmServices services, PcmDirection direction, CancellationToken cancellationToken)
        {
            IReadOnlyList<PcmCard> cards = await create().ProbeAsync(services, cancellationToken);
            return cards.Count > 0 ? new PcmConformanceBench(cards[0]) : throw new InvalidOperationException($"The {name} backend found no card.");
        }

        public override string? WhyNot(PcmCapability capability) => whyNot?.Invoke(capability);
    }
}
