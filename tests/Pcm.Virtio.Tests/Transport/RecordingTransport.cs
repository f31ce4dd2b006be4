namespace Pcm.Virtio.Tests;

/// <summary>
/// A device that judges the driver's manners: it records every primitive and refuses those out of order. Knobs make it slow, picky or torn.
/// </summary>
internal sealed class RecordingTransport : VirtioTransport
{
    private readonly GuestMemory _memory = new();
    private readonly InProcessDmaAllocator _dma;
    private readonly Dictionary<ushort, VirtqueueAddresses> _queues = [];
    private VirtioStatus _status;
    private int _resetReads;
    private int _disableReads;
    private ushort? _disabling;

    public RecordingTransport() => _dma = new InProcessDmaAllocator(_memory);

    public List<string> Log { get; } = [];

    /// <summary>The status register as written, in order.</summary>
    public List<VirtioStatus> StatusWrites { get; } = [];

    public uint Id { get; set; } = 42;

    public ulong Offered { get; set; } = ulong.MaxValue;

    public VirtioFeatures Extra { get; set; }

    /// <summary>Status reads until a reset shows; negative for never.</summary>
    public int ResetReads { get; set; }

    /// <summary>Reads of the queue's state until its reset shows; negative for never.</summary>
    public int DisableReads { get; set; }

    public bool RefuseFeatures { get; set; }

    /// <summary>How many configuration reads find a change under them.</summary>
    public int TornReads { get; set; }

    public byte[] ConfigSpace { get; set; } = [.. Enumerable.Range(1, 256).Select(i => (byte)i)];

    public int HighestConfigRead { get; private set; }

    public Dictionary<ushort, ushort> MaxSizes { get; } = new() { [0] = 256, [1] = 64 };

    public VirtioFeatures Accepted { get; private set; }

    public IReadOnlyDictionary<ushort, VirtqueueAddresses> Enabled => _queues;

    public GuestMemory Memory => _memory;

    /// <summary>Unplugged when this many queues were enabled; 0 for never.</summary>
    public int VanishAtQueue { get; set; }

    public bool Gone { get; set; }

    public override uint DeviceId => Id;

    public override VirtioFeatures DeviceFeatures => (VirtioFeatures)Offered;

    public override VirtioFeatures TransportFeatures => VirtioFeatures.RingBits | Extra;

    public override VirtioFeatures DriverFeatures
    {
        set
        {
            Judge((_status & (VirtioStatus.Driver | VirtioStatus.FeaturesOk)) == VirtioStatus.Driver, "features are written between DRIVER and FEATURES_OK");
            Judge(((ulong)value & ~Offered) == 0, "only offered features");
            Accepted = value;
            Log.Add("features");
        }
    }

    public override VirtioStatus Status
    {
        get
        {
            ThrowIfGone();
            if (_resetReads > 0 && --_resetReads == 0)
            {
                _status = VirtioStatus.None;
            }

            return _status;
        }

        set
        {
            ThrowIfGone();
            StatusWrites.Add(value);
            Log.Add($"status {value}");
            if (value == VirtioStatus.None)
            {
                StartReset();
                return;
            }

            Judge((_status & ~value) == 0, "V-41: no bit is cleared");
            _status = value;
            if (RefuseFeatures)
            {
                _status &= ~VirtioStatus.FeaturesOk;
            }
        }
    }

    public override uint ConfigGeneration => TornReads > 0 ? (uint)TornReads-- : 0;

    public override DmaAllocator Dma => _dma;

    public override void ReadConfig(int offset, Span<byte> destination)
    {
        Judge(_status.HasFlag(VirtioStatus.Driver), "the configuration is read by a driver");
        Log.Add($"config {offset}+{destination.Length}");
        HighestConfigRead = Math.Max(HighestConfigRead, offset + destination.Length);
        ConfigSpace.AsSpan(offset, destination.Length).CopyTo(destination);
    }

    public override void WriteConfig(int offset, ReadOnlySpan<byte> source) => Judge(false, "V-44: the configuration is not written");

    public override ushort GetMaxQueueSize(ushort queue) => MaxSizes.GetValueOrDefault(queue);

    public override void EnableQueue(ushort queue, in VirtqueueAddresses addresses)
    {
        ThrowIfGone();
        Judge(_status.HasFlag(VirtioStatus.FeaturesOk), "queues come after FEATURES_OK");
        Judge(!_queues.ContainsKey(queue), "a queue is enabled once");
        Judge(_memory.Contains(addresses.DescriptorArea, (uint)addresses.Size * 16), "the rings are there");
        _queues.Add(queue, addresses);
        Log.Add($"queue {queue} size {addresses.Size}");
        if (_queues.Count == VanishAtQueue)
        {
            Gone = true;
            ThrowIfGone();
        }
    }

    public override void DisableQueue(ushort queue)
    {
        Log.Add($"disable {queue}");
        _disabling = queue;
        _disableReads = DisableReads;
        FinishDisable();
    }

    public override bool IsQueueEnabled(ushort queue)
    {
        if (_disableReads > 0)
        {
            _disableReads--;
        }

        FinishDisable();
        return _queues.ContainsKey(queue);
    }

    public override void Notify(ushort queue)
    {
        Judge(_status.HasFlag(VirtioStatus.DriverOk), "V-45: no notification before DRIVER_OK");
        Log.Add($"notify {queue}");
    }

    public override void Attach(IVirtioInterrupts interrupts) => Log.Add("attach");

    public override ValueTask DisposeAsync()
    {
        _dma.Dispose();
        return default;
    }

    private static void Judge(bool fine, string rule) => Assert.True(fine, rule);

    private void StartReset()
    {
        _queues.Clear();
        if (ResetReads == 0)
        {
            _status = VirtioStatus.None;
        }
        else
        {
            // Reads non-zero until it is done, as a device that takes its time.
            _status |= VirtioStatus.Acknowledge;
            _resetReads = ResetReads;
        }
    }

    private void FinishDisable()
    {
        if (_disabling is { } queue && _disableReads == 0)
        {
            _queues.Remove(queue);
            _disabling = null;
        }
    }

    private void ThrowIfGone()
    {
        if (Gone)
        {
            throw new VirtioTransportException(PcmError.NoDevice, "Unplugged.");
        }
    }
}
