namespace Pcm;

/// <summary>A card: its devices, and their common fate (suspend, unplug).</summary>
/// <remarks>Thread safety: every member from any thread; add devices before the card is handed out.</remarks>
public sealed class PcmCard : IAsyncDisposable
{
    private readonly List<PcmDevice> _devices = [];
    private readonly List<PcmOps> _ops = [];
    private readonly Func<ValueTask>? _dispose;
    private long _bufferBytes;
    private int _disconnected;
    private int _disposed;

    /// <summary>A card without devices yet.</summary>
    /// <param name="id">Short name, unique among the cards: letters, digits, <c>-</c>, <c>_</c>, <c>.</c></param>
    /// <param name="name">What a person calls it.</param>
    /// <param name="services">Clock, scheduler, log, options.</param>
    /// <param name="dispose">What the backend frees after the card is disposed; may be null.</param>
    /// <exception cref="ArgumentException">The id is empty or has other characters.</exception>
    public PcmCard(string id, string name, PcmServices services, Func<ValueTask>? dispose = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(services);
        foreach (char c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                throw new ArgumentException($"A card id has letters, digits, '-', '_' and '.'; '{id}' has '{c}'.", nameof(id));
            }
        }

        Id = id;
        Name = name;
        Services = services;
        _dispose = dispose;
    }

    /// <summary>The card's id.</summary>
    public string Id { get; }

    /// <summary>What a person calls it.</summary>
    public string Name { get; }

    /// <summary>Clock, scheduler, log, options.</summary>
    public PcmServices Services { get; }

    /// <summary>The devices, in the order of their numbers, which may have gaps.</summary>
    public IReadOnlyList<PcmDevice> Devices => _devices;

    /// <summary>The card is gone for good.</summary>
    public bool IsDisconnected => Volatile.Read(ref _disconnected) != 0;

    /// <summary>Bytes that the rings of this card take now.</summary>
    public long BufferBytes => Interlocked.Read(ref _bufferBytes);

    /// <summary>Adds a device. The card owns the ops and disposes them.</summary>
    /// <param name="description">What it has.</param>
    /// <exception cref="ArgumentException">Its number is negative, or another device has it.</exception>
    public PcmDevice AddDevice(PcmDeviceDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        int number = description.Number ?? (_devices.Count == 0 ? 0 : _devices[^1].Number + 1);
        int place = _devices.FindIndex(d => d.Number >= number);
        if (number < 0 || (place >= 0 && _devices[place].Number == number))
        {
            throw new ArgumentException(
                number < 0 ? $"A device number is 0 or more, not {number}." : $"Card '{Id}' has a device {number} already.", nameof(description));
        }

        var device = new PcmDevice(this, number, description);
        _devices.Insert(place < 0 ? _devices.Count : place, device);
        _ops.AddRange(device.Playback.Concat(device.Capture).Select(static s => s.Ops)); // a decorator owns what it wraps
        return device;
    }

    /// <summary>System suspend: every stream that can be suspended is, then the hardware comes to rest.</summary>
    public async ValueTask SuspendAsync()
    {
        foreach (PcmDevice device in _devices)
        {
            await device.SuspendAsync();
        }
    }

    /// <summary>
    /// Hot unplug: every open stream is stopped and goes to DISCONNECTED, every wait ends, every later call is ENODEV. Closing still works, and is due.
    /// </summary>
    public async ValueTask DisconnectAsync()
    {
        if (Interlocked.Exchange(ref _disconnected, 1) != 0)
        {
            return;
        }

        foreach (PcmDevice device in _devices)
        {
            await device.DisconnectAsync();
        }
    }

    /// <summary>Disconnects, closes every substream, disposes the ops, then lets the backend free the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await DisconnectAsync();
        foreach (PcmDevice device in _devices)
        {
            foreach (PcmSubstream substream in device.Playback.Concat(device.Capture))
            {
                while (substream.IsOpen)
                {
                    await substream.CloseAsync();
                }
            }
        }

        foreach (PcmOps ops in _ops)
        {
            await ops.DisposeAsync();
        }

        if (_dispose is not null)
        {
            await _dispose();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Id} ({Name})";

    /// <summary>Counts a ring against the card's limit.</summary>
    internal bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _bufferBytes, bytes) <= Services.Options.MaxBufferBytesPerCard)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    internal void Release(long bytes) => Interlocked.Add(ref _bufferBytes, -bytes);
}
