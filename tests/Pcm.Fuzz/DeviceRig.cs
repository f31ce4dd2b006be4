using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pcm.Backends.Null;
using Pcm.Testing;
using Pcm.Virtio;

namespace Pcm.Fuzz;

/// <summary>A sound device on null audio, and a driver's end of its queues that anything can be put into. Kept from case to case, reset before each.</summary>
internal sealed class DeviceRig : IDisposable, IVirtioInterrupts
{
    private const int Size = 16;
    private const int SlotBytes = 1024;
    private const int Slots = 64;
    private const byte Canary = 0xC5;

    private readonly VirtualClock _clock = new();
    private readonly PcmCard _card;
    private readonly VirtioSoundDevice _device;
    private readonly InProcessTransport _transport;
    private readonly NegotiatedDevice _negotiated;
    private readonly DmaRegion _payload;
    private readonly VirtioFeatures _features;
    private readonly bool[] _slotUsed = new bool[Slots];
    private readonly (int Readable, int Writable)[] _slotShape = new (int, int)[Slots];
    private bool _scribbled;
    private long _clamped; // the most that any queue has counted so far, in cases that were scribbled on

    public DeviceRig(int flavour)
    {
        var services = new PcmServices(_clock, _clock.Scheduler);
        _card = new NullBackend("null", new NullOptions { SubstreamsPerDirection = 1 }).CreateCard(services);
        PcmDevice audio = _card.Devices[0];
        VirtioSoundPcmFeatures features = VirtioSoundPcmFeatures.XRunEvents | ((flavour & 2) != 0 ? VirtioSoundPcmFeatures.MessagePolling : 0);
        _device = new VirtioSoundDevice(new VirtioSoundDeviceOptions
        {
            Streams =
            [
                _clock.Run(() => VirtioSoundStreamOptions.DescribeAsync(audio.Playback[0]).AsTask()) with { Features = features },
                _clock.Run(() => VirtioSoundStreamOptions.DescribeAsync(audio.Capture[0]).AsTask()) with { Features = features },
            ],
            Jacks = [new VirtioSoundJackOptions { Features = VirtioSoundJackFeatures.Remap }],
            ChannelMaps = [new VirtioSoundChannelMapOptions { Positions = [VirtioSoundChannel.Mono] }],
            Controls =
            [
                new VirtioSoundControlOptions
                {
                    Name = "Volume", Type = VirtioSoundControlType.Integer, Minimum = -5, Maximum = 5, Access = (VirtioSoundControlAccess)0x7F,
                    TlvCommand = static _ => VirtioSoundStatusCode.Ok,
                },
                new VirtioSoundControlOptions { Name = "Source", Type = VirtioSoundControlType.Enumerated, Items = ["a", "b"] },
            ],
        });
        _features = VirtioFeatures.Version1 | VirtioFeatures.IndirectDescriptors | VirtioFeatures.RingReset | VirtioFeatures.SoundControls
            | ((flavour & 1) != 0 ? VirtioFeatures.RingPacked | VirtioFeatures.EventIndex : 0);
        _transport = new InProcessTransport(_device, _clock.Scheduler, new InProcessTransportOptions { DirectInterrupts = true, MaxQueueSize = Size });
        _transport.Attach(this);
        _payload = _transport.Dma.Allocate(Slots * SlotBytes, 16);
        _negotiated = _clock.Run(() => VirtioHandshake.NegotiateAsync(
            _transport,
            new VirtioHandshakeOptions
            {
                DeviceId = VirtioSoundQueues.DeviceId,
                KnownDeviceFeatures = VirtioFeatures.SoundControls,
                WantedRingFeatures = _features,
                ConfigLength = static _ => 16,
                Queues = [new(Size, 4), new(Size, 0), new(Size, 4), new(Size, 4)],
            },
            _clock).AsTask());
    }

    /// <summary>Messages that came back after the device had done what they ask for.</summary>
    public long Done { get; private set; }

    public void Run(ReadOnlySpan<FuzzOp> steps)
    {
        Restart();
        foreach (FuzzOp step in steps)
        {
            Do(step);
            if ((step.C & 0x10) == 0)
            {
                _clock.RunUntilIdle();
            }
        }

        _clock.RunUntilIdle();
        TakeAll();
        if (_scribbled)
        {
            return; // DEVICE_NEEDS_RESET is an answer then
        }

        if (_transport.Status.HasFlag(VirtioStatus.NeedsReset))
        {
            throw new FuzzException("The device gave up over a well-formed ring.");
        }

        KickAll();
        _clock.Advance(TimeSpan.FromSeconds(1));
        TakeAll();
        if (_negotiated.Queues[VirtioSoundQueues.Control].InFlight != 0)
        {
            throw new FuzzException($"{_negotiated.Queues[VirtioSoundQueues.Control].InFlight} requests were never given back.");
        }
    }

    public void OnQueue(ushort queue)
    {
    }

    public void OnConfigChanged()
    {
    }

    public void OnDisconnected()
    {
    }

    public void Dispose()
    {
        try
        {
            _clock.Run(async () =>
            {
                await _negotiated.DisposeAsync();
                await _transport.DisposeAsync();
                await _card.DisposeAsync();
            });
        }
        catch (InvalidOperationException)
        {
            // After a finding the device may not be able to end; the process does not need it any more.
        }
    }

    /// <summary>As a driver that is loaded anew, on the same memory.</summary>
    private void Restart()
    {
        _transport.Status = VirtioStatus.None;
        _clock.RunUntilIdle();
        if (_transport.Status != VirtioStatus.None)
        {
            throw new FuzzException("A reset did not complete.");
        }

        _transport.Status = VirtioStatus.Acknowledge | VirtioStatus.Driver;
        _transport.DriverFeatures = _features;
        _transport.Status |= VirtioStatus.FeaturesOk;
        for (ushort i = 0; i < VirtioSoundQueues.Count; i++)
        {
            _negotiated.Queues[i].Reset();
            _transport.EnableQueue(i, _negotiated.Queues[i].Addresses);
        }

        Array.Clear(_slotUsed);
        _payload.Span.Fill(Canary);
        _scribbled = false;
        _transport.Status |= VirtioStatus.DriverOk;
        _clock.RunUntilIdle();
    }

    private void Do(in FuzzOp step)
    {
        uint stream = step.A % 8 < 7 ? step.A & 1 : step.A; // mostly one that is there
        switch ((DeviceTarget.Step)step.Kind)
        {
            case DeviceTarget.Step.SetParams:
                SetParams(step.A & 1, 1920, 1920 * 4, 2, 5, 7, (step.C & 7) == 0 ? step.B : 0x10);
                break;
            case DeviceTarget.Step.NearParams:
                SetParams(stream, step.B, step.B * (step.C & 0xF), (byte)(step.C >> 4), (byte)(step.C >> 12), (byte)(step.C >> 20), step.A);
                break;
            case DeviceTarget.Step.Prepare or DeviceTarget.Step.Start or DeviceTarget.Step.Stop or DeviceTarget.Step.Release:
                Command((DeviceTarget.Step)step.Kind, stream);
                break;
            case DeviceTarget.Step.Play:
                Send(VirtioSoundQueues.Playback, Words(0), 480 + 4, 8);
                break;
            case DeviceTarget.Step.NearPlay:
                Send((ushort)(2 + (step.C & 1)), Words(stream), (int)(step.A % 600), (int)(step.B % 40));
                break;
            case DeviceTarget.Step.Capture:
                Send(VirtioSoundQueues.Capture, Words(1), 4, (int)(step.B % 3 == 0 ? step.C % 600 : 488));
                break;
            case DeviceTarget.Step.Time:
                _clock.Advance(TimeSpan.FromMilliseconds(step.A % 40));
                break;
            case DeviceTarget.Step.Query:
                Send(VirtioSoundQueues.Control, Words(((uint[])[1, 0x100, 0x200, 0x300])[step.C & 3], step.A, step.B, (step.C >> 4) % 200), 16, (int)((step.C >> 12) % 600));
                break;
            case DeviceTarget.Step.Element:
                Send(VirtioSoundQueues.Control, Words(0x301 + (step.C % 6), step.A & 3, step.B, step.A), (int)(8 + ((step.C >> 8) % 300)), (int)((step.C >> 16) % 560));
                break;
            case DeviceTarget.Step.EventBuffer:
                Send(VirtioSoundQueues.Event, [], (int)((step.C & 7) == 0 ? 4u : 0), (int)(step.A % 12));
                break;
            case DeviceTarget.Step.Raw:
                Send((ushort)(step.C & 3), Words(step.A, step.B, step.C, step.A), (int)((step.C >> 4) % 40), (int)((step.C >> 12) % 40));
                break;
            case DeviceTarget.Step.Jack:
                _device.SetJackConnected(0, (step.A & 1) != 0);
                break;
            case DeviceTarget.Step.Control:
                _device.NotifyControlInfo((int)(step.A & 1));
                break;
            case DeviceTarget.Step.Kick:
                KickAll();
                break;
            case DeviceTarget.Step.Spurious:
                _transport.Notify((ushort)step.A);
                break;
            case DeviceTarget.Step.Take:
                TakeAll();
                break;
            case DeviceTarget.Step.Payload:
                BinaryPrimitives.WriteUInt16LittleEndian(_payload.Span[(int)(step.A % (Slots * SlotBytes - 1))..], (ushort)step.B);
                _scribbled = true; // the canaries are gone, and a request may have become another
                break;
            case DeviceTarget.Step.QueueReset:
                ResetQueue((ushort)(step.A & 3));
                break;
            default:
                Scribble(step);
                break;
        }
    }

    private void SetParams(uint stream, uint periodBytes, uint bufferBytes, byte channels, byte format, byte rate, uint features) => Send(
        VirtioSoundQueues.Control,
        Words(0x101, stream, bufferBytes, periodBytes, features, channels | ((uint)format << 8) | ((uint)rate << 16)),
        24,
        4);

    private void Command(DeviceTarget.Step step, uint stream) => Send(
        VirtioSoundQueues.Control,
        Words(step switch { DeviceTarget.Step.Prepare => 0x102u, DeviceTarget.Step.Release => 0x103u, DeviceTarget.Step.Start => 0x104u, _ => 0x105u }, stream),
        8,
        4);

    private static byte[] Words(params ReadOnlySpan<uint> words) => MemoryMarshal.AsBytes(words).ToArray();

    /// <summary>Puts a message into a ring, its memory in a slot of its own with canaries around.</summary>
    private void Send(ushort queue, ReadOnlySpan<byte> content, int readable, int writable)
    {
        int slot = Array.IndexOf(_slotUsed, false);
        if (slot < 0 || readable + writable == 0)
        {
            return;
        }

        Span<byte> memory = _payload.Span.Slice(slot * SlotBytes, SlotBytes);
        readable = Math.Min(readable, 480 + 24);
        writable = Math.Min(writable, SlotBytes - readable - 16);
        content[..Math.Min(content.Length, readable)].CopyTo(memory);
        int at = slot * SlotBytes, half = readable / 2;
        if (_negotiated.Queues[queue].TryAdd(
            [_payload.Slice(at, half), _payload.Slice(at + half, readable - half)], [_payload.Slice(at + readable, writable)], (ushort)slot))
        {
            _slotUsed[slot] = true;
            _slotShape[slot] = (readable, writable);
        }
        else
        {
            memory.Fill(Canary); // the queue is full, and the next message in this slot may be a shorter one
        }

        Kick(queue);
    }

    private void Kick(ushort queue)
    {
        if (_negotiated.Queues[queue].Publish())
        {
            _transport.Notify(queue);
        }
    }

    private void KickAll()
    {
        for (ushort queue = 0; queue < VirtioSoundQueues.Count; queue++)
        {
            Kick(queue);
            _transport.Notify(queue);
        }
    }

    private void TakeAll()
    {
        for (int index = 0; index < VirtioSoundQueues.Count; index++)
        {
            DriverVirtqueue queue = _negotiated.Queues[index];
            while (queue.TryTakeUsed(out ushort slot, out _))
            {
                CheckSlot(index, slot);
                _slotUsed[slot] = false;
            }

            if (queue.IsBroken && !_scribbled)
            {
                throw new FuzzException($"The device broke the protocol: {queue.Fault}.");
            }

            bool claims = queue.ClampedLengths > _clamped;
            _clamped = Math.Max(_clamped, queue.ClampedLengths);
            if (claims && !_scribbled)
            {
                throw new FuzzException("The device claims more than it was given room for.");
            }
        }
    }

    /// <summary>D-56: nothing behind the room was touched.</summary>
    private void CheckSlot(int queue, int slot)
    {
        if (_scribbled)
        {
            return;
        }

        (int readable, int writable) = _slotShape[slot];
        Span<byte> memory = _payload.Span.Slice(slot * SlotBytes, SlotBytes);
        if (memory[(readable + writable)..].ContainsAnyExcept(Canary))
        {
            throw new FuzzException($"The device wrote behind the {writable} bytes of a message.");
        }

        int status = readable + Math.Max(0, (queue >= VirtioSoundQueues.Playback ? writable : 8) - 8);
        Done += writable >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(memory[status..]) == (uint)VirtioSoundStatusCode.Ok ? 1 : 0;
        memory.Fill(Canary);
    }

    private void ResetQueue(ushort queue)
    {
        _transport.DisableQueue(queue);
        _clock.RunUntilIdle();
        if (_transport.IsQueueEnabled(queue))
        {
            throw new FuzzException($"The reset of queue {queue} did not complete.");
        }

        _negotiated.Queues[queue].Reset();
        _transport.EnableQueue(queue, _negotiated.Queues[queue].Addresses);
    }

    private void Scribble(in FuzzOp step)
    {
        _scribbled = true;
        DriverVirtqueue queue = _negotiated.Queues[(int)(step.C & 3)];
        Span<byte> rings = queue.Memory.Span;
        VirtqueueAddresses addresses = queue.Addresses;
        int at = (DeviceTarget.Step)step.Kind switch
        {
            DeviceTarget.Step.Index => (int)(addresses.DriverArea - addresses.DescriptorArea) + 2,
            DeviceTarget.Step.Descriptor => (int)(step.A % (16 * Size - 1)),
            _ => (int)(step.A % (uint)(rings.Length - 1)),
        };
        BinaryPrimitives.WriteUInt16LittleEndian(rings[at..], (ushort)step.B);
        _transport.Notify((ushort)(step.C & 3));
    }
}
