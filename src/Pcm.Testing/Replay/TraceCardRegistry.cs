namespace Pcm.Testing.Replay;

/// <summary>The cards of the traces: how to make each, or why it is not replayed.</summary>
/// <remarks>Thread safety: add from one thread, before the first replay.</remarks>
public sealed class TraceCardRegistry
{
    private readonly Dictionary<string, Func<string, PcmServices, ValueTask<PcmCard>>> _factories = [];
    private readonly Dictionary<string, string> _skipped = [];

    /// <summary>Adds a card.</summary>
    /// <param name="name">Its name in the traces.</param>
    /// <param name="factory">Makes a new card of that name.</param>
    public TraceCardRegistry Add(string name, Func<string, PcmServices, PcmCard> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Add(name, (id, services) => new ValueTask<PcmCard>(factory(id, services)));
    }

    /// <summary>Adds a card that has to be probed.</summary>
    /// <param name="name">Its name in the traces.</param>
    /// <param name="factory">Probes a new card of that name, in virtual time.</param>
    public TraceCardRegistry Add(string name, Func<string, PcmServices, ValueTask<PcmCard>> factory)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(factory);
        _factories[name] = factory;
        _skipped.Remove(name);
        return this;
    }

    /// <summary>Says that sequences with this card are not replayed.</summary>
    /// <param name="name">Its name in the traces.</param>
    /// <param name="reason">Why, for the totals.</param>
    public TraceCardRegistry Skip(string name, string reason)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentException.ThrowIfNullOrEmpty(reason);
        _skipped[name] = reason;
        _factories.Remove(name);
        return this;
    }

    internal string? FindSkipReason(string name) => _skipped.GetValueOrDefault(name);

    internal Func<string, PcmServices, ValueTask<PcmCard>> Find(string name, TraceLocation location) =>
        _factories.TryGetValue(name, out Func<string, PcmServices, ValueTask<PcmCard>>? factory)
        ? factory
        : throw new TraceFormatException(location, $"there is no card '{name}'; expected one of {string.Join(", ", _factories.Keys.Concat(_skipped.Keys))}");
}
