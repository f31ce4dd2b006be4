namespace Pcm.Virtio;

/// <summary>virtio-mmio version 2 (virtio 4.2): one window of 0x100 bytes of registers with the configuration space behind them.</summary>
/// <remarks>Thread safety: as <see cref="RegisterTransport"/>; <see cref="RaiseInterrupt"/> by one thread, the host's.</remarks>
public sealed class MmioTransport : RegisterTransport
{
    private const uint Magic = 0x74726976; // "virt"
    private const uint ModernVersion = 2;

    private readonly IRegisterWindow _window;

    /// <summary>Looks at the window; touches nothing but read-only registers.</summary>
    /// <param name="window">The registers.</param>
    /// <param name="dma">Memory that the device reaches; owned.</param>
    /// <param name="features">Ring features that this device's registers can carry: leave <see cref="VirtioFeatures.RingReset"/> out where QueueReset is missing.</param>
    /// <param name="host">Ends the device's access when disposed; may be null. Owned.</param>
    /// <exception cref="VirtioTransportException">
    /// <see cref="PcmError.NoDevice"/>: no virtio-mmio there. <see cref="PcmError.NotSupported"/>: a legacy or unknown version. Or the device cannot be reached.
    /// </exception>
    public MmioTransport(IRegisterWindow window, DmaAllocator dma, VirtioFeatures features = VirtioFeatures.RingBits, IAsyncDisposable? host = null)
        : base(dma, features, host)
    {
        ArgumentNullException.ThrowIfNull(window);
        _window = window;
        if (Read(Register.MagicValue) is var magic && magic != Magic)
        {
            throw new VirtioTransportException(PcmError.NoDevice, $"There is no virtio-mmio window: its magic value is 0x{magic:x8}, not 0x{Magic:x8}.");
        }

        if (Read(Register.Version) is var version && version != ModernVersion)
        {
            throw new VirtioTransportException(
                PcmError.NotSupported, $"The virtio-mmio window has version {version}{(version == 1 ? ", legacy" : "")}; only {ModernVersion} is driven.");
        }
    }

    /// <summary>Byte offsets of virtio 4.2.2.</summary>
    private enum Register
    {
        MagicValue = 0x000,
        Version = 0x004,
        DeviceId = 0x008,
        DeviceFeatures = 0x010,
        DeviceFeaturesSel = 0x014,
        DriverFeatures = 0x020,
        DriverFeaturesSel = 0x024,
        QueueSel = 0x030,
        QueueSizeMax = 0x034,
        QueueSize = 0x038,
        QueueReady = 0x044,
        QueueNotify = 0x050,
        InterruptStatus = 0x060,
        InterruptAck = 0x064,
        Status = 0x070,
        QueueDesc = 0x080,
        QueueDriver = 0x090,
        QueueDevice = 0x0a0,
        QueueReset = 0x0c0,
        ConfigGeneration = 0x0fc,
        Config = 0x100,
    }

    /// <inheritdoc/>
    public override uint DeviceId => Read(Register.DeviceId);

    /// <inheritdoc/>
    public override VirtioFeatures DeviceFeatures
    {
        get
        {
            lock (Registers)
            {
                Write(Register.DeviceFeaturesSel, 1);
                ulong high = Read(Register.DeviceFeatures);
                Write(Register.DeviceFeaturesSel, 0);
                return (VirtioFeatures)(high << 32 | Read(Register.DeviceFeatures));
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
                Write(Register.DriverFeaturesSel, 1);
                Write(Register.DriverFeatures, (uint)((ulong)value >> 32));
                Write(Register.DriverFeaturesSel, 0);
                Write(Register.DriverFeatures, (uint)value);
            }
        }
    }

    /// <inheritdoc/>
    public override VirtioStatus Status
    {
        get => (VirtioStatus)Read(Register.Status);
        set => Write(Register.Status, (uint)value);
    }

    /// <inheritdoc/>
    public override uint ConfigGeneration => Read(Register.ConfigGeneration);

    /// <inheritdoc/>
    public override void ReadConfig(int offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ReadConfig(_window, (int)Register.Config, offset, destination);
    }

    /// <inheritdoc/>
    public override void WriteConfig(int offset, ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        WriteConfig(_window, (int)Register.Config, offset, source);
    }

    /// <inheritdoc/>
    public override ushort GetMaxQueueSize(ushort queue) => (ushort)Math.Min(ReadOfQueue(queue, Register.QueueSizeMax), VirtqueueLayout.MaxSize);

    /// <inheritdoc/>
    public override bool IsQueueEnabled(ushort queue)
    {
        lock (Registers)
        {
            Write(Register.QueueSel, queue);

            // While a reset is under way QueueReset reads 1 (virtio 4.2.2.2); without the feature the register does not exist.
            return Read(Register.QueueReady) != 0
                || (TransportFeatures.HasFlag(VirtioFeatures.RingReset) && Read(Register.QueueReset) != 0);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="VirtioTransportException">The queue runs already, or the device cannot be reached.</exception>
    public override void EnableQueue(ushort queue, in VirtqueueAddresses addresses)
    {
        lock (Registers)
        {
            Write(Register.QueueSel, queue);
            if (Read(Register.QueueReady) != 0)
            {
                throw new VirtioTransportException(PcmError.IO, $"Queue {queue} is in use before it was set up.");
            }

            Write(Register.QueueSize, addresses.Size);
            Write64(Register.QueueDesc, addresses.DescriptorArea);
            Write64(Register.QueueDriver, addresses.DriverArea);
            Write64(Register.QueueDevice, addresses.DeviceArea);
            Write(Register.QueueReady, 1);
            NoteQueue(queue);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The device's registers cannot do it.</exception>
    public override void DisableQueue(ushort queue)
    {
        if (!TransportFeatures.HasFlag(VirtioFeatures.RingReset))
        {
            throw new InvalidOperationException("A queue can be reset alone only with RingReset negotiated.");
        }

        lock (Registers)
        {
            Write(Register.QueueSel, queue);
            Write(Register.QueueReset, 1);
        }
    }

    /// <inheritdoc/>
    public override void Notify(ushort queue) => _window.Post((int)Register.QueueNotify, 4, queue);

    #region interrupt
    /// <summary>
    /// The interrupt line is high: finds out why, acknowledges, and tells the driver. Acknowledged first: what happens after that raises the line
    /// again, what happened before is found by the driver's look at its rings. A reason that came between the look and the acknowledgement keeps the
    /// line high without an edge, so call this again while it is.
    /// Context: the host's interrupt thread; waits for the device.
    /// </summary>
    /// <exception cref="VirtioTransportException">The device cannot be reached.</exception>
    public void RaiseInterrupt()
    {
        uint reasons = Read(Register.InterruptStatus) & 3;
        if (reasons == 0)
        {
            return; // another device on a shared line
        }

        Write(Register.InterruptAck, reasons);
        if ((reasons & 1) != 0)
        {
            TellQueues();
        }

        if ((reasons & 2) != 0)
        {
            TellConfig();
        }
    }
    #endregion

    private uint ReadOfQueue(ushort queue, Register register)
    {
        lock (Registers)
        {
            Write(Register.QueueSel, queue);
            return Read(register);
        }
    }

    private uint Read(Register register) => _window.Read((int)register, 4);

    private void Write(Register register, uint value) => _window.Write((int)register, 4, value);

    private void Write64(Register register, ulong value)
    {
        _window.Write((int)register, 4, (uint)value);
        _window.Write((int)register + 4, 4, (uint)(value >> 32));
    }
}
