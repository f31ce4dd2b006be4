namespace Pcm.Virtio.Tests;

/// <summary>
/// Queue 0: writes back what it reads, upper bound the room. Queue 1: keeps what it is given until <see cref="Emit"/>, as an event queue.
/// Strict about its own life: what a host must not do throws.
/// </summary>
internal sealed class EchoDevice : VirtioDevice
{
    private readonly byte[] _config = new byte[8];
    private VirtioDeviceBus? _bus;

    public const VirtioFeatures Shout = (VirtioFeatures)(1UL << 1);

    public override uint DeviceId => 42;

    public override VirtioFeatures Features => Shout;

    public override int QueueCount => 2;

    public List<string> Log { get; } = [];

    public VirtioFeatures Negotiated { get; private set; }

    public int Echoed { get; private set; }

    /// <summary>How many messages one call of <see cref="ProcessQueue"/> takes.</summary>
    public int MessagesPerTurn { get; set; } = int.MaxValue;

    /// <summary>What happens elsewhere after the next time that queue 0 was found empty, before the device returns.</summary>
    public Action? Meanwhile { get; set; }

    public VirtioDeviceBus Bus => _bus ?? throw new InvalidOperationException("Not active.");

    public override void ReadConfig(int offset, Span<byte> destination)
    {
        destination.Clear();
        if (offset < _config.Length)
        {
            ReadOnlySpan<byte> rest = _config.AsSpan(offset);
            rest[..Math.Min(rest.Length, destination.Length)].CopyTo(destination);
        }
    }

    public void SetConfig(byte value)
    {
        _config.AsSpan().Fill(value);
        _bus?.ChangeConfig();
    }

    public override void Activate(VirtioDeviceBus bus, VirtioFeatures negotiated)
    {
        Assert.Null(_bus);
        _bus = bus;
        Negotiated = negotiated;
        Log.Add("activate");
    }

    public override void ProcessQueue(ushort queue)
    {
        Assert.NotNull(_bus);
        Assert.True(_bus.TryGetQueue(queue, out DeviceVirtqueue? virtqueue));
        if (queue == 1)
        {
            return; // buffers stay in the ring until there is an event
        }

        Span<byte> buffer = stackalloc byte[256];
        for (int i = 0; i < MessagesPerTurn && virtqueue.TryPop(out DescriptorChain chain); i++)
        {
            int length = (int)Math.Min(Math.Min(chain.ReadableLength, chain.WritableLength), buffer.Length);
            Assert.True(chain.TryCopyTo(0, buffer[..length]));
            Assert.True(chain.TryCopyFrom(0, buffer[..length]));
            virtqueue.Push(chain.Head, (uint)length);
            Echoed++;
        }

        _bus.Publish(queue);
        Action? meanwhile = Meanwhile;
        Meanwhile = null;
        meanwhile?.Invoke();
    }

    /// <summary>Puts an event into the next buffer of queue 1. Context: the executor. False when there is no buffer.</summary>
    public bool Emit(ReadOnlySpan<byte> payload)
    {
        if (!Bus.TryGetQueue(1, out DeviceVirtqueue? queue) || !queue.TryPop(out DescriptorChain chain))
        {
            return false;
        }

        Assert.True(chain.TryCopyFrom(0, payload));
        queue.Push(chain.Head, (uint)payload.Length);
        Bus.Publish(1);
        return true;
    }

    public override void ResetQueue(ushort queue) => Log.Add($"reset queue {queue}");

    public override void Reset()
    {
        Assert.NotNull(_bus);
        _bus = null;
        Log.Add("reset");
    }
}
