namespace Pcm.Virtio;

/// <summary>
/// What transports over registers share: who is told of interrupts, in which order a queue's registers are used, and how the connection ends.
/// Where interrupts come from is the host's business: it calls the transport from one thread of its own.
/// Lifetime: owns its memory and its host, in this order: the host ends the device's access, then the memory goes.
/// </summary>
/// <remarks>Thread safety: as <see cref="VirtioTransport"/>; members that are several register accesses exclude each other.</remarks>
public abstract class RegisterTransport : VirtioTransport
{
    private readonly DmaAllocator _dma;
    private readonly IAsyncDisposable? _host;
    private IVirtioInterrupts? _driver;
    private volatile bool _silent; // no interrupt passes any more
    private int _queueCount; // one more than the highest queue enabled since the transport was made

    /// <summary>Makes the part that knows no registers.</summary>
    /// <param name="dma">Memory that the device reaches; owned.</param>
    /// <param name="features">Ring features that the registers can carry, within <see cref="VirtioFeatures.RingBits"/>.</param>
    /// <param name="host">Ends the device's access and stops the interrupts when disposed; null: nothing to end. Owned.</param>
    protected RegisterTransport(DmaAllocator dma, VirtioFeatures features, IAsyncDisposable? host)
    {
        ArgumentNullException.ThrowIfNull(dma);
        _dma = dma;
        _host = host;
        TransportFeatures = features & VirtioFeatures.RingBits;
    }

    /// <inheritdoc/>
    public sealed override VirtioFeatures TransportFeatures { get; }

    /// <inheritdoc/>
    public sealed override DmaAllocator Dma => _dma;

    /// <summary>Guards register sequences: what a selector register selects must still be selected at the next access.</summary>
    protected Lock Registers { get; } = new();

    /// <inheritdoc/>
    public sealed override void Attach(IVirtioInterrupts interrupts)
    {
        ArgumentNullException.ThrowIfNull(interrupts);
        if (Interlocked.CompareExchange(ref _driver, interrupts, null) is not null)
        {
            throw new InvalidOperationException("A driver is attached already.");
        }
    }

    /// <summary>The device is gone: tells the driver, as the last interrupt. Context: the host's interrupt thread, after the device lost its access.</summary>
    public void RaiseDisconnected()
    {
        if (!_silent)
        {
            _silent = true;
            _driver?.OnDisconnected();
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _silent = true;
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        FreeMemory();
        _dma.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the transport itself allocated. Context: the device has no access any more; may be called twice.</summary>
    protected virtual void FreeMemory()
    {
    }

    /// <summary>A queue exists from now on, for interrupts that concern all of them.</summary>
    /// <param name="queue">Its index.</param>
    protected void NoteQueue(ushort queue) => _queueCount = Math.Max(_queueCount, queue + 1);

    /// <summary>Tells the driver of one queue. Context: the host's interrupt thread.</summary>
    /// <param name="queue">Its index.</param>
    protected void TellQueue(ushort queue)
    {
        if (!_silent)
        {
            _driver?.OnQueue(queue);
        }
    }

    /// <summary>Tells the driver of every queue: one interrupt for all. Context: the host's interrupt thread.</summary>
    protected void TellQueues()
    {
        for (int queue = 0; queue < _queueCount; queue++)
        {
            TellQueue((ushort)queue);
        }
    }

    /// <summary>Tells the driver of a configuration change. Context: the host's interrupt thread.</summary>
    protected void TellConfig()
    {
        if (!_silent)
        {
            _driver?.OnConfigChanged();
        }
    }

    /// <summary>Reads configuration space, in the widest accesses that stay aligned.</summary>
    /// <param name="window">Where it lies.</param>
    /// <param name="start">The window's offset of configuration byte 0, a multiple of 4.</param>
    /// <param name="offset">First configuration byte.</param>
    /// <param name="destination">Where to.</param>
    protected static void ReadConfig(IRegisterWindow window, int start, int offset, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(window);
        while (!destination.IsEmpty)
        {
            int bytes = (offset & 3) == 0 && destination.Length >= 4 ? 4 : 1;
            uint value = window.Read(start + offset, bytes);
            for (int i = 0; i < bytes; i++)
            {
                destination[i] = (byte)(value >> (8 * i));
            }

            destination = destination[bytes..];
            offset += bytes;
        }
    }

    /// <summary>Writes configuration space, byte by byte.</summary>
    /// <param name="window">Where it lies.</param>
    /// <param name="start">The window's offset of configuration byte 0.</param>
    /// <param name="offset">First configuration byte.</param>
    /// <param name="source">What to write.</param>
    protected static void WriteConfig(IRegisterWindow window, int start, int offset, ReadOnlySpan<byte> source)
    {
        ArgumentNullException.ThrowIfNull(window);
        for (int i = 0; i < source.Length; i++)
        {
            window.Write(start + offset + i, 1, source[i]);
        }
    }
}
