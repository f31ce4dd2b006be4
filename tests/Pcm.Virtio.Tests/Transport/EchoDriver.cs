using Pcm.Testing;

namespace Pcm.Virtio.Tests;

/// <summary>A minimal driver over any transport: one request slot for each token, completions collected.</summary>
internal sealed class EchoDriver : IVirtioInterrupts, IAsyncDisposable
{
    public const int SlotBytes = 64;
    private readonly VirtualClock _clock;
    private NegotiatedDevice? _device;
    private DmaRegion? _memory;

    public EchoDriver(VirtualClock clock) => _clock = clock;

    public List<(ushort Token, byte[] Answer)> Answers { get; } = [];

    public List<string> Interrupts { get; } = [];

    public NegotiatedDevice Device => _device ?? throw new InvalidOperationException("Not negotiated.");

    public DmaRegion Memory => _memory ?? throw new InvalidOperationException("Not negotiated.");

    public static VirtioHandshakeOptions Options { get; } = new()
    {
        DeviceId = 42,
        KnownDeviceFeatures = EchoDevice.Shout,
        ConfigLength = static _ => 8,
        Queues = [new(16, 4), new(8, 0)],
        ResetTimeout = TimeSpan.FromMilliseconds(100),
    };

    public async Task NegotiateAsync(VirtioTransport transport, VirtioHandshakeOptions? options = null)
    {
        _device = await VirtioHandshake.NegotiateAsync(transport, options ?? Options, _clock);
        _memory = transport.Dma.Allocate(64 * SlotBytes, 16);
    }

    /// <summary>Queues one echo request without telling the device.</summary>
    public bool Add(ushort token, ReadOnlySpan<byte> request)
    {
        int at = token * SlotBytes;
        request.CopyTo(Memory.Span[at..]);
        Memory.Span.Slice(at + 32, 32).Fill(0xEE);
        return Device.Queues[0].TryAdd([Memory.Slice(at, request.Length)], [Memory.Slice(at + 32, request.Length)], token);
    }

    public void Kick(ushort queue)
    {
        if (Device.Queues[queue].Publish())
        {
            Device.Transport.Notify(queue);
        }
    }

    public void OnQueue(ushort queue)
    {
        Interrupts.Add($"queue {queue}");
        DriverVirtqueue virtqueue = Device.Queues[queue];
        do
        {
            virtqueue.DisableInterrupts();
            while (virtqueue.TryTakeUsed(out ushort token, out uint written))
            {
                int at = (token * SlotBytes) + (queue == 0 ? 32 : 0);
                Answers.Add((token, Memory.Span.Slice(at, (int)written).ToArray()));
            }
        }
        while (!virtqueue.TryEnableInterrupts());
    }

    public void OnConfigChanged() => Interrupts.Add("config");

    public void OnDisconnected() => Interrupts.Add("disconnected");

    public async ValueTask DisposeAsync()
    {
        if (_device is not null)
        {
            await _device.DisposeAsync();
        }

        _memory?.Dispose();
    }
}
