namespace Pcm.Virtio;

/// <summary>Makes a card of a virtio-snd device behind a transport.</summary>
/// <remarks>Thread safety: as <see cref="PcmBackend"/>.</remarks>
public sealed class VirtioSoundBackend : PcmBackend
{
    private readonly string _cardId;
    private readonly Func<PcmServices, CancellationToken, ValueTask<VirtioTransport>> _connect;
    private readonly VirtioSoundOptions _options;
    private readonly VirtioSoundServices _soundServices;

    /// <summary>Describes how to reach the device; it is reached when probed.</summary>
    /// <param name="cardId">The card's id.</param>
    /// <param name="connect">Makes the transport.</param>
    /// <param name="options">Settings; null: the defaults.</param>
    /// <param name="soundServices">Maps and pools; null: the defaults.</param>
    public VirtioSoundBackend(
        string cardId, Func<PcmServices, CancellationToken, ValueTask<VirtioTransport>> connect, VirtioSoundOptions? options = null, VirtioSoundServices? soundServices = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(cardId);
        ArgumentNullException.ThrowIfNull(connect);
        _cardId = cardId;
        _connect = connect;
        _options = options ?? new VirtioSoundOptions();
        _soundServices = soundServices ?? VirtioSoundServices.Default;
    }

    /// <inheritdoc/>
    public override string Name => "virtio";

    /// <summary>The driver of the last probe, for its jacks and control elements; null before.</summary>
    public VirtioSoundDriver? Driver { get; private set; }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<PcmCard>> ProbeAsync(PcmServices services, CancellationToken cancellationToken)
    {
        VirtioTransport transport = await _connect(services, cancellationToken);
        VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(transport, _cardId, services, _options, _soundServices, cancellationToken);
        Driver = driver;
        return [driver.Card];
    }
}
