using System.Buffers.Binary;
using Pcm.Testing;
using Pcm.Virtio;

namespace Pcm.Fuzz;

/// <summary>The driver's queue, its slots and an owner that keeps accounts, before a device that writes what it likes into the rings.</summary>
internal sealed class QueueRig : IDisposable
{
    public const int Kinds = 16;

    private const int Size = 8;

    private readonly GuestMemory _memory = new();
    private readonly InProcessDmaAllocator _dma;
    private readonly DmaRegion _payload;
    private readonly DriverVirtqueue _ring;
    private readonly SoundQueue _queue;
    private readonly VirtqueueKind _kind;
    private readonly VirtioFeatures _features;
    private readonly HostileTransport _transport;
    private readonly Accounts _owner = new(Size);
    private readonly List<ushort> _held = [];
    private DeviceVirtqueue? _device;

    public QueueRig(uint flavour)
    {
        _kind = (flavour & 1) != 0 ? VirtqueueKind.Packed : VirtqueueKind.Split;
        _features = VirtioFeatures.Version1
            | ((flavour & 2) != 0 ? VirtioFeatures.EventIndex : 0)
            | ((flavour & 4) != 0 ? VirtioFeatures.IndirectDescriptors : 0)
            | (_kind == VirtqueueKind.Packed ? VirtioFeatures.RingPacked : 0);
        _dma = new InProcessDmaAllocator(_memory);
        _payload = _dma.Allocate(4096, 16);
        _ring = DriverVirtqueue.Create(_kind, Size, _features, _dma, 3);
        _transport = new HostileTransport(new VirtualClock(), [default]);
        _queue = new SoundQueue(0, _ring, _transport);
    }

    internal enum Step
    {
        Add, Publish, Pop, Complete, CompleteLong, Stale, Drain, DriverDrains, UsedIndex, UsedId, DeviceByte, DescriptorByte, NextLife, Twice, PublishAndPop, CompleteAll,
    }

    public void Run(ReadOnlySpan<FuzzOp> steps)
    {
        _device = DeviceVirtqueue.TryCreate(_kind, _ring.Addresses, _features, _memory, DeviceVirtqueueLimits.Default);
        foreach (FuzzOp step in steps)
        {
            Do(step);
            Check();
        }

        _queue.Drain();
        Check();
        _queue.Reclaim();
        _queue.Drain(); // a late interrupt
        if (_owner.Out != 0)
        {
            throw new FuzzException($"{_owner.Out} messages did not come back when the device lost its access.");
        }

        _ring.Reset();
        _queue.Restart();
        _held.Clear();
    }

    public void Dispose()
    {
        _ring.Dispose();
        _payload.Dispose();
        _dma.Dispose();
    }

    private void Do(in FuzzOp step)
    {
        switch ((Step)(step.Kind % Kinds))
        {
            case Step.Add:
                Add(step);
                break;
            case Step.Publish:
                Publish();
                break;
            case Step.PublishAndPop:
                Add(step);
                Publish();
                Pop();
                break;
            case Step.Pop:
                Pop();
                break;
            case Step.Complete:
                Complete(step, 0);
                break;
            case Step.CompleteLong:
                Complete(step, step.B);
                break;
            case Step.Twice:
                Complete(step, 1);
                break;
            case Step.CompleteAll:
                while (_held.Count > 0)
                {
                    Complete(step, 0);
                }

                _queue.Drain();
                break;
            case Step.Stale:
                _device?.PushStale((ushort)(step.A % (Size + 2)), step.B);
                _device?.Publish();
                break;
            case Step.Drain or Step.DriverDrains:
                _queue.Drain();
                break;
            case Step.NextLife:
                _owner.NextLife();
                break;
            case Step.UsedIndex:
                Scribble(_ring.Addresses.DeviceArea, 2, (ushort)step.B);
                break;
            case Step.UsedId:
                Scribble(_ring.Addresses.DeviceArea, 4 + (8 * (step.A % Size)), (ushort)(step.B % (Size + 2)));
                break;
            case Step.DeviceByte:
                Scribble(_ring.Addresses.DeviceArea, step.A % 80, (ushort)step.B);
                break;
            case Step.DescriptorByte:
                Scribble(_ring.Addresses.DescriptorArea, step.A % (16 * Size), (ushort)step.B);
                break;
        }
    }

    private void Add(in FuzzOp step)
    {
        int message = _owner.FindFree();
        if (message < 0)
        {
            return;
        }

        uint readable = step.A % 64, writable = (step.B % 64) + 1;
        using (_queue.Lock.EnterScope())
        {
            if (_queue.TryAdd_NeedsLock(_owner, message, [_payload.Slice(0, (int)readable)], [_payload.Slice(64, (int)writable), _payload.Slice(256, (int)(step.C % 3))]))
            {
                _owner.Sent(message, writable + (step.C % 3));
            }
        }
    }

    private void Publish()
    {
        using (_queue.Lock.EnterScope())
        {
            _queue.Publish_NeedsLock();
        }
    }

    private void Pop()
    {
        while (_device is not null && _device.TryPop(out DescriptorChain chain))
        {
            _held.Add(chain.Head);
        }
    }

    /// <summary>Completes a held message; <paramref name="lie"/>: 0 as it should be, 1 twice, more: with that length.</summary>
    private void Complete(in FuzzOp step, uint lie)
    {
        if (_device is null || _held.Count == 0)
        {
            return;
        }

        int at = (int)(step.C % (uint)_held.Count);
        ushort head = _held[at];
        _held.RemoveAt(at);
        uint room = (uint)Math.Min(_device.Open(head).WritableLength, uint.MaxValue);
        _device.Push(head, lie > 1 ? Math.Min(lie, room) : room);
        if (lie == 1)
        {
            _device.PushStale(head, room);
        }

        _device.Publish();
    }

    private void Scribble(ulong area, uint offset, ushort value)
    {
        if (_memory.TryGetSpan(area, 128, out Span<byte> bytes) && offset + 2 <= bytes.Length)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[(int)offset..], value);
        }
    }

    private void Check()
    {
        if (_ring.InFlight != _owner.Out)
        {
            throw new FuzzException($"The ring has {_ring.InFlight} messages in flight, the owner counts {_owner.Out}.");
        }

        if ((uint)_ring.FreeDescriptors > Size || (_owner.Out == 0 && !_ring.IsBroken && _ring.FreeDescriptors != Size))
        {
            throw new FuzzException($"{_ring.FreeDescriptors} descriptors are free, with {_owner.Out} messages in flight.");
        }
    }

    /// <summary>Counts what it gave away, and takes nothing else back.</summary>
    private sealed class Accounts(int size) : SoundMessageOwner
    {
        private readonly uint?[] _room = new uint?[size];

        public int Out { get; private set; }

        public void NextLife() => Generation++;

        public int FindFree() => Array.IndexOf(_room, null);

        public void Sent(int message, uint room)
        {
            _room[message] = room;
            Out++;
        }

        public override void Used_NeedsQueueLock(int message, uint generation, uint written)
        {
            if (_room[message] is not { } room)
            {
                throw new FuzzException($"Message {message} came back and was not out.");
            }

            if (written > room)
            {
                throw new FuzzException($"Message {message} has room for {room} bytes and came back with {written}.");
            }

            Reclaimed_NeedsQueueLock(message, generation);
        }

        public override void AfterUsed()
        {
        }

        public override void Reclaimed_NeedsQueueLock(int message, uint generation)
        {
            if (_room[message] is null)
            {
                throw new FuzzException($"Message {message} was reclaimed and was not out.");
            }

            _room[message] = null;
            Out--;
        }
    }
}
