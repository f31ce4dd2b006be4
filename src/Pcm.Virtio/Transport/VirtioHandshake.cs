namespace Pcm.Virtio;

/// <summary>
/// Device initialisation (virtio 3.1.1), written once for every transport: reset, ACKNOWLEDGE, DRIVER, features, FEATURES_OK and its re-read,
/// configuration, queues. DRIVER_OK is <see cref="NegotiatedDevice.Start"/>, so that the driver can fill queues before it.
/// </summary>
/// <remarks>Thread safety: one handshake for a transport at a time.</remarks>
public static class VirtioHandshake
{
    /// <summary>How often a configuration read is repeated when the generation changed under it.</summary>
    public const int ConfigReadAttempts = 16;

    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Brings a device to where queues can be filled. On failure the device is told (FAILED), and queues it knew of are taken back by a reset
    /// or, when it does not answer one, quarantined.
    /// </summary>
    /// <param name="transport">The way to the device; interrupts attached already.</param>
    /// <param name="options">What the driver brings.</param>
    /// <param name="time">Bounds the waits.</param>
    /// <param name="cancellationToken">Gives up, as a failure does.</param>
    /// <exception cref="VirtioTransportException">
    /// <see cref="PcmError.NoDevice"/>: nothing there. <see cref="PcmError.NotSupported"/>: another kind of device, a legacy one, features refused, or
    /// a queue missing. <see cref="PcmError.TimedOut"/>: the reset did not complete. <see cref="PcmError.IO"/>: the configuration kept changing.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async ValueTask<NegotiatedDevice> NegotiateAsync(
        VirtioTransport transport, VirtioHandshakeOptions options, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        CheckDeviceId(transport.DeviceId, options.DeviceId);
        if (!await TryResetAsync(transport, options.ResetTimeout, time, cancellationToken))
        {
            transport.Status |= VirtioStatus.Failed;
            throw new VirtioTransportException(PcmError.TimedOut, $"The device did not complete a reset within {options.ResetTimeout}.");
        }

        var queues = new List<DriverVirtqueue>(options.Queues.Count);
        try
        {
            transport.Status |= VirtioStatus.Acknowledge;
            transport.Status |= VirtioStatus.Driver;
            VirtioFeatures features = AgreeOnFeatures(transport, options);
            byte[] config = new byte[options.ConfigLength(features)];
            if (!ReadConfig(transport, 0, config))
            {
                throw new VirtioTransportException(PcmError.IO, $"The configuration changed during each of {ConfigReadAttempts} reads.");
            }

            SetUpQueues(transport, options, features, queues);
            return new NegotiatedDevice(transport, options, time, features, config, [.. queues]);
        }
        catch
        {
            await GiveUpAsync(transport, options, time, queues);
            throw;
        }
    }

    /// <summary>
    /// Reads a part of the configuration space that is not torn (virtio 2.5.1): the generation is the same before and after.
    /// False when it never was, in <see cref="ConfigReadAttempts"/> attempts.
    /// </summary>
    /// <param name="transport">The way to the device.</param>
    /// <param name="offset">First byte, not negative.</param>
    /// <param name="destination">Where to; may be empty.</param>
    /// <exception cref="VirtioTransportException">The device cannot be reached.</exception>
    public static bool ReadConfig(VirtioTransport transport, int offset, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(transport);
        if (destination.IsEmpty)
        {
            return true;
        }

        for (int attempt = 0; attempt < ConfigReadAttempts; attempt++)
        {
            uint before = transport.ConfigGeneration;
            transport.ReadConfig(offset, destination);
            if (transport.ConfigGeneration == before)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The handshake again after a reset, up to the queues: nothing may have changed.</summary>
    internal static void Renew(VirtioTransport transport, VirtioFeatures features, ReadOnlySpan<byte> config)
    {
        transport.Status |= VirtioStatus.Acknowledge;
        transport.Status |= VirtioStatus.Driver;
        if ((transport.DeviceFeatures & features) != features)
        {
            throw new VirtioTransportException(PcmError.NotSupported, $"After the reset the device does not offer {features & ~transport.DeviceFeatures} any more.");
        }

        Accept(transport, features);
        byte[] now = new byte[config.Length];
        if (!ReadConfig(transport, 0, now) || !config.SequenceEqual(now))
        {
            throw new VirtioTransportException(PcmError.IO, "After the reset the device has another configuration: it must be probed anew.");
        }
    }

    /// <summary>Writes 0 to the status and waits until it reads 0 (virtio 2.4.2). False when it does not in time.</summary>
    internal static ValueTask<bool> TryResetAsync(VirtioTransport transport, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        transport.Status = VirtioStatus.None;
        return PollAsync(transport, static (device, _) => device.Status == VirtioStatus.None, 0, timeout, time, cancellationToken);
    }

    /// <summary>Starts the reset of a queue and waits until the device let go of it (virtio 2.6.1). False when it does not in time.</summary>
    internal static ValueTask<bool> TryResetQueueAsync(VirtioTransport transport, ushort queue, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        transport.DisableQueue(queue);
        return PollAsync(transport, static (device, index) => !device.IsQueueEnabled(index), queue, timeout, time, cancellationToken);
    }

    private static async ValueTask<bool> PollAsync(
        VirtioTransport transport, Func<VirtioTransport, ushort, bool> isDone, ushort argument, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        long most = 1 + (2 * timeout.Ticks / s_pollInterval.Ticks); // should the clock stand still
        for (long polls = 0; !isDone(transport, argument); polls++)
        {
            if (time.GetElapsedTime(start) >= timeout || polls >= most)
            {
                return false;
            }

            await Task.Delay(s_pollInterval, time, cancellationToken);
        }

        return true;
    }

    private static void CheckDeviceId(uint actual, uint expected)
    {
        if (actual == 0)
        {
            throw new VirtioTransportException(PcmError.NoDevice, "There is no device behind the transport (device id 0).");
        }

        if (actual != expected)
        {
            throw new VirtioTransportException(PcmError.NotSupported, $"The device has id {actual}; the driver drives {expected}.");
        }
    }

    /// <summary>Accepts what is offered, known, and possible with the transport; nothing else (virtio 2.2.1).</summary>
    private static VirtioFeatures AgreeOnFeatures(VirtioTransport transport, VirtioHandshakeOptions options)
    {
        VirtioFeatures known = (options.KnownDeviceFeatures & VirtioFeatures.DeviceTypeBits)
            | (options.WantedRingFeatures & transport.TransportFeatures & ~VirtioFeatures.DeviceTypeBits & ~VirtioFeatures.VhostUserProtocol)
            | VirtioFeatures.Version1;
        VirtioFeatures accepted = transport.DeviceFeatures & known;
        if (!accepted.HasFlag(VirtioFeatures.Version1))
        {
            throw new VirtioTransportException(PcmError.NotSupported, "The device is a legacy one: it does not offer VERSION_1.");
        }

        Accept(transport, accepted);
        return accepted;
    }

    private static void Accept(VirtioTransport transport, VirtioFeatures features)
    {
        transport.DriverFeatures = features;
        transport.Status |= VirtioStatus.FeaturesOk;
        if (!transport.Status.HasFlag(VirtioStatus.FeaturesOk))
        {
            throw new VirtioTransportException(PcmError.NotSupported, $"The device refuses the features {features}.");
        }
    }

    private static void SetUpQueues(VirtioTransport transport, VirtioHandshakeOptions options, VirtioFeatures features, List<DriverVirtqueue> queues)
    {
        VirtqueueKind kind = features.HasFlag(VirtioFeatures.RingPacked) ? VirtqueueKind.Packed : VirtqueueKind.Split;
        for (ushort index = 0; index < options.Queues.Count; index++)
        {
            VirtqueueRequest request = options.Queues[index];
            int size = ChooseSize(kind, request.Size, transport.GetMaxQueueSize(index));
            if (size == 0)
            {
                throw new VirtioTransportException(PcmError.NotSupported, $"The device has no queue {index}.");
            }

            DriverVirtqueue queue = DriverVirtqueue.Create(kind, size, features, transport.Dma, request.IndirectDescriptors);
            queues.Add(queue); // before the device hears of it: from then on a failure must take it back
            transport.EnableQueue(index, queue.Addresses);
        }
    }

    /// <summary>As much as wanted and allowed; a split queue needs a power of two. 0 when nothing is allowed.</summary>
    private static int ChooseSize(VirtqueueKind kind, int wanted, int allowed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(wanted, 1);
        int size = Math.Min(Math.Min(wanted, allowed), VirtqueueLayout.MaxSize);
        return kind == VirtqueueKind.Split && size > 0 ? 1 << System.Numerics.BitOperations.Log2((uint)size) : size;
    }

    private static async ValueTask GiveUpAsync(VirtioTransport transport, VirtioHandshakeOptions options, TimeProvider time, List<DriverVirtqueue> queues)
    {
        bool letGo = queues.Count == 0;
        try
        {
            transport.Status |= VirtioStatus.Failed;
            if (!letGo)
            {
                // Not cancellable: whether the rings may be freed hangs on the answer.
                letGo = await TryResetAsync(transport, options.ResetTimeout, time, CancellationToken.None);
            }
        }
        catch (VirtioTransportException)
        {
            // The device cannot be told. The first failure is the one to report; the rings stay in quarantine.
        }

        foreach (DriverVirtqueue queue in queues)
        {
            if (letGo)
            {
                queue.Dispose();
            }
            else
            {
                queue.Abandon();
            }
        }
    }
}
