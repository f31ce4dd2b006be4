using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Pcm.Virtio;

/// <summary>
/// A virtio sound device (virtio 5.14) in this process: streams whose audio side is a <see cref="PcmSubstream"/> of any backend, jacks and
/// channel maps. It runs behind every device-side transport, one at a time. Control elements are not offered.
/// </summary>
/// <remarks>
/// A stream is paced by its substream alone: a playback message is completed when its last byte was played, a capture message when it is full.
/// Thread safety: as <see cref="VirtioDevice"/>; <see cref="SetJackConnected"/> may be called from any thread.
/// </remarks>
public sealed class VirtioSoundDevice : VirtioDevice
{
    private readonly Lock _lock = new();
    private readonly VirtioSoundConfig _config;
    private readonly SoundDeviceContext _context;
    private readonly SoundEventQueue _events;
    private readonly SoundControlHandler _control;
    private readonly SoundDataQueue _playback;
    private readonly SoundDataQueue _capture;
    private readonly SoundStream[] _streams;
    private readonly SoundJack[] _jacks;
    private readonly bool[] _plugged; // under _lock: the jacks as told, which the executor learns of later
    private VirtioDeviceBus? _bus;    // under _lock

    /// <summary>Makes a device.</summary>
    /// <param name="options">What it has.</param>
    /// <exception cref="ArgumentException">The options contradict themselves, or ask for what virtio cannot carry; the message says what.</exception>
    public VirtioSoundDevice(VirtioSoundDeviceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindProblem() is { } problem)
        {
            throw new ArgumentException($"This sound device cannot exist: {problem}.", nameof(options));
        }

        ILoggerFactory loggers = options.LoggerFactory ?? NullLoggerFactory.Instance;
        _config = new VirtioSoundConfig { Jacks = (uint)options.Jacks.Count, Streams = (uint)options.Streams.Count, Chmaps = (uint)options.ChannelMaps.Count };
        _events = new SoundEventQueue(options.Jacks.Count, options.Streams.Count);
        _context = new SoundDeviceContext(loggers.CreateLogger<VirtioSoundDevice>(), _events, options.AcceptsNeedlessRelease);
        _jacks = [.. options.Jacks.Select(static jack => new SoundJack(jack))];
        _plugged = [.. options.Jacks.Select(static jack => jack.IsConnected)];
        _streams = [.. options.Streams.Select((stream, id) => MakeStream(id, stream))];
        _playback = new SoundDataQueue(VirtioSoundQueues.Playback, PcmDirection.Playback, _streams);
        _capture = new SoundDataQueue(VirtioSoundQueues.Capture, PcmDirection.Capture, _streams);
        foreach (SoundStream stream in _streams)
        {
            stream.Attach(stream.Direction == PcmDirection.Playback ? _playback : _capture);
        }

        _control = new SoundControlHandler(_streams, _jacks, [.. options.Streams.Select(Describe)], [.. options.ChannelMaps.Select(Describe)]);
    }

    /// <inheritdoc/>
    public override uint DeviceId => VirtioSoundQueues.DeviceId;

    /// <inheritdoc/>
    public override VirtioFeatures Features => VirtioFeatures.None;

    /// <inheritdoc/>
    public override int QueueCount => VirtioSoundQueues.Count;

    /// <summary>Plugs something into a jack, or pulls it out; the driver is told when it changes.</summary>
    /// <param name="jack">The jack's place in the options.</param>
    /// <param name="connected">Whether something is plugged in now.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such jack.</exception>
    public void SetJackConnected(int jack, bool connected)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(jack);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(jack, _plugged.Length);
        lock (_lock)
        {
            _plugged[jack] = connected;
            _bus?.Post(static device => ((VirtioSoundDevice)device!).UpdateJacks(), this);
        }
    }

    /// <inheritdoc/>
    public override void ReadConfig(int offset, Span<byte> destination)
    {
        destination.Clear();
        ReadOnlySpan<byte> config = MemoryMarshal.AsBytes(new ReadOnlySpan<VirtioSoundConfig>(in _config));
        if (offset < config.Length)
        {
            config = config[offset..];
            config[..Math.Min(config.Length, destination.Length)].CopyTo(destination);
        }
    }

    /// <inheritdoc/>
    public override void Activate(VirtioDeviceBus bus, VirtioFeatures negotiated)
    {
        _context.Bus = bus;
        lock (_lock)
        {
            _bus = bus;
        }

        UpdateJacks(); // before the driver can ask or be told
        _events.Attach(bus);
        _control.Attach(bus);
        _playback.Attach(bus);
        _capture.Attach(bus);
    }

    /// <inheritdoc/>
    public override void ProcessQueue(ushort queue)
    {
        if (queue == VirtioSoundQueues.Event)
        {
            _events.Flush();
            return;
        }

        // A driver may notify of messages before it notifies of the PREPARE that lets them in: requests go first.
        _control.Process();
        switch (queue)
        {
            case VirtioSoundQueues.Playback:
                _playback.Collect();
                break;
            case VirtioSoundQueues.Capture:
                _capture.Collect();
                break;
        }
    }

    /// <inheritdoc/>
    public override void ResetQueue(ushort queue)
    {
        // Requests remember their queue themselves, and events hold no buffer.
        switch (queue)
        {
            case VirtioSoundQueues.Playback:
                _playback.Forget();
                break;
            case VirtioSoundQueues.Capture:
                _capture.Forget();
                break;
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        lock (_lock)
        {
            _bus = null;
        }

        _events.Detach();
        _control.Attach(null);
        _playback.Detach();
        _capture.Detach();
        foreach (SoundStream stream in _streams)
        {
            stream.Reset();
        }

        foreach (SoundJack jack in _jacks)
        {
            jack.Reset();
        }
    }

    /// <summary>The state of a stream. Context: the executor.</summary>
    internal SoundStreamState GetState(int stream) => _streams[stream].State;

    private SoundStream MakeStream(int id, VirtioSoundStreamOptions options) => options.Substream.Direction == PcmDirection.Playback
        ? new PlaybackSoundStream(id, options, _context)
        : new CaptureSoundStream(id, options, _context);

    private void UpdateJacks()
    {
        for (int i = 0; i < _jacks.Length; i++)
        {
            bool connected;
            lock (_lock)
            {
                connected = _plugged[i];
            }

            if (_jacks[i].IsConnected != connected)
            {
                _jacks[i].IsConnected = connected;
                _events.TellJack(i, connected);
            }
        }
    }

    private static VirtioSoundPcmInfo Describe(VirtioSoundStreamOptions stream) => new()
    {
        HdaFunctionNode = stream.HdaFunctionNode,
        Features = (uint)stream.Features,
        Formats = stream.FormatBits,
        Rates = stream.RateBits,
        Direction = (byte)ToWire(stream.Substream.Direction),
        ChannelsMin = (byte)stream.ChannelsMin,
        ChannelsMax = (byte)stream.ChannelsMax,
    };

    private static VirtioSoundChmapInfo Describe(VirtioSoundChannelMapOptions map)
    {
        var info = new VirtioSoundChmapInfo
        {
            HdaFunctionNode = map.HdaFunctionNode,
            Direction = (byte)ToWire(map.Direction),
            Channels = (byte)map.Positions.Count,
        };
        for (int i = 0; i < map.Positions.Count; i++)
        {
            info.Positions[i] = (byte)map.Positions[i];
        }

        return info;
    }

    private static VirtioSoundDirection ToWire(PcmDirection direction) =>
        direction == PcmDirection.Playback ? VirtioSoundDirection.Output : VirtioSoundDirection.Input;
}
