namespace Pcm.Virtio;

/// <summary>A jack of a virtio-snd device (virtio 5.14.6.4). Lifetime: as its driver.</summary>
/// <remarks>Thread safety: every member from any thread.</remarks>
public sealed class VirtioSoundJack
{
    private readonly SoundElements _elements;
    private uint _configuration;
    private bool _connected;

    internal VirtioSoundJack(SoundElements elements, uint id, in VirtioSoundJackInfo info)
    {
        _elements = elements;
        Id = id;
        HdaFunctionNode = info.HdaFunctionNode;
        Features = (VirtioSoundJackFeatures)(uint)info.Features;
        Capabilities = info.Capabilities;
        _configuration = info.DefaultConfiguration;
        _connected = info.Connected != 0;
    }

    /// <summary>
    /// Something was plugged in or pulled out; <see cref="IsConnected"/> says which. Several changes may be told as one. Context: the scheduler,
    /// one handler of the driver at a time, no lock held; a handler may call the driver.
    /// </summary>
    public event EventHandler? ConnectedChanged;

    /// <summary>Its number on the device.</summary>
    public uint Id { get; }

    /// <summary>The function group it belongs to (hda_fn_nid).</summary>
    public uint HdaFunctionNode { get; }

    /// <summary>What the device can do with it.</summary>
    public VirtioSoundJackFeatures Features { get; }

    /// <summary>The HDA pin's capabilities word, as the device says it.</summary>
    public uint Capabilities { get; }

    /// <summary>The HDA pin's configuration; a remap changes association and sequence.</summary>
    public HdaPinConfiguration Pin => new(Volatile.Read(ref _configuration));

    /// <summary>Whether something is plugged in.</summary>
    public bool IsConnected => Volatile.Read(ref _connected);

    /// <summary>Gives the jack another association and sequence (virtio 5.14.6.4.2).</summary>
    /// <param name="association">[0 .. 15].</param>
    /// <param name="sequence">[0 .. 15].</param>
    /// <param name="cancellationToken">Ends the wait; the device may do it all the same.</param>
    /// <returns>EOPNOTSUPP: the jack has no such feature; else as the device answers, ETIMEDOUT when it does not.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<PcmError> RemapAsync(int association, int sequence, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)association, 15u, nameof(association));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)sequence, 15u, nameof(sequence));
        if ((Features & VirtioSoundJackFeatures.Remap) == 0)
        {
            return PcmError.NotSupported; // virtio 5.14.6.4.2: only with the feature
        }

        var request = new VirtioSoundJackRemap
        {
            Code = (uint)VirtioSoundRequest.JackRemap, JackId = Id, Association = (uint)association, Sequence = (uint)sequence,
        };
        PcmError error = await _elements.Control.SendAsync(request, Memory<byte>.Empty, cancellationToken);
        if (error == PcmError.None)
        {
            uint before = Volatile.Read(ref _configuration);
            Volatile.Write(ref _configuration, (before & ~0xFFu) | (uint)(association << 4) | (uint)sequence);
        }

        return error;
    }

    /// <inheritdoc/>
    public override string ToString() => $"jack {Id} ({Pin.Label}, {(IsConnected ? "connected" : "not connected")})";

    /// <summary>Takes what the device says. True when it is news.</summary>
    internal bool Report(bool connected) => Interlocked.Exchange(ref _connected, connected) != connected;

    internal void RaiseConnectedChanged() => ConnectedChanged?.Invoke(this, EventArgs.Empty);
}
