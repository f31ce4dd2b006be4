using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>
/// The virtio-snd driver of one device: probes it, makes a card of its streams, and passes its interrupts on.
/// Lifetime: from <see cref="ProbeAsync"/> until <see cref="DisposeAsync"/> or the disposal of its card, whichever comes first.
/// </summary>
/// <remarks>Thread safety: every public member from any thread; interrupts come on the transport's thread.</remarks>
public sealed partial class VirtioSoundDriver : IVirtioInterrupts, IAsyncDisposable
{
    /// <summary>The most streams, jacks, channel maps or control elements that a device is believed to have.</summary>
    internal const uint MaxItems = 1024;

    private readonly VirtioTransport _transport;
    private readonly List<VirtioPcmOps?> _streams = [];
    private NegotiatedDevice? _device;
    private DriverEventQueue? _events;
    private SoundQueue[] _queues = [];
    private ControlChannel? _control;
    private PcmCard? _card;
    private volatile bool _listens; // to events: not before everything that they speak of is known

    private VirtioSoundDriver(VirtioTransport transport, VirtioSoundOptions options, VirtioSoundServices soundServices, PcmServices services)
    {
        _transport = transport;
        Options = options;
        SoundServices = soundServices;
        Services = services;
        Log = services.LoggerFactory.CreateLogger<VirtioSoundDriver>();
        Elements = new SoundElements(this);
        _lifetime = new PcmGate(services);
    }

    /// <summary>The card made of the device's streams.</summary>
    public PcmCard Card => _card ?? throw new InvalidOperationException("The device is not probed yet.");

    /// <summary>The features agreed on.</summary>
    public VirtioFeatures Features => _device?.Features ?? VirtioFeatures.None;

    /// <summary>Notifications sent to each queue so far.</summary>
    public IReadOnlyList<long> Kicks => [.. _queues.Select(static q => q.Kicks)];

    /// <summary>Bytes that nobody may reuse, because the device may still touch them.</summary>
    public long QuarantinedBytes => _transport.Dma.QuarantinedBytes;

    /// <summary>The device's jacks, by number.</summary>
    public IReadOnlyList<VirtioSoundJack> Jacks => Elements.Jacks;

    /// <summary>The device's control elements, less those whose description makes no sense; empty without VIRTIO_SND_F_CTLS.</summary>
    public IReadOnlyList<VirtioSoundControl> Controls => Elements.Controls;

    internal SoundElements Elements { get; }

    internal VirtioSoundOptions Options { get; }

    internal VirtioSoundServices SoundServices { get; }

    internal PcmServices Services { get; }

    internal ILogger Log { get; }

    internal DmaAllocator Dma => _transport.Dma;

    internal ControlChannel Control => _control!;

    /// <summary>Counts device resets: parameters of another generation are unknown to the device.</summary>
    internal uint Generation => _control?.DeviceGeneration ?? 0;

    /// <summary>The streams' ops by stream id; null for one that was left out.</summary>
    internal IReadOnlyList<VirtioPcmOps?> Streams => _streams;

    /// <summary>Finds out what the device has and makes a card of it. Owns <paramref name="transport"/> from now on, also when it fails.</summary>
    /// <param name="transport">The way to the device; nobody attached.</param>
    /// <param name="cardId">The card's id.</param>
    /// <param name="services">Clock, scheduler, log, options of the core.</param>
    /// <param name="options">Settings; null: the defaults.</param>
    /// <param name="soundServices">Maps and pools; null: the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="VirtioTransportException">The device is none, or no sound device, or does not answer.</exception>
    public static async ValueTask<VirtioSoundDriver> ProbeAsync(
        VirtioTransport transport, string cardId, PcmServices services, VirtioSoundOptions? options = null,
        VirtioSoundServices? soundServices = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(services);
        options ??= new VirtioSoundOptions();
        if (options.Validate() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        var driver = new VirtioSoundDriver(transport, options, soundServices ?? VirtioSoundServices.Default, services);
        try
        {
            await driver.StartAndBuildAsync(cardId, cancellationToken);
            driver.Listen();
            return driver;
        }
        catch
        {
            await driver.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public void OnQueue(ushort queue)
    {
        if (queue >= _queues.Length)
        {
            return; // before the queues exist nothing can have been used
        }

        if (queue == VirtioSoundQueues.Event && !_listens)
        {
            return; // they lie in the ring until Listen
        }

        VirtioMetrics.Interrupt(queue);
        SoundQueue sound = _queues[queue];
        sound.Drain();
        if (sound.Ring.IsBroken)
        {
            RequestRecovery(sound);
        }
    }

    /// <inheritdoc/>
    public void OnConfigChanged()
    {
        bool needsReset;
        try
        {
            needsReset = _transport.Status.HasFlag(VirtioStatus.NeedsReset);
        }
        catch (VirtioTransportException)
        {
            return; // unplugged meanwhile: OnDisconnected says the rest
        }

        if (needsReset)
        {
            RequestRecovery(null);
        }
    }

    /// <inheritdoc/>
    public void OnDisconnected()
    {
        if (TryEnd(PcmError.NoDevice))
        {
            VirtioSoundLog.Disconnected(Log);
            foreach (SoundQueue queue in _queues)
            {
                queue.Reclaim(); // the device lost access with the connection
            }
        }
    }

    /// <summary>Disposes the card, resets the device, frees the queues and the transport.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_card is not null)
        {
            await _card.DisposeAsync(); // comes back to ShutDownAsync
        }
        else
        {
            await ShutDownAsync();
        }
    }

    /// <summary>Takes what came during the probe, events and failures, and from now on each as it comes.</summary>
    private void Listen()
    {
        _listens = true;
        OnQueue(VirtioSoundQueues.Event);
        foreach (SoundQueue queue in _queues)
        {
            queue.Drain();
            if (queue.Ring.IsBroken)
            {
                RequestRecovery(queue); // by messages that a former driver left with the device, say; nothing else will tell of it
            }
        }

        OnConfigChanged();
    }

    private async ValueTask StartAndBuildAsync(string cardId, CancellationToken cancellationToken)
    {
        _transport.Attach(this);
        await StartAsync(Options.RingFeatures, cancellationToken);
        try
        {
            await BuildCardAsync(cardId, cancellationToken);
        }
        catch (VirtioTransportException e) when (e.Error == PcmError.TimedOut && Features.HasFlag(VirtioFeatures.EventIndex))
        {
            // Seen of vhost-device-sound: with EVENT_IDX its worker spins for ever once the event queue holds buffers and was notified of.
            VirtioSoundLog.WithoutEventIndex(Log);
            if (!await TakeBackAsync())
            {
                throw;
            }

            await StartAsync(Options.RingFeatures & ~VirtioFeatures.EventIndex, cancellationToken);
            await BuildCardAsync(cardId, cancellationToken);
        }
    }

    /// <summary>Resets the device and frees what the last start made. False when it does not let go.</summary>
    private async ValueTask<bool> TakeBackAsync()
    {
        if (!await _device!.ResetAsync())
        {
            return false;
        }

        foreach (SoundQueue queue in _queues)
        {
            queue.Reclaim();
        }

        _control!.Close(PcmError.NoDevice);
        _control.Free();
        _events!.Free(deviceLetGo: true);
        await _device.DisposeAsync();
        return true;
    }

    private async ValueTask StartAsync(VirtioFeatures ringFeatures, CancellationToken cancellationToken)
    {
        var handshake = new VirtioHandshakeOptions
        {
            DeviceId = VirtioSoundQueues.DeviceId,
            KnownDeviceFeatures = VirtioFeatures.SoundControls,
            WantedRingFeatures = ringFeatures,
            ConfigLength = static features => features.HasFlag(VirtioFeatures.SoundControls) ? 16 : 12,
            Queues =
            [
                new VirtqueueRequest(64, 2),
                new VirtqueueRequest(64, 0),
                new VirtqueueRequest(Options.QueueSize, Options.MessageDescriptors),
                new VirtqueueRequest(Options.QueueSize, Options.MessageDescriptors),
            ],
            ResetTimeout = Options.MessageTimeout,
        };
        _device = await VirtioHandshake.NegotiateAsync(_transport, handshake, Services.Time, cancellationToken);
        CheckQueueSizes(_device.Queues);
        var queues = new SoundQueue[VirtioSoundQueues.Count];
        for (ushort i = 0; i < queues.Length; i++)
        {
            queues[i] = new SoundQueue(i, _device.Queues[i], _transport);
        }

        _control = new ControlChannel(queues[VirtioSoundQueues.Control], Dma, Services, Options.MessageTimeout, Log);
        _events = new DriverEventQueue(queues[VirtioSoundQueues.Event], Dma, OnEvent);
        _events.Fill();
        Volatile.Write(ref _queues, queues);
        _device.Start();
        queues[VirtioSoundQueues.Event].Notify();
    }

    /// <summary>A request is two descriptors, an I/O message that wraps around the ring's end four or five; and no chain is longer than its queue.</summary>
    private void CheckQueueSizes(IReadOnlyList<DriverVirtqueue> queues)
    {
        ReadOnlySpan<int> least = [2, 1, Options.MessageDescriptors, Options.MessageDescriptors];
        for (int i = 0; i < least.Length; i++)
        {
            if (queues[i].Size < least[i])
            {
                throw new VirtioTransportException(
                    PcmError.NotSupported, $"The device's queue {i} has room for {queues[i].Size} descriptors; at least {least[i]} are needed.");
            }
        }
    }

    private async ValueTask BuildCardAsync(string cardId, CancellationToken cancellationToken)
    {
        VirtioSoundConfig config = ReadConfig();
        List<VirtioStreamInfo?> infos = await QueryStreamsAsync(config.Streams, cancellationToken);
        await Elements.ProbeAsync(config, Features.HasFlag(VirtioFeatures.SoundControls), cancellationToken);
        var card = new PcmCard(cardId, "VirtIO SoundCard", Services, ShutDownAsync);
        foreach (VirtioStreamInfo? info in infos)
        {
            _streams.Add(info switch
            {
                null => null,
                { Direction: PcmDirection.Playback } => new VirtioPlaybackOps(this, info, _queues[VirtioSoundQueues.Playback]),
                _ => new VirtioCaptureOps(this, info, _queues[VirtioSoundQueues.Capture]),
            });
        }

        // One PCM device for each function group, whose number it has, as in Linux; a number that no device can have comes last.
        foreach (IGrouping<uint, VirtioStreamInfo> group in infos.OfType<VirtioStreamInfo>().GroupBy(static i => i.FunctionNode).OrderBy(static g => g.Key))
        {
            card.AddDevice(new PcmDeviceDescription
            {
                Name = $"VirtIO PCM {group.Key}",
                Number = group.Key < int.MaxValue - MaxItems ? (int)group.Key : null,
                Playback = [.. group.Where(static i => i.Direction == PcmDirection.Playback).Select(i => _streams[(int)i.Id]!)],
                Capture = [.. group.Where(static i => i.Direction == PcmDirection.Capture).Select(i => _streams[(int)i.Id]!)],
                PlaybackChannelMaps = MapsOf(group.Key, PcmDirection.Playback),
                CaptureChannelMaps = MapsOf(group.Key, PcmDirection.Capture),
                IsNonatomic = true,
            });
        }

        _card = card;
    }

    private IReadOnlyList<PcmChannelMap> MapsOf(uint functionNode, PcmDirection direction) =>
        [.. Elements.ChannelMaps.Where(m => m.HdaFunctionNode == functionNode && m.Direction == direction).Select(static m => m.Map)];

    private VirtioSoundConfig ReadConfig()
    {
        Span<byte> bytes = stackalloc byte[Unsafe.SizeOf<VirtioSoundConfig>()];
        _device!.Config.Span.CopyTo(bytes);
        var config = MemoryMarshal.Read<VirtioSoundConfig>(bytes);
        if (config.Streams > MaxItems || config.Jacks > MaxItems || config.Chmaps > MaxItems)
        {
            throw new VirtioTransportException(
                PcmError.InvalidArgument,
                $"The device claims {config.Streams} streams, {config.Jacks} jacks and {config.Chmaps} channel maps; at most {MaxItems} of each are believed.");
        }

        return config;
    }

    private async ValueTask<List<VirtioStreamInfo?>> QueryStreamsAsync(uint count, CancellationToken cancellationToken)
    {
        int size = Unsafe.SizeOf<VirtioSoundPcmInfo>();
        int batch = ControlChannel.PayloadBytes / size;
        var payload = new byte[batch * size];
        var streams = new List<VirtioStreamInfo?>((int)count);
        for (uint start = 0; start < count; start += (uint)batch)
        {
            int items = (int)Math.Min((uint)batch, count - start);
            var query = new VirtioSoundQuery { Code = (uint)VirtioSoundRequest.PcmInfo, StartId = start, Count = (uint)items, Size = (uint)size };
            PcmError error = await Control.SendAsync(query, payload.AsMemory(0, items * size), cancellationToken);
            if (error != PcmError.None)
            {
                throw new VirtioTransportException(error, $"The device does not describe its streams {start} to {start + items - 1}: {error.Describe()}.");
            }

            for (int i = 0; i < items; i++)
            {
                var info = MemoryMarshal.Read<VirtioSoundPcmInfo>(payload.AsSpan(i * size));
                VirtioStreamInfo? stream = VirtioStreamInfo.TryCreate(start + (uint)i, in info, Options, SoundServices, out string problem);
                if (stream is null)
                {
                    VirtioSoundLog.BadStream(Log, (int)start + i, problem);
                }

                streams.Add(stream);
            }
        }

        return streams;
    }

    private void OnEvent(VirtioSoundEvent received)
    {
        if (Elements.TryTake(received))
        {
            return;
        }

        var code = (VirtioSoundEventCode)(uint)received.Code;
        VirtioPcmOps? stream = received.Data < (uint)_streams.Count ? _streams[(int)(uint)received.Data] : null;
        switch (code)
        {
            case VirtioSoundEventCode.PcmXRun when stream is not null:
                stream.OnXRunEvent();
                break;
            case VirtioSoundEventCode.PcmPeriodElapsed when stream is not null:
                stream.OnPeriodEvent();
                break;
            default:
                VirtioSoundLog.EventIgnored(Log, received.Code, received.Data);
                break;
        }
    }
}
