using System.Buffers.Binary;
using Pcm.Testing;

namespace Pcm.Virtio.Tests;

/// <summary>A message of the <see cref="RawSoundDriver"/>: its own memory, cut as the test wants.</summary>
internal sealed class RawMessage(ushort token, ushort queue, DmaRegion region, int readableBytes, DmaSlice[] readable, DmaSlice[] writable)
{
    public ushort Token { get; } = token;

    public ushort Queue { get; } = queue;

    public DmaRegion Region { get; } = region;

    public DmaSlice[] ReadableSlices { get; } = readable;

    public DmaSlice[] WritableSlices { get; } = writable;

    /// <summary>Null while the device has it.</summary>
    public int? Used { get; set; }

    /// <summary>How often it came back.</summary>
    public int Completions { get; set; }

    public Span<byte> Readable => Region.Span[..readableBytes];

    public Span<byte> Writable => Region.Span[readableBytes..];

    /// <summary>The status of a control answer.</summary>
    public VirtioSoundStatusCode Status => (VirtioSoundStatusCode)BinaryPrimitives.ReadUInt32LittleEndian(Writable);

    /// <summary>The status of an I/O message: the last 8 writable bytes.</summary>
    public VirtioSoundStatusCode IoStatus => (VirtioSoundStatusCode)BinaryPrimitives.ReadUInt32LittleEndian(Writable[^8..]);

    public uint LatencyBytes => BinaryPrimitives.ReadUInt32LittleEndian(Writable[^4..]);
}

/// <summary>
/// A driver that does what a test tells it, legal or not, over any transport. Completions are logged in the order in which the device published
/// them, when interrupts are direct. Writable memory is filled with 0xAA first.
/// </summary>
internal sealed class RawSoundDriver(VirtualClock clock) : IVirtioInterrupts
{
    public const byte Fill = 0xAA;

    private readonly List<RawMessage> _messages = [];
    private NegotiatedDevice? _device;

    public NegotiatedDevice Device => _device ?? throw new InvalidOperationException("Not negotiated.");

    /// <summary>Messages in the order they came back.</summary>
    public List<RawMessage> Completed { get; } = [];

    public bool Logs { get; set; } = true;

    /// <summary>Called for each message that came back, before the next.</summary>
    public Action<RawMessage>? OnCompleted { get; set; }

    public int ConfigInterrupts { get; private set; }

    public async Task NegotiateAsync(VirtioTransport transport, int queueSize = 64, int indirect = 16)
    {
        _device = await VirtioHandshake.NegotiateAsync(
            transport,
            new VirtioHandshakeOptions
            {
                DeviceId = VirtioSoundQueues.DeviceId,
                KnownDeviceFeatures = VirtioFeatures.SoundControls,
                ConfigLength = static _ => 12,
                Queues = [new(queueSize, indirect), new(queueSize, 0), new(queueSize, indirect), new(queueSize, indirect)],
                ResetTimeout = TimeSpan.FromMilliseconds(100),
            },
            clock);
    }

    /// <summary>Makes a message; pieces of at most <paramref name="cut"/> bytes each.</summary>
    public RawMessage Make(ushort queue, ReadOnlySpan<byte> readable, int writableBytes, int cut = int.MaxValue)
    {
        DmaRegion region = Device.Transport.Dma.Allocate(Math.Max(1, readable.Length + writableBytes), 16);
        readable.CopyTo(region.Span);
        region.Span[readable.Length..].Fill(Fill);
        var message = new RawMessage(
            (ushort)_messages.Count, queue, region, readable.Length, Cut(region, 0, readable.Length, cut), Cut(region, readable.Length, writableBytes, cut));
        _messages.Add(message);
        return message;
    }

    /// <summary>Puts a message into its ring; <see cref="Kick"/> tells the device.</summary>
    public void Add(RawMessage message)
    {
        message.Used = null;
        Check(Device.Queues[message.Queue].TryAdd(message.ReadableSlices, message.WritableSlices, message.Token), "The ring is full.");
    }

    /// <summary>Publishes; notifies when the device wants it.</summary>
    public void Kick(ushort queue)
    {
        if (Device.Queues[queue].Publish())
        {
            Device.Transport.Notify(queue);
        }
    }

    /// <summary>Publishes, and says nothing.</summary>
    public void PublishSilently(ushort queue) => Device.Queues[queue].Publish();

    /// <summary>Makes, adds and kicks.</summary>
    public RawMessage Send(ushort queue, ReadOnlySpan<byte> readable, int writableBytes, int cut = int.MaxValue)
    {
        RawMessage message = Make(queue, readable, writableBytes, cut);
        Add(message);
        Kick(queue);
        return message;
    }

    public void OnQueue(ushort queue)
    {
        DriverVirtqueue virtqueue = Device.Queues[queue];
        do
        {
            virtqueue.DisableInterrupts();
            while (virtqueue.TryTakeUsed(out ushort token, out uint written))
            {
                RawMessage message = _messages[token];
                Check(message.Used is null, "A message came back twice.");
                message.Used = (int)written;
                message.Completions++;
                if (Logs)
                {
                    Completed.Add(message);
                }

                OnCompleted?.Invoke(message);
            }

            Check(!virtqueue.IsBroken, "The device broke the queue.");
            Check(virtqueue.ClampedLengths == 0, "The device claims more than it was given.");
        }
        while (!virtqueue.TryEnableInterrupts());
    }

    public void OnConfigChanged() => ConfigInterrupts++;

    public void OnDisconnected()
    {
    }

    /// <summary>An assertion that allocates nothing.</summary>
    private static void Check(bool condition, string problem)
    {
        if (!condition)
        {
            Assert.Fail(problem);
        }
    }

    private static DmaSlice[] Cut(DmaRegion region, int offset, int bytes, int cut)
    {
        var slices = new List<DmaSlice>();
        for (int done = 0; done < bytes; done += Math.Min(cut, bytes - done))
        {
            slices.Add(region.Slice(offset + done, Math.Min(cut, bytes - done)));
        }

        return [.. slices];
    }
}
