using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>A device that writes down what the driver sends, and answers what the test wants.</summary>
internal sealed class JudgeDevice : VirtioDevice
{
    private readonly List<(ushort Queue, ushort Head)> _held = [];
    private VirtioDeviceBus? _bus;

    public VirtioSoundPcmInfo[] Streams { get; set; } = [Stream(PcmDirection.Playback), Stream(PcmDirection.Capture)];

    public VirtioSoundChmapInfo[] Maps { get; set; } = [];

    public VirtioSoundControlInfo[] Controls { get; set; } = [];

    /// <summary>The counts to claim; null: those there are.</summary>
    public uint[]? Counts { get; set; }

    /// <summary>Changes an answer: the request, the honest answer, the answer; null: none.</summary>
    public Func<byte[], byte[], byte[]?> Twist { get; set; } = static (_, honest) => honest;

    public VirtioFeatures Offered { get; set; }

    public List<byte[]> Requests { get; } = [];

    /// <summary>Of each request, bytes of room for the answer.</summary>
    public List<int> Rooms { get; } = [];

    /// <summary>Bytes read and written of each message, by queue.</summary>
    public List<(ushort Queue, long Readable, long Writable)> Messages { get; } = [];

    public int ConfigEnd { get; private set; }

    public int Held => _held.Count(static h => h.Queue != VirtioSoundQueues.Event);

    public override uint DeviceId => VirtioSoundQueues.DeviceId;

    public override VirtioFeatures Features => Offered;

    public override int QueueCount => VirtioSoundQueues.Count;

    public static VirtioSoundPcmInfo Stream(PcmDirection direction) => new()
    {
        Features = 0x1F, Formats = 1 << 5, Rates = 1 << 7, Direction = (byte)direction, ChannelsMin = 2, ChannelsMax = 2,
    };

    public IEnumerable<VirtioSoundRequest> Codes => Requests.Select(static r => (VirtioSoundRequest)BinaryPrimitives.ReadUInt32LittleEndian(r));

    public override void ReadConfig(int offset, Span<byte> destination)
    {
        ConfigEnd = Math.Max(ConfigEnd, offset + destination.Length);
        uint[] counts = Counts ?? [0, (uint)Streams.Length, (uint)Maps.Length, (uint)Controls.Length];
        MemoryMarshal.AsBytes<uint>(counts).Slice(offset, destination.Length).CopyTo(destination);
    }

    public override void Activate(VirtioDeviceBus bus, VirtioFeatures negotiated) => _bus = bus;

    public override void Reset()
    {
        _bus = null;
        _held.Clear();
    }

    public override void ProcessQueue(ushort queue)
    {
        if (!_bus!.TryGetQueue(queue, out DeviceVirtqueue? ring))
        {
            return;
        }

        while (ring.TryPop(out DescriptorChain chain))
        {
            Messages.Add((queue, chain.ReadableLength, chain.WritableLength));
            if (queue == VirtioSoundQueues.Control)
            {
                Answer(ring, chain);
            }
            else
            {
                _held.Add((queue, chain.Head));
            }
        }

        _bus.Publish(queue);
    }

    /// <summary>Sends an event.</summary>
    public void Tell(uint code, uint data, uint used = 8) => Post(() =>
    {
        (ushort queue, ushort head) = _held.First(static h => h.Queue == VirtioSoundQueues.Event);
        _held.Remove((queue, head));
        _bus!.TryGetQueue(queue, out DeviceVirtqueue? ring);
        byte[] message = [.. BitConverter.GetBytes(code), .. BitConverter.GetBytes(data)];
        ring!.Open(head).TryCopyFrom(0, message);
        ring.Push(head, used);
        _bus.Publish(queue);
    });

    /// <summary>Completes what is held of a queue, with a status at the end and any length up to the room.</summary>
    /// <param name="queue">Which queue.</param>
    /// <param name="status">The code.</param>
    /// <param name="latency">The latency in bytes.</param>
    /// <param name="used">The length; null: all the room.</param>
    /// <param name="most">At most so many, the oldest first.</param>
    public void Complete(ushort queue, uint status, uint latency, uint? used = null, int most = int.MaxValue) => Post(() =>
    {
        _bus!.TryGetQueue(queue, out DeviceVirtqueue? ring);
        foreach ((ushort _, ushort head) in _held.Where(h => h.Queue == queue).Take(most).ToArray())
        {
            DescriptorChain chain = ring!.Open(head);
            uint room = (uint)chain.WritableLength;
            chain.TryCopyFrom(room - 8, [.. BitConverter.GetBytes(status), .. BitConverter.GetBytes(latency)]);
            _held.Remove((queue, head));
            ring.Push(head, Math.Min(used ?? room, room));
        }

        _bus.Publish(queue);
    });

    public void Fail() => _bus!.Fail();

    private void Post(Action action) => _bus!.Post(static a => ((Action)a!)(), action);

    private void Answer(DeviceVirtqueue ring, in DescriptorChain chain)
    {
        byte[] request = new byte[chain.ReadableLength];
        chain.TryCopyTo(0, request);
        Requests.Add(request);
        Rooms.Add((int)chain.WritableLength);
        var code = (VirtioSoundRequest)BinaryPrimitives.ReadUInt32LittleEndian(request);
        ReadOnlySpan<byte> items = code switch
        {
            VirtioSoundRequest.PcmInfo => MemoryMarshal.AsBytes<VirtioSoundPcmInfo>(Streams),
            VirtioSoundRequest.ChmapInfo => MemoryMarshal.AsBytes<VirtioSoundChmapInfo>(Maps),
            VirtioSoundRequest.ControlInfo => MemoryMarshal.AsBytes<VirtioSoundControlInfo>(Controls),
            _ => default,
        };
        if (!items.IsEmpty)
        {
            int start = BitConverter.ToInt32(request, 4), count = BitConverter.ToInt32(request, 8), size = BitConverter.ToInt32(request, 12);
            items = items.Slice(start * size, count * size);
        }

        if (code == VirtioSoundRequest.PcmRelease)
        {
            Complete(VirtioSoundQueues.Playback, 0x8000, 0, 8);
            Complete(VirtioSoundQueues.Capture, 0x8000, 0, 8);
        }

        if (Twist(request, [0, 0x80, 0, 0, .. items]) is { } answer)
        {
            chain.TryCopyFrom(0, answer.AsSpan(0, (int)Math.Min(answer.Length, chain.WritableLength)));
            ring.Push(chain.Head, (uint)Math.Min(answer.Length, chain.WritableLength));
        }
    }
}
