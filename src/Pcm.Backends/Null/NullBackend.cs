namespace Pcm.Backends.Null;

/// <summary>One card without hardware: playback vanishes, capture is silence, and time passes as on a real card.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class NullBackend : PcmBackend
{
    private readonly string _cardId;
    private readonly NullOptions _options;
    private readonly NullCardModel _model;

    /// <summary>A backend with one card.</summary>
    /// <param name="cardId">The card's id; see <see cref="PcmCard(string, string, PcmServices, Func{ValueTask})"/>.</param>
    /// <param name="options">Settings; null: the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public NullBackend(string cardId, NullOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(cardId);
        _cardId = cardId;
        _options = options ?? new NullOptions();
        if (_options.Validate() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        _model = NullCardModel.Find(_options.Model)!;
    }

    /// <inheritdoc/>
    public override string Name => "null";

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<PcmCard>> ProbeAsync(PcmServices services, CancellationToken cancellationToken) => new([CreateCard(services)]);

    /// <summary>Makes the card without a registry.</summary>
    /// <param name="services">Clock, scheduler, log, options.</param>
    public PcmCard CreateCard(PcmServices services)
    {
        var card = new PcmCard(_cardId, $"Null card ({_model.Name})", services);
        card.AddDevice(new PcmDeviceDescription
        {
            Name = "Dummy PCM",
            Playback = CreateOps(PcmDirection.Playback),
            Capture = CreateOps(PcmDirection.Capture),
        });
        return card;
    }

    private PcmOps[] CreateOps(PcmDirection direction)
    {
        var ops = new PcmOps[_options.SubstreamsPerDirection ?? _model.SubstreamsPerDirection];
        for (int i = 0; i < ops.Length; i++)
        {
            ops[i] = new NullPcmOps(_model, direction, _options.InterruptLatency);
        }

        return ops;
    }
}
