using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// Events for the driver. virtio promises no delivery, and a driver may have no buffer: then what happened is kept as a flag for each jack,
/// stream and control element, and told, as it is by then, when a buffer comes. So nothing piles up, whatever a driver does.
/// Looks into the ring when it has something to tell: drivers need not notify of buffers posted before DRIVER_OK.
/// </summary>
/// <remarks>Thread safety: the device's executor only.</remarks>
internal sealed class SoundEventQueue(int jacks, int streams, int controls, bool isMute)
{
    private const int EventBytes = 8;

    private readonly bool[] _jackPending = new bool[jacks];
    private readonly bool[] _jackConnected = new bool[jacks];
    private readonly bool[] _xrunPending = new bool[streams];
    private readonly bool[] _controlPending = new bool[controls];
    private readonly VirtioSoundControlEventMask[] _controlMasks = new VirtioSoundControlEventMask[controls];
    private VirtioDeviceBus? _bus;
    private int _pending;

    public void Attach(VirtioDeviceBus bus) => _bus = bus;

    public void Detach()
    {
        _bus = null;
        Array.Clear(_jackPending);
        Array.Clear(_xrunPending);
        Array.Clear(_controlPending);
        Array.Clear(_controlMasks);
        _pending = 0;
    }

    /// <summary>Something was plugged into a jack, or pulled out.</summary>
    public void TellJack(int jack, bool connected)
    {
        _jackConnected[jack] = connected;
        Mark(_jackPending, jack);
    }

    /// <summary>A running stream had no message.</summary>
    public void TellXRun(int stream) => Mark(_xrunPending, stream);

    /// <summary>A control element changed.</summary>
    public void TellControl(int control, VirtioSoundControlEventMask mask)
    {
        _controlMasks[control] |= mask;
        Mark(_controlPending, control);
    }

    /// <summary>The stream does not run any more: an xrun that was not told is no news.</summary>
    public void ForgetXRun(int stream)
    {
        if (_xrunPending[stream])
        {
            _xrunPending[stream] = false;
            _pending--;
        }
    }

    /// <summary>Tells what is pending, as far as there are buffers.</summary>
    public void Flush()
    {
        if (_pending == 0 || isMute || _bus is null || !_bus.TryGetQueue(VirtioSoundQueues.Event, out DeviceVirtqueue? queue))
        {
            return;
        }

        for (int jack = 0; jack < _jackPending.Length; jack++)
        {
            VirtioSoundEventCode code = _jackConnected[jack] ? VirtioSoundEventCode.JackConnected : VirtioSoundEventCode.JackDisconnected;
            Tell(queue, _jackPending, jack, code);
        }

        for (int stream = 0; stream < _xrunPending.Length; stream++)
        {
            Tell(queue, _xrunPending, stream, VirtioSoundEventCode.PcmXRun);
        }

        for (int control = 0; control < _controlPending.Length; control++)
        {
            Tell(queue, _controlPending, control, VirtioSoundEventCode.ControlNotify);
        }

        _bus.Publish(VirtioSoundQueues.Event);
    }

    private void Mark(bool[] pending, int id)
    {
        if (_bus is null)
        {
            return; // no driver; it will read the state itself
        }

        _pending += pending[id] ? 0 : 1;
        pending[id] = true;
        Flush();
    }

    private void Tell(DeviceVirtqueue queue, bool[] pending, int id, VirtioSoundEventCode code)
    {
        if (!pending[id])
        {
            return;
        }

        // Of a control element the upper half of the data is the mask.
        uint data = code == VirtioSoundEventCode.ControlNotify ? (uint)id | ((uint)_controlMasks[id] << 16) : (uint)id;
        var message = new VirtioSoundEvent { Code = (uint)code, Data = data };
        while (queue.TryPop(out DescriptorChain chain))
        {
            bool written = chain.TryCopyFrom(0, MemoryMarshal.AsBytes(new ReadOnlySpan<VirtioSoundEvent>(in message)));
            queue.Push(chain.Head, written ? EventBytes : 0u);
            if (written)
            {
                pending[id] = false;
                _pending--;
                if (code == VirtioSoundEventCode.ControlNotify)
                {
                    _controlMasks[id] = VirtioSoundControlEventMask.None;
                }

                return;
            }

            // Too small for an event: given back empty, and the next one is tried.
        }
    }
}
