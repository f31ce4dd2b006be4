namespace Pcm;

/// <summary>The registry: probes every backend once and owns the cards they found.</summary>
/// <remarks>Thread safety: every member from any thread.</remarks>
public sealed class PcmCards : IAsyncDisposable
{
    private readonly PcmServices _services;
    private readonly IReadOnlyList<PcmBackend> _backends;
    private readonly PcmGate _gate;
    private readonly List<PcmCard> _cards = [];
    private bool _probed;

    /// <summary>A registry of the cards of some backends.</summary>
    /// <param name="services">Clock, scheduler, log, options.</param>
    /// <param name="backends">Who finds cards.</param>
    public PcmCards(PcmServices services, IEnumerable<PcmBackend> backends)
    {
        ArgumentNullException.ThrowIfNull(services);
        _services = services;
        _backends = [.. backends];
        _gate = new PcmGate(services);
    }

    /// <summary>Probes, the first time, and returns the cards in the order of their backends.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">Two cards have one id.</exception>
    public async ValueTask<IReadOnlyList<PcmCard>> GetCardsAsync(CancellationToken cancellationToken = default)
    {
        await _gate.EnterAsync(cancellationToken);
        try
        {
            if (!_probed)
            {
                foreach (PcmBackend backend in _backends)
                {
                    foreach (PcmCard card in await backend.ProbeAsync(_services, cancellationToken))
                    {
                        Register(card, backend);
                    }
                }

                _probed = true;
            }

            return [.. _cards];
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>The card with an id.</summary>
    /// <param name="id">As given by its backend.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyNotFoundException">No such card; the message lists those there are.</exception>
    public async ValueTask<PcmCard> GetCardAsync(string id, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<PcmCard> cards = await GetCardsAsync(cancellationToken);
        return cards.FirstOrDefault(c => c.Id == id)
            ?? throw new KeyNotFoundException($"No card '{id}'; there are: {string.Join(", ", cards.Select(static c => c.Id))}.");
    }

    /// <summary>Disposes every card.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (PcmCard card in _cards)
        {
            await card.DisposeAsync();
        }

        _cards.Clear();
    }

    private void Register(PcmCard card, PcmBackend backend)
    {
        if (_cards.Any(c => c.Id == card.Id))
        {
            throw new InvalidOperationException($"Backend '{backend.Name}' found a card '{card.Id}', but there is one already; give it another id.");
        }

        _cards.Add(card);
    }
}
