namespace Pcm.Testing.Replay;

/// <summary>The machine that one sequence runs on: a clock at zero, its cards, the open handles.</summary>
internal sealed class TraceMachine(TraceCardRegistry registry, PcmOptions options)
{
    /// <summary>
    /// How long after a tick of the kernel's clock a recorded sequence begins: waits that end on a tick end some 60 us before a multiple of 4 ms of its time.
    /// </summary>
    private const long TickPhaseNs = 70_000;

    private readonly Dictionary<string, PcmCard> _cards = [];
    private readonly SortedDictionary<int, TraceHandle> _handles = [];
    private PcmServices? _services;

    public VirtualClock Clock { get; } = CreateClock();

    public IReadOnlyDictionary<int, TraceHandle> Handles => _handles;

    public PcmServices Services => _services ??= new PcmServices(Clock, Clock.Scheduler, options: options);

    /// <summary>Time since the sequence began.</summary>
    public long NowMicroseconds => (Clock.NowNs - TickPhaseNs) / 1000;

    public TraceHandle Handle(int number)
    {
        if (!_handles.TryGetValue(number, out TraceHandle? handle))
        {
            _handles[number] = handle = new TraceHandle();
        }

        return handle;
    }

    /// <summary>The card of a name, made at first use.</summary>
    public async ValueTask<PcmCard> CardAsync(string name, TraceLocation location)
    {
        if (!_cards.TryGetValue(name, out PcmCard? card))
        {
            _cards[name] = card = await registry.Find(name, location)(name, Services);
        }

        return card;
    }

    /// <summary>The driver is bound again: a new card.</summary>
    public async Task RebindAsync(string name, TraceLocation location)
    {
        PcmCard old = await CardAsync(name, location);
        _cards.Remove(name);
        await old.DisposeAsync();
        await CardAsync(name, location);
    }

    /// <summary>System suspend and resume: the streams stay suspended, nothing wakes them but the application.</summary>
    public async Task SuspendAsync()
    {
        foreach (PcmCard card in _cards.Values)
        {
            await card.SuspendAsync();
        }
    }

    /// <summary>Lets virtual time reach an absolute time, if it has not yet.</summary>
    public Task ReachAsync(long microseconds) => Clock.WaitUntilAsync((microseconds * 1000) + TickPhaseNs);

    public async Task DisposeAsync()
    {
        foreach (PcmCard card in _cards.Values)
        {
            await card.DisposeAsync();
        }
    }

    private static VirtualClock CreateClock()
    {
        var clock = new VirtualClock();
        clock.AdvanceTo(TickPhaseNs);
        return clock;
    }
}
