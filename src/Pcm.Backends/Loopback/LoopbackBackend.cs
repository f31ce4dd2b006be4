namespace Pcm.Backends.Loopback;

/// <summary>
/// A card of cables, as Linux's snd-aloop: what is played on substream n of one of its two devices is captured on substream n of the other.
/// </summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class LoopbackBackend : PcmBackend
{
    private readonly string _cardId;
    private readonly LoopbackOptions _options;

    /// <summary>A backend with one card.</summary>
    /// <param name="cardId">The card's id; see <see cref="PcmCard(string, string, PcmServices, Func{ValueTask})"/>.</param>
    /// <param name="options">Settings; null: the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public LoopbackBackend(string cardId, LoopbackOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(cardId);
        _cardId = cardId;
        _options = options ?? new LoopbackOptions();
        if (_options.Validate() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }
    }

    /// <inheritdoc/>
    public override string Name => "loopback";

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<PcmCard>> ProbeAsync(PcmServices services, CancellationToken cancellationToken) => new([CreateCard(services)]);

    /// <summary>Makes the card without a registry.</summary>
    /// <param name="services">Clock, scheduler, log, options.</param>
    public PcmCard CreateCard(PcmServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var clock = new LoopbackClock(services, _options.TicksPerSecond);
        int count = _options.Substreams;
        PcmOps[][] playback = [new PcmOps[count], new PcmOps[count]], capture = [new PcmOps[count], new PcmOps[count]];
        for (int i = 0; i < count; i++)
        {
            for (int from = 0; from < 2; from++)
            {
                var cable = new LoopbackCable(clock);
                playback[from][i] = new LoopbackPcmOps(cable, PcmDirection.Playback);
                capture[1 - from][i] = new LoopbackPcmOps(cable, PcmDirection.Capture);
            }
        }

        var card = new PcmCard(_cardId, "Loopback", services);
        for (int device = 0; device < 2; device++)
        {
            card.AddDevice(new PcmDeviceDescription { Name = "Loopback PCM", Playback = playback[device], Capture = capture[device] });
        }

        return card;
    }
}
