using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Pcm.Virtio;

/// <summary>
/// A virtio sound device (virtio 5.14) in this process: streams whose audio side is a <see cref="PcmSubstream"/> of any backend, jacks and
/// channel maps, control elements. It runs behind every device-side transport, one at a time. On demand it misbehaves as real devices do
/// (<see cref="VirtioSoundDeviceOptions.Quirks"/>).
/// </summary>
/// <remarks>
/// A stream is paced by its substream alone: a playback message is completed when its last byte was played, a capture message when it is full.
/// Thread safety: as <see cref="VirtioDevice"/>; jacks and control elements may be set and read from any thread.
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
    private readonly SoundControlTable _controls;
    private readonly VirtioSoundControlEventMask[] _changed; // under _lock: of the control elements, what the executor has not told yet
    private readonly bool[] _plugged; // under _lock: the jacks as told, which the executor learns of later
    private VirtioDeviceBus? _bus;    // under _lock
    private bool _hangsWithEvents;    // executor only

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
        VirtioSoundQuirks quirks = options.Quirks;
        bool losesMap = quirks.HasFlag(VirtioSoundQuirks.ChannelMapCountTooSmall);
        _config = new VirtioSoundConfig
        {
            Jacks = (uint)options.Jacks.Count,
            Streams = (uint)options.Streams.Count,
            Chmaps = (uint)Math.Max(0, options.ChannelMaps.Count - (losesMap ? 1 : 0)),
            Controls = quirks.HasFlag(VirtioSoundQuirks.ControlCountMissing) ? uint.MaxValue : (uint)options.Controls.Count,
        };
        Features = options.Controls.Count > 0 || quirks.HasFlag(VirtioSoundQuirks.ControlCountMissing) ? VirtioFeatures.SoundControls : VirtioFeatures.None;
        _events = new SoundEventQueue(
            options.Jacks.Count, options.Streams.Count, options.Controls.Count, isMute: quirks.HasFlag(VirtioSoundQuirks.NoEvents));
        _context = new SoundDeviceContext(loggers.CreateLogger<VirtioSoundDevice>(), _events, quirks, options.AcceptsNeedlessRelease);
        _jacks = [.. options.Jacks.Select(static jack => new SoundJack(jack))];
        _plugged = [.. options.Jacks.Select(static jack => jack.IsConnected)];
        _controls = new SoundControlTable(options.Controls);
        _changed = new VirtioSoundControlEventMask[options.Controls.Count];
        _streams = [.. options.Streams.Select((stream, id) => MakeStream(id, stream))];
        _playback = new SoundDataQueue(VirtioSoundQueues.Playback, PcmDirection.Playback, _streams, _context);
        _capture = new SoundDataQueue(VirtioSoundQueues.Capture, PcmDirection.Capture, _streams, _context);
        foreach (SoundStream stream in _streams)
        {
            stream.Attach(stream.Direction == PcmDirection.Playback ? _playback : _capture);
        }

        var items = new SoundDeviceItems(_streams, [.. options.Streams.Select(Describe)], _jacks, [.. options.ChannelMaps.Select(Describe)], _controls);
        var elements = new SoundControlElementHandler(_controls, ControlChanged, id => ControlWritten?.Invoke(this, new(id, _controls.Read(id))));
        _control = new SoundControlHandler(_context, items, elements);
    }

    /// <summary>
    /// The driver set a control element; the audio side may follow it. Context: the device's executor, before the driver has its answer; must not wait.
    /// </summary>
    public event EventHandler<VirtioSoundControlWrittenEventArgs>? ControlWritten;

    /// <inheritdoc/>
    public override uint DeviceId => VirtioSoundQueues.DeviceId;

    /// <inheritdoc/>
    public override VirtioFeatures Features { get; }

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

    /// <summary>The present values of a control element.</summary>
    /// <param name="control">The element's place in the options.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public VirtioSoundControlValue GetControlValue(int control) => _controls.Read(CheckControl(control));

    /// <summary>Sets a control element, as if somebody turned a knob of the device; the driver is told when it changes.</summary>
    /// <param name="control">The element's place in the options.</param>
    /// <param name="value">The whole union; of it the element's values count.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void SetControlValue(int control, VirtioSoundControlValue value)
    {
        if (!_controls.TryWrite(CheckControl(control), value, out bool changed))
        {
            throw new ArgumentException($"A value is out of the range of control element {control}.", nameof(value));
        }

        if (changed)
        {
            ControlChanged(control, VirtioSoundControlEventMask.Value);
        }
    }

    /// <summary>The present metadata of a control element: header and values, or nothing.</summary>
    /// <param name="control">The element's place in the options.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public ReadOnlyMemory<byte> GetControlTlv(int control) => _controls.ReadTlv(CheckControl(control));

    /// <summary>Sets a control element's metadata; the driver is told.</summary>
    /// <param name="control">The element's place in the options.</param>
    /// <param name="tlv">Header and values; copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ArgumentException">That is no metadata.</exception>
    public void SetControlTlv(int control, ReadOnlySpan<byte> tlv)
    {
        if (!_controls.TryWriteTlv(CheckControl(control), tlv.ToArray()))
        {
            throw new ArgumentException("Metadata is a header and as many bytes, a multiple of 4, as that says.", nameof(tlv));
        }

        ControlChanged(control, VirtioSoundControlEventMask.Tlv);
    }

    /// <summary>Tells the driver that a control element's description changed otherwise; which only it can know by asking.</summary>
    /// <param name="control">The element's place in the options.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public void NotifyControlInfo(int control) => ControlChanged(CheckControl(control), VirtioSoundControlEventMask.Info);

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
        _context.HasControls = negotiated.HasFlag(VirtioFeatures.SoundControls);
        _hangsWithEvents = negotiated.HasFlag(VirtioFeatures.EventIndex) && _context.Has(VirtioSoundQuirks.EventIndexHangs);
        lock (_lock)
        {
            _bus = bus;
        }

        UpdateJacks(); // before the driver can ask or be told
        lock (_lock)
        {
            Array.Clear(_changed); // it will read them itself
        }

        _events.Attach(bus);
        _control.Attach(bus);
        _playback.Attach(bus);
        _capture.Attach(bus);
    }

    /// <inheritdoc/>
    public override void ProcessQueue(ushort queue)
    {
        _context.IsHung |= queue == VirtioSoundQueues.Event && _hangsWithEvents;
        if (_context.IsHung)
        {
            return;
        }

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

        _context.IsHung = false;
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

    private int CheckControl(int control)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(control);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(control, _changed.Length);
        return control;
    }

    /// <summary>Sees to it that the driver is told. Context: any thread.</summary>
    private void ControlChanged(int control, VirtioSoundControlEventMask mask)
    {
        lock (_lock)
        {
            _changed[control] |= mask;
            _bus?.Post(static device => ((VirtioSoundDevice)device!).UpdateControls(), this);
        }
    }

    private void UpdateControls()
    {
        for (int i = 0; i < _changed.Length; i++)
        {
            VirtioSoundControlEventMask mask;
            lock (_lock)
            {
                mask = _changed[i];
                _changed[i] = VirtioSoundControlEventMask.None;
            }

            if (mask != VirtioSoundControlEventMask.None && _context.HasControls)
            {
                _events.TellControl(i, mask);
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
