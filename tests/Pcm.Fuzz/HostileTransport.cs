using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pcm.Testing;
using Pcm.Virtio;

namespace Pcm.Fuzz;

/// <summary>
/// A transport with a sound device behind it that does what the steps of a case say: most of the time what it should, so that the driver gets far,
/// and now and then something else.
/// </summary>
/// <remarks>Everything runs on the virtual clock, on one thread.</remarks>
internal sealed class HostileTransport : VirtioTransport
{
    private const int Streams = 2, Jacks = 2, Maps = 2, Controls = 3;

    /// <summary>More interactions than this in one case: the driver goes round in circles.</summary>
    private const int Budget = 50_000;

    private readonly VirtualClock _clock;
    private readonly GuestMemory _memory = new();
    private readonly InProcessDmaAllocator _dma;
    private readonly FuzzOp[] _steps;
    private readonly FuzzOp _setup;
    private readonly DeviceVirtqueue?[] _rings = new DeviceVirtqueue?[VirtioSoundQueues.Count];
    private readonly VirtqueueAddresses[] _addresses = new VirtqueueAddresses[VirtioSoundQueues.Count];
    private readonly List<ushort>[] _held = [[], [], [], []];
    private IVirtioInterrupts? _driver;
    private VirtioFeatures _accepted;
    private VirtioStatus _status;
    private FuzzRandom _random;
    private int _next;
    private int _interactions;
    private bool _gone;
    private bool _told;
    private int _life;

    public HostileTransport(VirtualClock clock, ReadOnlySpan<FuzzOp> steps)
    {
        _clock = clock;
        _setup = steps[0];
        _steps = steps[1..].ToArray();
        _random = new FuzzRandom(((ulong)_setup.B << 32) | _setup.C);
        _dma = new InProcessDmaAllocator(_memory);
    }

    /// <summary>What a hostile answer is; the rest of the kinds is honesty.</summary>
    internal enum Lie
    {
        Status, ShortLength, LongLength, RandomPayload, OneByte, Silence, Late, Twice, StaleId, RingBytes, Events, NeedsReset, Unplug, Spurious, Descriptors, UsedId, UsedIndex,
        StatusThenGarbage,
    }

    public const int Kinds = 48; // Lie is the first of them, honesty the rest

    public override uint DeviceId => Touch(VirtioSoundQueues.DeviceId);

    public override VirtioFeatures DeviceFeatures => Touch(VirtioFeatures.Version1 | VirtioFeatures.SoundControls
        | ((_setup.A & 1) != 0 ? VirtioFeatures.RingPacked : 0) | ((_setup.A & 2) != 0 ? VirtioFeatures.EventIndex : 0)
        | ((_setup.A & 4) != 0 ? VirtioFeatures.IndirectDescriptors : 0) | ((_setup.A & 8) != 0 ? (VirtioFeatures)ulong.MaxValue & ~VirtioFeatures.RingPacked : 0));

    public override VirtioFeatures DriverFeatures { set => _accepted = value; }

    public override VirtioStatus Status
    {
        get => Touch(_status);
        set
        {
            Touch(0);
            if (value != VirtioStatus.None)
            {
                _status |= value;
                return;
            }

            _life++;
            Array.Clear(_rings);
            Array.ForEach(_held, static held => held.Clear());
            _status = (_setup.A & 0xF000) == 0x1000 ? VirtioStatus.Failed : VirtioStatus.None; // now and then a reset never completes
        }
    }

    public override uint ConfigGeneration => Touch((_setup.A & 0xF00) == 0x100 ? _random.Next32() : 0);

    public override DmaAllocator Dma => _dma;

    public override void ReadConfig(int offset, Span<byte> destination)
    {
        Touch(0);
        Span<uint> counts = [Jacks, Streams, Maps, Controls];
        if ((_setup.A & 0x70) == 0x10)
        {
            counts[(int)(_setup.C % 4)] = (_setup.A & 0x80) != 0 ? uint.MaxValue : _setup.B % 2048;
        }

        Span<byte> config = stackalloc byte[16];
        MemoryMarshal.AsBytes(counts).CopyTo(config);
        config[Math.Min(offset, 16)..Math.Min(16, offset + destination.Length)].CopyTo(destination);
    }

    public override void WriteConfig(int offset, ReadOnlySpan<byte> source) => throw new FuzzException("V-44: the sound device has nothing to write.");

    public override ushort GetMaxQueueSize(ushort queue) => Touch((_setup.A & 0xF_0000) == 0x1_0000 ? (ushort)(_setup.B % 5) : (ushort)32);

    public override void EnableQueue(ushort queue, in VirtqueueAddresses addresses)
    {
        Touch(0);
        VirtqueueKind kind = _accepted.HasFlag(VirtioFeatures.RingPacked) ? VirtqueueKind.Packed : VirtqueueKind.Split;
        _addresses[queue] = addresses;
        _rings[queue] = DeviceVirtqueue.TryCreate(kind, addresses, _accepted, _memory, DeviceVirtqueueLimits.Default)
            ?? throw new FuzzException($"The driver set up an impossible queue {queue}: {addresses}.");
    }

    public override void DisableQueue(ushort queue) => _rings[queue] = null;

    public override bool IsQueueEnabled(ushort queue) => Touch(_rings[queue] is not null);

    public override void Notify(ushort queue)
    {
        if (!_gone && ++_interactions <= Budget)
        {
            _clock.Scheduler.Schedule(static state => ((Work)state!).Run(), new Work(this, queue, _life));
        }
    }

    public override void Attach(IVirtioInterrupts interrupts) => _driver = interrupts;

    public override ValueTask DisposeAsync()
    {
        _gone = true;
        _told = true;
        long live = _dma.LiveBytes;
        _dma.Dispose();
        return live == 0 ? default : throw new FuzzException($"{live} bytes of device memory were never given back.");
    }

    public void CheckBudget()
    {
        if (_interactions > Budget)
        {
            throw new FuzzException($"More than {Budget} interactions: the driver goes round in circles.");
        }
    }

    private T Touch<T>(T value)
    {
        if (_gone)
        {
            throw new VirtioTransportException(PcmError.NoDevice, "Unplugged.");
        }

        return ++_interactions <= Budget ? value : throw new FuzzException("The driver polls for ever.");
    }

    private FuzzOp NextStep() => _next < _steps.Length ? _steps[_next++] : new FuzzOp(Kinds - 1, 0, 0, 0);

    private void Process(ushort queue)
    {
        if (_rings[queue] is not { } ring)
        {
            return;
        }

        while (ring.TryPop(out DescriptorChain chain))
        {
            _held[queue].Add(chain.Head);
            if (queue != VirtioSoundQueues.Event)
            {
                Treat(queue, ring, chain.Head, NextStep());
            }
        }

        Publish(queue, ring);
    }

    private void Publish(ushort queue, DeviceVirtqueue ring)
    {
        if (ring.Publish() && !_gone)
        {
            Interrupt(queue);
        }
    }

    private void Interrupt(ushort queue)
    {
        if (!_gone && ++_interactions <= Budget)
        {
            _clock.Scheduler.Schedule(
                static state =>
                {
                    (HostileTransport self, ushort queue) = ((HostileTransport, ushort))state!;
                    if (!self._gone)
                    {
                        self._driver?.OnQueue(queue);
                    }
                },
                (this, queue));
        }
    }

    private void Treat(ushort queue, DeviceVirtqueue ring, ushort head, in FuzzOp step)
    {
        switch ((Lie)(step.Kind % Kinds))
        {
            case Lie.Silence:
                return;
            case Lie.Late:
                Later(TimeSpan.FromMilliseconds(step.A % 3000), queue, head, step);
                return;
            case Lie.StaleId:
                ring.PushStale((ushort)step.A, step.B);
                break;
            case Lie.RingBytes:
                Scribble(_addresses[queue].DeviceArea, step);
                break;
            case Lie.Descriptors:
                Scribble(_addresses[queue].DescriptorArea, step);
                break;
            case Lie.UsedIndex:
                Scribble(_addresses[queue].DeviceArea, step with { A = 2 });
                break;
            case Lie.UsedId:
                Scribble(_addresses[queue].DeviceArea, step with { A = 4 + (8 * (step.A % 32)) });
                break;
            case Lie.Events:
                Flood(step);
                break;
            case Lie.NeedsReset:
                _status |= VirtioStatus.NeedsReset;
                _clock.Scheduler.Schedule(static self => ((HostileTransport)self!)._driver?.OnConfigChanged(), this);
                break;
            case Lie.Unplug:
                Unplug();
                return;
            case Lie.Spurious:
                for (ushort other = 0; other < VirtioSoundQueues.Count + 2; other++)
                {
                    Interrupt(other);
                }

                break;
        }

        if (queue is VirtioSoundQueues.Control)
        {
            Answer(ring, head, step);
        }
        else if ((step.C & 1) == 0)
        {
            Later(TimeSpan.FromMilliseconds(step.C % 16), queue, head, step);
        }
        else
        {
            Complete(ring, head, step);
        }
    }

    /// <summary>Completes a message later, or another one that is held.</summary>
    private void Later(TimeSpan delay, ushort queue, ushort head, FuzzOp step)
    {
        int life = _life;
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                if (_life == life && !_gone && _rings[queue] is { } ring && _held[queue].Contains(head))
                {
                    if (queue == VirtioSoundQueues.Control)
                    {
                        Answer(ring, head, step with { Kind = Kinds - 1 });
                    }
                    else
                    {
                        Complete(ring, head, step);
                    }

                    Publish(queue, ring);
                }
            },
            null,
            delay,
            Timeout.InfiniteTimeSpan);
    }

    private void Unplug()
    {
        if (_told)
        {
            return;
        }

        _gone = true;
        _told = true;
        _memory.Clear();
        _clock.Scheduler.Schedule(static self => ((HostileTransport)self!)._driver?.OnDisconnected(), this);
    }

    private void Flood(in FuzzOp step)
    {
        if (_rings[VirtioSoundQueues.Event] is not { } ring)
        {
            return;
        }

        Process(VirtioSoundQueues.Event);
        Span<byte> message = stackalloc byte[8];
        Span<uint> codes = [0x1000, 0x1001, 0x1100, 0x1101, 0x1200, 0x1200, step.A, 0];
        for (uint i = 0; i < step.B % 64 && _held[VirtioSoundQueues.Event].Count > 0; i++)
        {
            ushort head = _held[VirtioSoundQueues.Event][0];
            _held[VirtioSoundQueues.Event].RemoveAt(0);
            BinaryPrimitives.WriteUInt32LittleEndian(message, codes[(int)((step.A + i) % 8)]);
            BinaryPrimitives.WriteUInt32LittleEndian(message[4..], (step.C & 1) == 0 ? i % 3 : _random.Interesting());
            ring.Open(head).TryCopyFrom(0, message);
            ring.Push(head, Math.Min(8, step.C % 16));
        }

        Publish(VirtioSoundQueues.Event, ring);
    }

    /// <summary>Writes over four bytes of a ring; the descriptors and rings of a queue lie in one piece.</summary>
    private void Scribble(ulong area, in FuzzOp step)
    {
        if (_memory.TryGetSpan(area, 4096, out Span<byte> bytes) && bytes.Length >= 4)
        {
            int at = (int)(step.A % (uint)(bytes.Length - 3));
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], (ushort)step.B);
            if ((step.C & 3) == 0)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(bytes[(at + 2)..], (ushort)step.C);
            }
        }
    }

    private void Give(DeviceVirtqueue ring, ushort queue, ushort head, uint written, in FuzzOp step)
    {
        _held[queue].Remove(head);
        long room = ring.Open(head).WritableLength;
        uint length = (Lie)(step.Kind % Kinds) switch
        {
            Lie.ShortLength => step.A % (written + 1),
            Lie.LongLength => uint.MaxValue,
            _ => written,
        };
        if (length > room)
        {
            // A device's ring of ours does not let a lie pass: the entry is made by hand.
            ring.Push(head, 0);
            ring.PushStale(head, length);
            return;
        }

        ring.Push(head, length);
        if ((Lie)(step.Kind % Kinds) == Lie.Twice)
        {
            ring.PushStale(head, length);
        }
    }

    private void Complete(DeviceVirtqueue ring, ushort head, in FuzzOp step)
    {
        ushort queue = ReferenceEquals(ring, _rings[VirtioSoundQueues.Playback]) ? VirtioSoundQueues.Playback : VirtioSoundQueues.Capture;
        DescriptorChain chain = ring.Open(head);
        long room = chain.WritableLength;
        Span<byte> status = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(status, (Lie)(step.Kind % Kinds) == Lie.Status ? step.A : 0x8000);
        BinaryPrimitives.WriteUInt32LittleEndian(status[4..], step.B);
        chain.TryCopyFrom(room - 8, status);
        Give(ring, queue, head, (uint)room, step);
    }

    private void Answer(DeviceVirtqueue ring, ushort head, in FuzzOp step)
    {
        DescriptorChain chain = ring.Open(head);
        int room = (int)Math.Min(chain.WritableLength, 70_000);
        if (room < 4)
        {
            Give(ring, VirtioSoundQueues.Control, head, 0, step); // the rings were scribbled on, and this is no request any more
            return;
        }

        Span<byte> answer = room <= 2048 ? stackalloc byte[room] : new byte[room];
        answer.Clear();
        int length = Compose(chain, answer);
        switch ((Lie)(step.Kind % Kinds))
        {
            case Lie.Status:
                BinaryPrimitives.WriteUInt32LittleEndian(answer, (step.B & 1) == 0 ? 0x8000 + (step.A % 5) : step.A);
                break;
            case Lie.RandomPayload or Lie.StatusThenGarbage:
                for (int i = 4; i < answer.Length; i++)
                {
                    answer[i] = (byte)_random.Next32();
                }

                length = answer.Length;
                break;
            case Lie.OneByte when length > 4:
                answer[4 + (int)(step.A % (uint)(length - 4))] = (byte)step.B;
                break;
        }

        chain.TryCopyFrom(0, answer[..length]);
        Give(ring, VirtioSoundQueues.Control, head, (uint)length, step);
    }

    /// <summary>The honest answer.</summary>
    private static int Compose(in DescriptorChain chain, Span<byte> answer)
    {
        Span<byte> request = stackalloc byte[16];
        request.Clear();
        chain.TryCopyTo(0, request[..(int)Math.Min(16, chain.ReadableLength)]);
        var code = (VirtioSoundRequest)BinaryPrimitives.ReadUInt32LittleEndian(request);
        uint first = BinaryPrimitives.ReadUInt32LittleEndian(request[4..]), count = BinaryPrimitives.ReadUInt32LittleEndian(request[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(answer, 0x8000);
        int size = code switch
        {
            VirtioSoundRequest.JackInfo or VirtioSoundRequest.ChmapInfo => 24,
            VirtioSoundRequest.PcmInfo => 32,
            VirtioSoundRequest.ControlInfo => 96,
            VirtioSoundRequest.ControlEnumItems => 64,
            VirtioSoundRequest.ControlRead => 512,
            _ => 0,
        };
        if (size == 0)
        {
            return code == VirtioSoundRequest.ControlTlvRead ? answer.Length : 4;
        }

        for (int i = 0; i < (answer.Length - 4) / size; i++)
        {
            Describe(code, first + (uint)i, answer.Slice(4 + (i * size), size));
        }

        return count > 4096 && code <= VirtioSoundRequest.ControlInfo ? 4 : 4 + ((answer.Length - 4) / size * size);
    }

    private static void Describe(VirtioSoundRequest code, uint id, Span<byte> item)
    {
        switch (code)
        {
            case VirtioSoundRequest.PcmInfo:
                MemoryMarshal.Write(item, new VirtioSoundPcmInfo
                {
                    Features = 0x14, Formats = 0x2_0020, Rates = 0xC0, Direction = (byte)(id % 2), ChannelsMin = 1, ChannelsMax = 2,
                });
                break;
            case VirtioSoundRequest.JackInfo:
                MemoryMarshal.Write(item, new VirtioSoundJackInfo { Features = 1, DefaultConfiguration = 0x0221_4110 });
                break;
            case VirtioSoundRequest.ChmapInfo:
                item[4] = (byte)(id % 2);
                item[5] = 2;
                item[6] = 3;
                item[7] = 4;
                break;
            case VirtioSoundRequest.ControlInfo:
                var info = new VirtioSoundControlInfo { Type = id == 1 ? 3u : 0u, Access = 0x7F, Count = 1, Index = id, EnumeratedItems = 3 };
                "Control"u8.CopyTo(info.Name);
                MemoryMarshal.Write(item, in info);
                break;
            case VirtioSoundRequest.ControlEnumItems:
                "Item"u8.CopyTo(item);
                break;
        }
    }

    private sealed class Work(HostileTransport transport, ushort queue, int life)
    {
        public void Run()
        {
            if (transport._life == life && !transport._gone)
            {
                transport.Process(queue);
            }
        }
    }
}
