namespace Pcm.Virtio;

/// <summary>
/// What a <see cref="VirtioHandshake"/> achieved: features that will not change until the next reset, the configuration, and the queues.
/// Lifetime: until <see cref="DisposeAsync"/>, which takes the queues back from the device; a device that needs a reset is disposed of and
/// negotiated with again. Does not own the transport.
/// </summary>
/// <remarks>Thread safety: the properties from any thread; each queue as its type says; the verbs one at a time.</remarks>
public sealed class NegotiatedDevice : IAsyncDisposable
{
    private readonly VirtioHandshakeOptions _options;
    private readonly TimeProvider _time;
    private readonly DriverVirtqueue[] _queues;
    private bool _disposed;

    internal NegotiatedDevice(
        VirtioTransport transport, VirtioHandshakeOptions options, TimeProvider time, VirtioFeatures features, byte[] config, DriverVirtqueue[] queues)
    {
        Transport = transport;
        _options = options;
        _time = time;
        Features = features;
        Config = config;
        _queues = queues;
    }

    /// <summary>The way to the device.</summary>
    public VirtioTransport Transport { get; }

    /// <summary>The features agreed on.</summary>
    public VirtioFeatures Features { get; }

    /// <summary>The configuration space as it was during the handshake, as long as the options said.</summary>
    public ReadOnlyMemory<byte> Config { get; }

    /// <summary>The queues, in the order of the options.</summary>
    public IReadOnlyList<DriverVirtqueue> Queues => _queues;

    /// <summary>
    /// DRIVER_OK: the device runs, and consumes what the queues hold. Notify each queue that was filled before: the device need not look by
    /// itself, and no notification was allowed until now.
    /// </summary>
    /// <exception cref="VirtioTransportException">The device cannot be reached.</exception>
    public void Start() => Transport.Status |= VirtioStatus.DriverOk;

    /// <summary>FAILED: the driver gave the device up; only a reset makes it usable again (virtio 3.1.1).</summary>
    /// <exception cref="VirtioTransportException">The device cannot be reached.</exception>
    public void Fail() => Transport.Status |= VirtioStatus.Failed;

    /// <summary>
    /// Takes one queue from the device, empties it, and gives it back: what was in flight is forgotten, and its memory is the driver's again
    /// when this says true. False: the device did not let go in time; the queue is out of order and only a device reset helps.
    /// The caller keeps everybody else off the queue meanwhile.
    /// </summary>
    /// <param name="queue">Its index.</param>
    /// <param name="cancellationToken">Gives up waiting; as false.</param>
    /// <exception cref="InvalidOperationException"><see cref="VirtioFeatures.RingReset"/> was not agreed on.</exception>
    /// <exception cref="VirtioTransportException">The device cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<bool> ResetQueueAsync(ushort queue, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(queue, _queues.Length);
        if (!Features.HasFlag(VirtioFeatures.RingReset))
        {
            throw new InvalidOperationException("A queue can be reset alone only with RingReset negotiated.");
        }

        if (!await VirtioHandshake.TryResetQueueAsync(Transport, queue, _options.ResetTimeout, _time, cancellationToken))
        {
            return false;
        }

        _queues[queue].Reset();
        Transport.EnableQueue(queue, _queues[queue].Addresses);
        return true;
    }

    /// <summary>
    /// Resets the device and waits until it is done. True: it has no access to any of the driver's memory any more, and everything that was
    /// quarantined is free. False: it did not answer in time, or cannot be reached.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<bool> ResetAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (!await VirtioHandshake.TryResetAsync(Transport, _options.ResetTimeout, _time, cancellationToken))
            {
                return false;
            }
        }
        catch (VirtioTransportException)
        {
            return false; // gone; OnDisconnected says when its access ended
        }

        Transport.Dma.ReleaseQuarantine();
        return true;
    }

    /// <summary>
    /// Brings a device that was reset back to where queues can be filled, with the features and the queues that it had. The caller has emptied the
    /// queues (<see cref="DriverVirtqueue.Reset"/>) since the reset, and keeps everybody else off them; <see cref="Start"/> follows.
    /// </summary>
    /// <exception cref="VirtioTransportException">
    /// The device cannot be reached, does not offer the features any more, refuses them, or its configuration (as far as
    /// <see cref="Config"/> holds it) is another one.
    /// </exception>
    public void Renew()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        VirtioHandshake.Renew(Transport, Features, Config.Span);
        for (ushort index = 0; index < _queues.Length; index++)
        {
            Transport.EnableQueue(index, _queues[index].Addresses);
        }
    }

    /// <summary>Resets the device and frees the queues, or quarantines them when the reset does not complete. Once; then nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        bool letGo = await ResetAsync();
        foreach (DriverVirtqueue queue in _queues)
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
