namespace Pcm.Virtio;

/// <summary>
/// The device's end of every transport, written once: status machine, feature agreement, queues, and an executor on which the device runs.
/// The transport translates registers or messages into these calls and gives interrupts to the driver.
/// Lifetime: as long as the transport; a reset makes it as new.
/// </summary>
/// <remarks>
/// Thread safety: safe from any thread. The driver's calls change the status at once; what they mean for the device happens on its executor,
/// so that a reset is complete when the device has really let go, which is when the status reads 0.
/// </remarks>
internal sealed partial class VirtioDeviceHost : VirtioDeviceBus
{
    private const VirtioStatus DriverBits =
        VirtioStatus.Acknowledge | VirtioStatus.Driver | VirtioStatus.FeaturesOk | VirtioStatus.DriverOk | VirtioStatus.Failed;

    private readonly Lock _lock = new();
    private readonly VirtioDevice _device;
    private readonly GuestMemory _memory;
    private readonly IVirtioDeviceOutput _output;
    private readonly VirtioDeviceHostOptions _options;
    private readonly HostQueue[] _queues;
    private VirtioFeatures _accepted;
    private volatile VirtioStatus _status; // written under the lock
    private uint _generation;
    private bool _activated; // Activate was posted; a reset must go through the executor
    private bool _resetting;
    private bool _live;      // executor only: between Activate and Reset

    public VirtioDeviceHost(VirtioDevice device, GuestMemory memory, PcmScheduler scheduler, IVirtioDeviceOutput output, VirtioDeviceHostOptions options)
    {
        _device = device;
        _memory = memory;
        _output = output;
        _options = options;
        Executor = new SerialExecutor(scheduler);
        OfferedFeatures = (device.Features & VirtioFeatures.DeviceTypeBits & options.DeviceFeatureMask)
            | (options.RingFeatures & VirtioFeatures.RingBits)
            | VirtioFeatures.Version1;
        _queues = new HostQueue[device.QueueCount];
        for (int i = 0; i < _queues.Length; i++)
        {
            _queues[i] = new HostQueue(new CoalescedWork(Executor, Process, i));
        }
    }

    public VirtioFeatures OfferedFeatures { get; }

    /// <summary>Where the device runs.</summary>
    public SerialExecutor Executor { get; }

    public int QueueCount => _queues.Length;

    public VirtioStatus Status => _status;

    public uint ConfigGeneration => Volatile.Read(ref _generation);

    /// <summary>What the driver accepts; counts until FEATURES_OK.</summary>
    public VirtioFeatures AcceptedFeatures
    {
        get
        {
            lock (_lock)
            {
                return _accepted;
            }
        }

        set
        {
            lock (_lock)
            {
                if ((_status & VirtioStatus.FeaturesOk) == 0 && !_resetting)
                {
                    _accepted = value;
                }
            }
        }
    }

    /// <summary>
    /// A status write of the driver. None starts a reset. Bits are only added; FEATURES_OK does not stick when the features are not a subset
    /// of the offer with VERSION_1, and DRIVER_OK does not stick without FEATURES_OK.
    /// </summary>
    public void WriteStatus(VirtioStatus value)
    {
        lock (_lock)
        {
            if (value == VirtioStatus.None)
            {
                StartReset_NeedsLock();
                return;
            }

            if (_resetting)
            {
                return;
            }

            VirtioStatus added = value & DriverBits & ~_status;
            if (added.HasFlag(VirtioStatus.FeaturesOk)
                && ((_accepted & ~OfferedFeatures) != 0 || !_accepted.HasFlag(VirtioFeatures.Version1)))
            {
                added &= ~VirtioStatus.FeaturesOk;
            }

            if (((_status | added) & VirtioStatus.FeaturesOk) == 0)
            {
                added &= ~VirtioStatus.DriverOk;
            }

            _status |= added;
            if (added.HasFlag(VirtioStatus.DriverOk))
            {
                _activated = true;
                Executor.Post(static host => ((VirtioDeviceHost)host!).Activate(), this);
            }
        }
    }

    /// <summary>Resets the device and runs <paramref name="done"/> on the executor when it has let go of everything.</summary>
    public void Reset(Action<object?> done, object? state)
    {
        lock (_lock)
        {
            StartReset_NeedsLock();
            Executor.Post(done, state);
        }
    }

    public void ReadConfig(int offset, Span<byte> destination) => _device.ReadConfig(offset, destination);

    public ushort GetMaxQueueSize(ushort queue) => queue < _queues.Length ? _options.MaxQueueSize : (ushort)0;

    /// <summary>
    /// Starts a queue. False when the driver asks for something impossible: no such queue, already enabled, features not agreed yet, a bad
    /// size, alignment or address.
    /// </summary>
    /// <param name="index">The queue.</param>
    /// <param name="addresses">Its memory.</param>
    /// <param name="position">Where another device stopped (vhost-user); null for the start.</param>
    public bool TryEnableQueue(ushort index, in VirtqueueAddresses addresses, VirtqueuePosition? position = null)
    {
        lock (_lock)
        {
            if (index >= _queues.Length || _queues[index].Queue is not null || addresses.Size > _options.MaxQueueSize
                || _resetting || (_status & VirtioStatus.FeaturesOk) == 0)
            {
                return false;
            }

            VirtqueueKind kind = _accepted.HasFlag(VirtioFeatures.RingPacked) ? VirtqueueKind.Packed : VirtqueueKind.Split;
            DeviceVirtqueue? queue = DeviceVirtqueue.TryCreate(
                kind, addresses, _accepted, _memory, _options.Limits, position ?? new VirtqueuePosition(kind));
            if (queue is null)
            {
                return false;
            }

            _queues[index].Queue = queue;
            if (_status.HasFlag(VirtioStatus.DriverOk))
            {
                _queues[index].Kick.Request(); // re-enabled after a queue reset: what is there already needs no notification
            }

            return true;
        }
    }

    public bool IsQueueEnabled(ushort index)
    {
        lock (_lock)
        {
            return index < _queues.Length && _queues[index].Queue is not null;
        }
    }

    /// <summary>Takes one queue from the device, on its executor; complete when <see cref="IsQueueEnabled"/> says false.</summary>
    /// <param name="index">The queue.</param>
    /// <param name="stopped">Hears, on the executor, where the device stopped; not called when the queue was not enabled.</param>
    public void DisableQueue(ushort index, Action<VirtqueuePosition>? stopped = null)
    {
        if (index < _queues.Length)
        {
            Executor.Post(static request =>
            {
                (VirtioDeviceHost host, ushort queue, Action<VirtqueuePosition>? stopped) = ((VirtioDeviceHost, ushort, Action<VirtqueuePosition>?))request!;
                host.Stop(queue, stopped);
            }, (this, index, stopped));
        }
    }

    /// <summary>The driver's notification. Nothing happens before DRIVER_OK (virtio 3.1.1); what was queued until then is processed at activation.</summary>
    public void Notify(ushort index)
    {
        if (index < _queues.Length && (Status & VirtioStatus.DriverOk) != 0)
        {
            _queues[index].Kick.Request();
        }
    }

    /// <summary>Why a queue broke, if it did.</summary>
    public VirtqueueFault GetFault(ushort index)
    {
        lock (_lock)
        {
            return _queues[index].Queue?.Fault ?? VirtqueueFault.None;
        }
    }

    private void StartReset_NeedsLock()
    {
        if (_resetting)
        {
            return;
        }

        if (!_activated)
        {
            FinishReset_NeedsLock(); // the device never saw the queues
            return;
        }

        _resetting = true;
        Executor.Post(static host => ((VirtioDeviceHost)host!).ResetDevice(), this);
    }

    private void FinishReset_NeedsLock()
    {
        foreach (HostQueue queue in _queues)
        {
            queue.Queue?.Detach();
            queue.Queue = null;
        }

        _accepted = VirtioFeatures.None;
        _status = VirtioStatus.None;
        _activated = false;
        _resetting = false;
    }

    private void Activate()
    {
        VirtioFeatures negotiated;
        lock (_lock)
        {
            if (_resetting)
            {
                return;
            }

            negotiated = _accepted;
            _live = true;
        }

        _device.Activate(this, negotiated);
        foreach (HostQueue queue in _queues)
        {
            queue.Kick.Request();
        }
    }

    private void ResetDevice()
    {
        bool wasLive = _live;
        lock (_lock)
        {
            _live = false;
            foreach (HostQueue queue in _queues)
            {
                queue.Queue?.Detach(); // before the device hears of it: whatever it does then touches nothing
            }
        }

        if (wasLive)
        {
            _device.Reset();
        }

        lock (_lock)
        {
            FinishReset_NeedsLock();
        }
    }

    private void Stop(ushort index, Action<VirtqueuePosition>? stopped)
    {
        DeviceVirtqueue? queue;
        lock (_lock)
        {
            queue = _queues[index].Queue;
            queue?.Detach();
        }

        if (queue is null)
        {
            return;
        }

        if (_live)
        {
            _device.ResetQueue(index);
        }

        lock (_lock)
        {
            _queues[index].Queue = null;
        }

        stopped?.Invoke(queue.Position);
    }

    private sealed class HostQueue(CoalescedWork kick)
    {
        private volatile DeviceVirtqueue? _queue;

        public CoalescedWork Kick { get; } = kick;

        /// <summary>Written under the lock; taken away only on the executor, or before the device was activated.</summary>
        public DeviceVirtqueue? Queue
        {
            get => _queue;
            set => _queue = value;
        }
    }
}
