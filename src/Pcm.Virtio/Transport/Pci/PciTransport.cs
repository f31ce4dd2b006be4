namespace Pcm.Virtio;

/// <summary>
/// Modern virtio over PCI (virtio 4.1): registers found through capabilities; interrupts by MSI-X when the function has it, else by its line.
/// </summary>
/// <remarks>Thread safety: as <see cref="RegisterTransport"/>; the interrupt members by one thread, the host's.</remarks>
public sealed class PciTransport : RegisterTransport
{
    private const ushort VirtioVendor = 0x1af4;
    private const ushort FirstModernDevice = 0x1040;
    private const ushort NoVector = 0xffff;
    private const int MaxQueues = 64; // the sound device has 4; bounds what a device can make us remember

    private readonly PciRegion _common;
    private readonly PciRegion _notify;
    private readonly PciRegion _isr;
    private readonly PciRegion? _device;
    private readonly uint _notifyMultiplier;
    private readonly PciMessageInterrupts? _messages;
    private readonly int[] _doorbells = new int[MaxQueues]; // 0: not enabled; else the offset + 1
    private readonly int[] _queueVectors = new int[MaxQueues];
    private bool _hasConfigVector;

    /// <summary>Finds the device's registers and sets its interrupts up; the device itself is not touched.</summary>
    /// <param name="function">The PCI function, its BARs assigned.</param>
    /// <param name="dma">Memory that the device reaches; owned.</param>
    /// <param name="messageInterrupts">Whether to use MSI-X when the function has it. <see cref="RaiseMessages"/> then, else <see cref="RaiseInterrupt"/>.</param>
    /// <param name="host">Ends the device's access when disposed; may be null. Owned.</param>
    /// <exception cref="VirtioTransportException">
    /// <see cref="PcmError.NoDevice"/>: no virtio function. <see cref="PcmError.NotSupported"/>: a legacy one. Or the device cannot be reached.
    /// </exception>
    public PciTransport(IPciFunction function, DmaAllocator dma, bool messageInterrupts = true, IAsyncDisposable? host = null)
        : base(dma, VirtioFeatures.RingBits, host)
    {
        ArgumentNullException.ThrowIfNull(function);
        uint id = function.ReadConfig(0);
        if ((ushort)id != VirtioVendor)
        {
            throw new VirtioTransportException(PcmError.NoDevice, $"The PCI function is {(ushort)id:x4}:{id >> 16:x4}, not a virtio device ({VirtioVendor:x4}).");
        }

        // A transitional device has an id below 0x1040 and its type in the subsystem id (virtio 4.1.2.1).
        DeviceId = (id >> 16) >= FirstModernDevice ? (id >> 16) - FirstModernDevice : function.ReadConfig(0x2c) >> 16;
        var capabilities = VirtioPciCapabilities.Find(function);
        _common = capabilities.Common ?? throw LacksCapability("common configuration");
        _notify = capabilities.Notify ?? throw LacksCapability("notification");
        _isr = capabilities.Isr ?? throw LacksCapability("ISR");
        _device = capabilities.Device;
        _notifyMultiplier = capabilities.NotifyMultiplier;
        _messages = messageInterrupts ? PciMessageInterrupts.TryEnable(function, dma, 1 + MaxQueues) : null;
    }

    /// <summary>Field offsets of virtio 4.1.4.3.</summary>
    private enum Common
    {
        DeviceFeatureSelect = 0,
        DeviceFeature = 4,
        DriverFeatureSelect = 8,
        DriverFeature = 12,
        ConfigMsixVector = 16,
        DeviceStatus = 20,
        ConfigGeneration = 21,
        QueueSelect = 22,
        QueueSize = 24,
        QueueMsixVector = 26,
        QueueEnable = 28,
        QueueNotifyOff = 30,
        QueueDesc = 32,
        QueueDriver = 40,
        QueueDevice = 48,
        QueueReset = 58,
    }

    /// <summary>Whether interrupts are messages (MSI-X) rather than the line.</summary>
    public bool HasMessageInterrupts => _messages is not null;

    /// <inheritdoc/>
    public override uint DeviceId { get; }

    /// <inheritdoc/>
    public override VirtioFeatures DeviceFeatures
    {
        get
        {
            lock (Registers)
            {
                _common.Write((int)Common.DeviceFeatureSelect, 4, 1);
                ulong high = _common.Read((int)Common.DeviceFeature, 4);
                _common.Write((int)Common.DeviceFeatureSelect, 4, 0);
                return (VirtioFeatures)(high << 32 | _common.Read((int)Common.DeviceFeature, 4));
            }
        }
    }

    /// <inheritdoc/>
    public override VirtioFeatures DriverFeatures
    {
        set
        {
            lock (Registers)
            {
                _common.Write((int)Common.DriverFeatureSelect, 4, 1);
                _common.Write((int)Common.DriverFeature, 4, (uint)((ulong)value >> 32));
                _common.Write((int)Common.DriverFeatureSelect, 4, 0);
                _common.Write((int)Common.DriverFeature, 4, (uint)value);
            }
        }
    }

    /// <inheritdoc/>
    public override VirtioStatus Status
    {
        get => (VirtioStatus)_common.Read((int)Common.DeviceStatus, 1);
        set
        {
            lock (Registers)
            {
                _common.Write((int)Common.DeviceStatus, 1, (uint)value);
                if (value == VirtioStatus.None)
                {
                    _hasConfigVector = false; // a reset forgets vectors and queues
                    Array.Clear(_doorbells);
                }
                else if (value.HasFlag(VirtioStatus.Driver) && !_hasConfigVector && _messages is not null)
                {
                    SetVector((int)Common.ConfigMsixVector, 0);
                    _hasConfigVector = true;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override uint ConfigGeneration => _common.Read((int)Common.ConfigGeneration, 1);

    /// <inheritdoc/>
    public override void ReadConfig(int offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        int there = _device is null ? 0 : Math.Clamp(_device.Length - offset, 0, destination.Length);
        destination[there..].Clear();
        if (_device is not null)
        {
            ReadConfig(_device.Window, _device.Offset, offset, destination[..there]);
        }
    }

    /// <inheritdoc/>
    public override void WriteConfig(int offset, ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (_device is not null)
        {
            WriteConfig(_device.Window, _device.Offset, offset, source[..Math.Clamp(_device.Length - offset, 0, source.Length)]);
        }
    }

    /// <inheritdoc/>
    public override ushort GetMaxQueueSize(ushort queue)
    {
        lock (Registers)
        {
            Select(queue);
            return (ushort)Math.Min(ReadQueue(Common.QueueSize), VirtqueueLayout.MaxSize);
        }
    }

    /// <inheritdoc/>
    public override bool IsQueueEnabled(ushort queue)
    {
        lock (Registers)
        {
            Select(queue);

            // While a reset is under way queue_reset reads 1; the field exists only with the feature (virtio 4.1.4.3).
            return ReadQueue(Common.QueueEnable) != 0
                || (_common.Length >= (int)Common.QueueReset + 2 && ReadQueue(Common.QueueReset) != 0);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="VirtioTransportException">The queue runs already, its doorbell lies nowhere, a vector was refused, or the device cannot be reached.</exception>
    public override void EnableQueue(ushort queue, in VirtqueueAddresses addresses)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(queue, MaxQueues);
        lock (Registers)
        {
            Select(queue);
            if (ReadQueue(Common.QueueEnable) != 0)
            {
                throw new VirtioTransportException(PcmError.IO, $"Queue {queue} is in use before it was set up.");
            }

            ulong doorbell = (ulong)ReadQueue(Common.QueueNotifyOff) * _notifyMultiplier;
            if (doorbell + 2 > (ulong)_notify.Length)
            {
                throw new VirtioTransportException(PcmError.IO, $"The doorbell of queue {queue} is at {doorbell}, outside of its {_notify.Length} bytes.");
            }

            WriteQueue(Common.QueueSize, addresses.Size);
            _common.Write64((int)Common.QueueDesc, addresses.DescriptorArea);
            _common.Write64((int)Common.QueueDriver, addresses.DriverArea);
            _common.Write64((int)Common.QueueDevice, addresses.DeviceArea);
            if (_messages is not null)
            {
                // One for the configuration and one for each queue where there are enough; else the queues share the last.
                _queueVectors[queue] = Math.Min(queue + 1, _messages.Count - 1);
                SetVector((int)Common.QueueMsixVector, (ushort)_queueVectors[queue]);
            }

            WriteQueue(Common.QueueEnable, 1);
            Volatile.Write(ref _doorbells[queue], _notify.Offset + (int)doorbell + 1);
            NoteQueue(queue);
        }
    }

    /// <inheritdoc/>
    public override void DisableQueue(ushort queue)
    {
        lock (Registers)
        {
            Select(queue);
            WriteQueue(Common.QueueReset, 1);
        }
    }

    /// <inheritdoc/>
    public override void Notify(ushort queue)
    {
        if (queue < MaxQueues && Volatile.Read(ref _doorbells[queue]) is > 0 and var doorbell)
        {
            _notify.Window.Post(doorbell - 1, 2, queue);
        }
    }

    /// <summary>
    /// The interrupt line was raised: reads the ISR, which also lowers the line, and tells the driver.
    /// Context: the host's interrupt thread, without MSI-X; waits for the device.
    /// </summary>
    /// <exception cref="VirtioTransportException">The device cannot be reached.</exception>
    public void RaiseInterrupt()
    {
        uint reasons = _isr.Read(0, 1);
        if ((reasons & 1) != 0)
        {
            TellQueues();
        }

        if ((reasons & 2) != 0)
        {
            TellConfig();
        }
    }

    /// <summary>Tells the driver of every message that came since the last look. Context: the host's interrupt thread; touches no register.</summary>
    /// <returns>False when there was none.</returns>
    public bool RaiseMessages()
    {
        bool any = false;
        for (int vector = 0; vector < (_messages?.Count ?? 0); vector++)
        {
            if (!_messages!.TryTake(vector))
            {
                continue;
            }

            any = true;
            for (ushort queue = 0; queue < MaxQueues; queue++)
            {
                if (_queueVectors[queue] == vector && Volatile.Read(ref _doorbells[queue]) > 0)
                {
                    TellQueue(queue);
                }
            }

            if (vector == 0)
            {
                TellConfig();
            }
        }

        return any;
    }

    /// <inheritdoc/>
    protected override void FreeMemory() => _messages?.Dispose();

    private static VirtioTransportException LacksCapability(string name) =>
        new(PcmError.NotSupported, $"The PCI function has no {name} capability, as every modern virtio device has; legacy devices are not driven.");

    private void Select(ushort queue) => WriteQueue(Common.QueueSelect, queue);

    private uint ReadQueue(Common field) => _common.Read((int)field, 2);

    private void WriteQueue(Common field, uint value) => _common.Write((int)field, 2, value);

    private void SetVector(int field, ushort vector)
    {
        _common.Write(field, 2, vector);
        if (_common.Read(field, 2) is var set && set != vector)
        {
            throw new VirtioTransportException(
                PcmError.NoMemory, set == NoVector ? $"The device has no resources for interrupt vector {vector}." : $"The device took vector {set} for {vector}.");
        }
    }
}
