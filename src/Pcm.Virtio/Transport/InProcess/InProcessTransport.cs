namespace Pcm.Virtio;

/// <summary>
/// A driver and a device in one process, joined by shared memory and a scheduler: for tests on a virtual clock, for pipelines, and as the
/// reference of how a transport behaves. Notifications and interrupts go through the scheduler, pending at most once for each queue; the
/// device runs on an executor of its own, and so do the interrupts (unless <see cref="InProcessTransportOptions.DirectInterrupts"/>).
/// Lifetime: owns the device memory; does not own the device.
/// </summary>
/// <remarks>Thread safety: every member may be called from any thread.</remarks>
public sealed class InProcessTransport : VirtioTransport, IVirtioDeviceOutput
{
    private readonly VirtioDevice _device;
    private readonly GuestMemory _memory = new();
    private readonly InProcessDmaAllocator _dma;
    private readonly VirtioDeviceHost _host;
    private readonly SerialExecutor _interruptExecutor;
    private readonly CoalescedWork[] _queueInterrupts;
    private readonly CoalescedWork _configInterrupt;
    private readonly bool _direct;
    private readonly long[] _notifications;
    private readonly long[] _interrupts;
    private IVirtioInterrupts? _driver;
    private int _gone;
    private volatile bool _silent; // no interrupt passes any more

    /// <summary>Joins a driver-to-be with a device.</summary>
    /// <param name="device">The device; used by this transport alone.</param>
    /// <param name="scheduler">Runs the device and the interrupts.</param>
    /// <param name="options">What the device's end offers.</param>
    /// <exception cref="ArgumentException">An option out of range.</exception>
    public InProcessTransport(VirtioDevice device, PcmScheduler scheduler, InProcessTransportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(scheduler);
        options ??= new InProcessTransportOptions();
        if (options.MaxQueueSize is 0 or > VirtqueueLayout.MaxSize || (options.RingFeatures & ~VirtioFeatures.RingBits) != 0)
        {
            throw new ArgumentException("MaxQueueSize must be 1 to 32768, and RingFeatures within RingBits.", nameof(options));
        }

        _device = device;
        _dma = new InProcessDmaAllocator(_memory);
        _direct = options.DirectInterrupts;
        _host = new VirtioDeviceHost(device, _memory, scheduler, this, new VirtioDeviceHostOptions
        {
            RingFeatures = options.RingFeatures,
            DeviceFeatureMask = options.DeviceFeatureMask,
            MaxQueueSize = options.MaxQueueSize,
            Limits = options.Limits,
        });

        // Interrupts are told one at a time: when queues raise theirs straight from the device's executor, the others go through it too.
        _interruptExecutor = _direct ? _host.Executor : new SerialExecutor(scheduler);
        _notifications = new long[_host.QueueCount];
        _interrupts = new long[_host.QueueCount];
        _queueInterrupts = new CoalescedWork[_host.QueueCount];
        for (int i = 0; i < _queueInterrupts.Length; i++)
        {
            _queueInterrupts[i] = new CoalescedWork(_interruptExecutor, RaiseQueue, i);
        }

        _configInterrupt = new CoalescedWork(_interruptExecutor, RaiseConfig, 0);
    }

    /// <inheritdoc/>
    public override uint DeviceId => Present(_device.DeviceId);

    /// <inheritdoc/>
    public override VirtioFeatures DeviceFeatures => Present(_host.OfferedFeatures);

    /// <inheritdoc/>
    public override VirtioFeatures DriverFeatures
    {
        set
        {
            ThrowIfGone();
            _host.AcceptedFeatures = value;
        }
    }

    /// <inheritdoc/>
    public override VirtioStatus Status
    {
        get => Present(_host.Status);
        set
        {
            ThrowIfGone();
            _host.WriteStatus(value);
        }
    }

    /// <inheritdoc/>
    public override uint ConfigGeneration => Present(_host.ConfigGeneration);

    /// <inheritdoc/>
    public override DmaAllocator Dma => _dma;

    /// <inheritdoc/>
    public override void ReadConfig(int offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ThrowIfGone();
        _host.ReadConfig(offset, destination);
    }

    /// <summary>Does nothing: no device here has a writable field, and a device ignores other writes (virtio 2.5). Context: any.</summary>
    /// <param name="offset">First byte, not negative.</param>
    /// <param name="source">What to write.</param>
    public override void WriteConfig(int offset, ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ThrowIfGone();
    }

    /// <inheritdoc/>
    public override ushort GetMaxQueueSize(ushort queue) => Present(_host.GetMaxQueueSize(queue));

    /// <inheritdoc/>
    /// <exception cref="VirtioTransportException">The device's end refuses the queue: its state, size, alignment or memory.</exception>
    public override void EnableQueue(ushort queue, in VirtqueueAddresses addresses)
    {
        ThrowIfGone();
        if (!_host.TryEnableQueue(queue, addresses))
        {
            throw new VirtioTransportException(PcmError.InvalidArgument, $"The device refuses queue {queue}: {addresses}.");
        }
    }

    /// <inheritdoc/>
    public override void DisableQueue(ushort queue)
    {
        ThrowIfGone();
        if (!_host.AcceptedFeatures.HasFlag(VirtioFeatures.RingReset))
        {
            throw new InvalidOperationException("A queue can be reset alone only with RingReset negotiated.");
        }

        _host.DisableQueue(queue);
    }

    /// <inheritdoc/>
    public override bool IsQueueEnabled(ushort queue) => Present(_host.IsQueueEnabled(queue));

    /// <inheritdoc/>
    public override void Notify(ushort queue)
    {
        if (queue < _notifications.Length && Volatile.Read(ref _gone) == 0)
        {
            Interlocked.Increment(ref _notifications[queue]);
            _host.Notify(queue);
        }
    }

    /// <inheritdoc/>
    public override void Attach(IVirtioInterrupts interrupts)
    {
        ArgumentNullException.ThrowIfNull(interrupts);
        if (Interlocked.CompareExchange(ref _driver, interrupts, null) is not null)
        {
            throw new InvalidOperationException("A driver is attached already.");
        }
    }

    /// <summary>What happened on a queue.</summary>
    /// <param name="queue">Its index.</param>
    /// <exception cref="ArgumentOutOfRangeException">The device has no such queue.</exception>
    public InProcessQueueMetrics GetMetrics(ushort queue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(queue, _notifications.Length);
        return new(Volatile.Read(ref _notifications[queue]), Volatile.Read(ref _interrupts[queue]), _host.GetFault(queue));
    }

    /// <summary>
    /// Pulls the plug: every primitive throws from now on (<see cref="PcmError.NoDevice"/>), notifications are lost, and when the device has let
    /// go of the driver's memory <see cref="IVirtioInterrupts.OnDisconnected"/> is called, once, as the last call.
    /// </summary>
    public void Disconnect()
    {
        if (Interlocked.Exchange(ref _gone, 1) == 0)
        {
            _host.Reset(static transport => ((InProcessTransport)transport!).LetGo(), this);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _silent = true;
        Interlocked.Exchange(ref _gone, 1);

        // Memory is freed only when the device is no longer in the middle of using it, and no interrupt is in the middle of being told.
        var deviceLetGo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Reset(static source => ((TaskCompletionSource)source!).TrySetResult(), deviceLetGo);
        await deviceLetGo.Task;
        var interruptsDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _interruptExecutor.Post(static source => ((TaskCompletionSource)source!).TrySetResult(), interruptsDone);
        await interruptsDone.Task;
        _dma.Dispose();
    }

    void IVirtioDeviceOutput.Interrupt(ushort queue)
    {
        Interlocked.Increment(ref _interrupts[queue]);
        if (_direct)
        {
            RaiseQueue(queue);
        }
        else
        {
            _queueInterrupts[queue].Request();
        }
    }

    void IVirtioDeviceOutput.ConfigChanged() => _configInterrupt.Request();

    private void RaiseQueue(int queue)
    {
        // virtio 2.4: nothing is sent after a reset completed. An interrupt that was pending then is dropped here.
        if (!_silent && (_host.Status & VirtioStatus.DriverOk) != 0)
        {
            _driver?.OnQueue((ushort)queue);
        }
    }

    private void RaiseConfig(int unused)
    {
        if (!_silent && _host.Status.HasFlag(VirtioStatus.DriverOk))
        {
            _driver?.OnConfigChanged();
        }
    }

    private void LetGo()
    {
        _memory.Clear();
        _interruptExecutor.Post(static self =>
        {
            var transport = (InProcessTransport)self!;
            if (!transport._silent)
            {
                transport._silent = true;
                transport._driver?.OnDisconnected();
            }
        }, this);
    }

    private T Present<T>(T value)
    {
        ThrowIfGone();
        return value;
    }

    private void ThrowIfGone()
    {
        if (Volatile.Read(ref _gone) != 0)
        {
            throw new VirtioTransportException(PcmError.NoDevice, "The device was unplugged.");
        }
    }
}
