using System.Runtime.InteropServices;
using Pcm.Testing;
using Pcm.Virtio;

namespace Pcm.Fuzz;

/// <summary>
/// A transport with a sound device behind it that does what the steps of a case say: most of the time what it should, so that the driver gets far,
/// and now and then something else.
/// </summary>
/// <remarks>Everything runs on the virtual clock, on one thread.</remarks>
internal sealed partial class HostileTransport : VirtioTransport
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
