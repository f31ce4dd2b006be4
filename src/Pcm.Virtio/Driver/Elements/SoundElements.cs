using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// What a device has beside its streams: jacks, control elements, channel maps. Asks for them at the probe; later takes events of them and tells
/// the subscribers. However many events a device sends, at most one notification for each element is pending.
/// </summary>
/// <remarks>Thread safety: the probe is one; the rest from any thread. No handler is called under the lock or on the interrupt's thread.</remarks>
internal sealed class SoundElements(VirtioSoundDriver driver)
{
    private readonly Lock _lock = new();
    private readonly Queue<Pending> _pending = new(); // each element at most once
    private VirtioSoundJack[] _jacks = [];
    private VirtioSoundControl?[] _controls = []; // by id; null for one that was left out
    private bool[] _jackPending = [];
    private VirtioSoundControlEventMask[] _controlPending = [];
    private bool _telling;

    public ControlChannel Control => driver.Control;

    public IReadOnlyList<VirtioSoundJack> Jacks => _jacks;

    public IReadOnlyList<VirtioSoundControl> Controls { get; private set; } = [];

    public IReadOnlyList<SoundChannelMap> ChannelMaps { get; private set; } = [];

    /// <summary>Asks the device for everything. What it cannot describe is left out, and the log says so.</summary>
    /// <exception cref="VirtioTransportException">The device is gone, or does not answer at all.</exception>
    public async ValueTask ProbeAsync(VirtioSoundConfig config, bool hasControls, CancellationToken cancellationToken)
    {
        VirtioSoundJackInfo[] jacks = await QueryAsync<VirtioSoundJackInfo>(VirtioSoundRequest.JackInfo, config.Jacks, "jacks", cancellationToken);
        _jacks = [.. jacks.Select((info, id) => new VirtioSoundJack(this, (uint)id, in info))];
        _jackPending = new bool[_jacks.Length];

        VirtioSoundChmapInfo[] maps = await QueryAsync<VirtioSoundChmapInfo>(VirtioSoundRequest.ChmapInfo, config.Chmaps, "channel maps", cancellationToken);
        ChannelMaps = [.. maps.Select((info, id) => SoundChannelMap.TryCreate((uint)id, info, driver.Log)).OfType<SoundChannelMap>()];

        if (hasControls)
        {
            await ProbeControlsAsync(config.Controls, cancellationToken);
        }
    }

    /// <summary>The device was reset and may have changed meanwhile: asks for the jacks again and tells what is news.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        VirtioSoundJackInfo[] jacks = await QueryAsync<VirtioSoundJackInfo>(VirtioSoundRequest.JackInfo, (uint)_jacks.Length, "jacks", cancellationToken);
        for (int i = 0; i < jacks.Length; i++)
        {
            ReportJack((uint)i, jacks[i].Connected != 0);
        }
    }

    /// <summary>Takes an event. False when it is about nothing that this object knows. Context: the interrupt's thread, no lock held.</summary>
    public bool TryTake(in VirtioSoundEvent received)
    {
        switch ((VirtioSoundEventCode)(uint)received.Code)
        {
            case VirtioSoundEventCode.JackConnected:
                return ReportJack(received.Data, connected: true);
            case VirtioSoundEventCode.JackDisconnected:
                return ReportJack(received.Data, connected: false);
            case VirtioSoundEventCode.ControlNotify:
                VirtioSoundControlEvent notification = Unsafe.BitCast<VirtioSoundEvent, VirtioSoundControlEvent>(received);
                return ReportControl(notification.ControlId, (VirtioSoundControlEventMask)(ushort)notification.Mask);
            default:
                return false;
        }
    }

    private bool ReportJack(uint id, bool connected)
    {
        if (id >= (uint)_jacks.Length)
        {
            return false;
        }

        lock (_lock)
        {
            if (!_jacks[id].Report(connected) || _jackPending[id])
            {
                return true;
            }

            _jackPending[id] = true;
            Enqueue_NeedsLock(new Pending(IsJack: true, (int)id));
        }

        return true;
    }

    private bool ReportControl(ushort id, VirtioSoundControlEventMask mask)
    {
        mask &= VirtioSoundControlEventMask.Value | VirtioSoundControlEventMask.Info | VirtioSoundControlEventMask.Tlv;
        if (id >= _controls.Length || _controls[id] is null || mask == VirtioSoundControlEventMask.None)
        {
            return false;
        }

        lock (_lock)
        {
            bool wasPending = _controlPending[id] != VirtioSoundControlEventMask.None;
            _controlPending[id] |= mask;
            if (!wasPending)
            {
                Enqueue_NeedsLock(new Pending(IsJack: false, id));
            }
        }

        return true;
    }

    private void Enqueue_NeedsLock(Pending pending)
    {
        _pending.Enqueue(pending);
        if (!_telling)
        {
            _telling = true;
            driver.Services.Scheduler.Schedule(static self => ((SoundElements)self!).Tell(), this);
        }
    }

    /// <summary>Tells what is pending now. What comes meanwhile gets a turn of its own, so that a device that never stops does not keep a thread.</summary>
    private void Tell()
    {
        int count;
        lock (_lock)
        {
            count = _pending.Count;
        }

        for (int i = 0; i < count; i++)
        {
            TellOne();
        }

        lock (_lock)
        {
            _telling = _pending.Count > 0;
            if (_telling)
            {
                driver.Services.Scheduler.Schedule(static self => ((SoundElements)self!).Tell(), this);
            }
        }
    }

    private void TellOne()
    {
        Pending pending;
        VirtioSoundControlEventMask mask = default;
        lock (_lock)
        {
            pending = _pending.Dequeue();
            if (pending.IsJack)
            {
                _jackPending[pending.Id] = false;
            }
            else
            {
                mask = _controlPending[pending.Id];
                _controlPending[pending.Id] = VirtioSoundControlEventMask.None;
            }
        }

        try
        {
            if (pending.IsJack)
            {
                _jacks[pending.Id].RaiseConnectedChanged();
            }
            else
            {
                _controls[pending.Id]!.RaiseChanged(mask);
            }
        }
        catch (Exception e)
        {
            // The subscriber's own failure: the others, and the next events, must not be lost with it.
            VirtioSoundLog.HandlerFailed(driver.Log, pending.IsJack ? _jacks[pending.Id].ToString() : _controls[pending.Id]!.ToString(), e);
        }
    }

    private async ValueTask ProbeControlsAsync(uint count, CancellationToken cancellationToken)
    {
        if (count > VirtioSoundDriver.MaxItems)
        {
            // Seen: F_CTLS offered by a device whose configuration space ends before the count, which then reads as all ones.
            VirtioSoundLog.ElementsLeftOut(driver.Log, "control elements", $"it claims {count}; at most {VirtioSoundDriver.MaxItems} are believed");
            return;
        }

        VirtioSoundControlInfo[] infos = await QueryAsync<VirtioSoundControlInfo>(VirtioSoundRequest.ControlInfo, count, "control elements", cancellationToken);
        var controls = new VirtioSoundControl?[infos.Length];
        var names = new HashSet<(string Name, uint Index)>();
        for (int id = 0; id < infos.Length; id++)
        {
            string? problem = ControlElementCheck.FindProblem(infos[id], out string name);
            if (problem is null && !names.Add((name, infos[id].Index)))
            {
                problem = $"another one has the same name '{name}' and index {(uint)infos[id].Index}";
            }

            IReadOnlyList<string>? items = [];
            if (problem is null && (VirtioSoundControlType)(uint)infos[id].Type == VirtioSoundControlType.Enumerated)
            {
                (items, problem) = await QueryItemsAsync((uint)id, (int)(uint)infos[id].EnumeratedItems, cancellationToken);
            }

            if (problem is null)
            {
                controls[id] = new VirtioSoundControl(this, (uint)id, infos[id], name, items!);
            }
            else
            {
                VirtioSoundLog.ElementLeftOut(driver.Log, "Control element", (uint)id, problem);
            }
        }

        _controlPending = new VirtioSoundControlEventMask[controls.Length];
        _controls = controls;
        Controls = [.. controls.OfType<VirtioSoundControl>()];
    }

    private async ValueTask<(IReadOnlyList<string>? Items, string? Problem)> QueryItemsAsync(uint id, int count, CancellationToken cancellationToken)
    {
        int size = Unsafe.SizeOf<VirtioSoundControlEnumItem>();
        byte[] payload = new byte[count * size];
        var request = new VirtioSoundControlHeader { Code = (uint)VirtioSoundRequest.ControlEnumItems, ControlId = id };
        PcmError error = await Control.SendAsync(request, payload, cancellationToken);
        ThrowIfDead(error, VirtioSoundRequest.ControlEnumItems);
        if (error != PcmError.None)
        {
            return (null, $"its items are not named: {error.Describe()}");
        }

        var items = new string[count];
        for (int i = 0; i < count; i++)
        {
            if (!ControlElementCheck.TryReadText(payload.AsSpan(i * size, size), out items[i]))
            {
                return (null, $"the name of item {i} is no ASCII text with an end");
            }
        }

        return (items, null);
    }

    /// <summary>All items of one kind, as many at a time as fit an answer. Empty, with a log entry, when the device does not describe them.</summary>
    private async ValueTask<T[]> QueryAsync<T>(VirtioSoundRequest code, uint count, string name, CancellationToken cancellationToken)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        int batch = ControlChannel.PayloadBytes / size;
        var items = new T[count];
        byte[] payload = new byte[batch * size];
        for (uint start = 0; start < count; start += (uint)batch)
        {
            int some = (int)Math.Min((uint)batch, count - start);
            var query = new VirtioSoundQuery { Code = (uint)code, StartId = start, Count = (uint)some, Size = (uint)size };
            PcmError error = await Control.SendAsync(query, payload.AsMemory(0, some * size), cancellationToken);
            ThrowIfDead(error, code);
            if (error != PcmError.None)
            {
                VirtioSoundLog.ElementsLeftOut(driver.Log, name, error.Describe());
                return [];
            }

            MemoryMarshal.Cast<byte, T>(payload.AsSpan(0, some * size)).CopyTo(items.AsSpan((int)start));
        }

        return items;
    }

    /// <summary>A device that answers no is one without the element; one that does not answer is no device.</summary>
    private static void ThrowIfDead(PcmError error, VirtioSoundRequest code)
    {
        if (error is PcmError.TimedOut or PcmError.NoDevice)
        {
            throw new VirtioTransportException(error, $"The device does not answer {code}: {error.Describe()}.");
        }
    }

    private readonly record struct Pending(bool IsJack, int Id);
}
