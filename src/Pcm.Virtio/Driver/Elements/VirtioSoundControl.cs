using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// A control element of a virtio-snd device (virtio 5.14.6.10): a volume, a switch, a selector. Every read and write goes to the device, as in
/// Linux's driver; the description is from the probe. Lifetime: as its driver.
/// </summary>
/// <remarks>Thread safety: every member from any thread.</remarks>
public sealed class VirtioSoundControl
{
    /// <summary>The most bytes of metadata behind its header (virtio 5.14.6.10.3).</summary>
    public const int MaxTlvBytes = 65536;

    private readonly SoundElements _elements;

    internal VirtioSoundControl(SoundElements elements, uint id, VirtioSoundControlInfo info, string name, IReadOnlyList<string> items)
    {
        _elements = elements;
        Id = id;
        Name = name;
        Items = items;
        Index = info.Index;
        HdaFunctionNode = info.HdaFunctionNode;
        Type = (VirtioSoundControlType)(uint)info.Type;
        Access = (VirtioSoundControlAccess)(uint)info.Access;
        Count = (int)(uint)info.Count;
        Role = (VirtioSoundControlRole)(info.Role & ~1u);
        Direction = (info.Role & 1) == 0 ? PcmDirection.Playback : PcmDirection.Capture;
        (Minimum, Maximum, Step) = RangeOf(info);
    }

    /// <summary>
    /// The device says that the element changed, by this driver's write or by itself. Several changes may be told as one. Context: the scheduler,
    /// one handler of the driver at a time, no lock held; a handler may read the element.
    /// </summary>
    public event EventHandler<VirtioSoundControlChangedEventArgs>? Changed;

    /// <summary>Its number on the device.</summary>
    public uint Id { get; }

    /// <summary>Its name; with <see cref="Index"/> unique on a device that obeys virtio 5.14.6.10.1.</summary>
    public string Name { get; }

    /// <summary>Tells elements of the same name apart.</summary>
    public uint Index { get; }

    /// <summary>The function group it belongs to (hda_fn_nid).</summary>
    public uint HdaFunctionNode { get; }

    /// <summary>What it is for.</summary>
    public VirtioSoundControlRole Role { get; }

    /// <summary>The direction that it acts on; means something with a <see cref="Role"/> only.</summary>
    public PcmDirection Direction { get; }

    /// <summary>How its values are stored.</summary>
    public VirtioSoundControlType Type { get; }

    /// <summary>What may be done with it.</summary>
    public VirtioSoundControlAccess Access { get; }

    /// <summary>How many values it has, [1 .. 512].</summary>
    public int Count { get; }

    /// <summary>The lowest value: of integers what the device says (32 bits are read as signed), 0 of the other types.</summary>
    public long Minimum { get; }

    /// <summary>The highest value: of integers what the device says, 1 of booleans, the last item of enumerations, 255 of bytes.</summary>
    public long Maximum { get; }

    /// <summary>The distance of two values; 0 when it varies, and of the types that have no steps.</summary>
    public long Step { get; }

    /// <summary>The names of an enumeration's items; empty of other types.</summary>
    public IReadOnlyList<string> Items { get; }

    /// <summary>Reads the values.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>EPERM: not readable; else as the device answers, EIO when the answer is shorter than the values, ETIMEDOUT when it does not come.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<(PcmError Error, VirtioSoundControlValue Value)> ReadAsync(CancellationToken cancellationToken = default)
    {
        if ((Access & VirtioSoundControlAccess.Read) == 0)
        {
            return (PcmError.NotPermitted, default);
        }

        byte[] payload = new byte[Unsafe.SizeOf<VirtioSoundControlValue>()];
        (PcmError error, int received) = await _elements.Control.ExchangeAsync(
            Header(VirtioSoundRequest.ControlRead), payload, cancellationToken);
        if (error == PcmError.None && received < ValueBytes)
        {
            error = PcmError.IO; // values that are missing are not made up
        }

        return (error, error == PcmError.None ? MemoryMarshal.Read<VirtioSoundControlValue>(payload) : default);
    }

    /// <summary>Writes the values.</summary>
    /// <param name="value">The whole union; of it <see cref="Count"/> values count.</param>
    /// <param name="cancellationToken">Ends the wait; the device may take them all the same.</param>
    /// <returns>EPERM: not writable; EINVAL: the device refuses the values; else as it answers, ETIMEDOUT when it does not.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<PcmError> WriteAsync(VirtioSoundControlValue value, CancellationToken cancellationToken = default) =>
        (Access & VirtioSoundControlAccess.Write) == 0
            ? PcmError.NotPermitted
            : (await _elements.Control.ExchangeAsync(
                (byte[])[.. Header(VirtioSoundRequest.ControlWrite), .. value.Bytes], Memory<byte>.Empty, cancellationToken)).Error;

    /// <summary>Reads the metadata, such as the dB scale of a volume.</summary>
    /// <param name="destination">Header and values, as ALSA's TLV; a part when it is too small. At least 8 bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>EPERM: not readable; else as the device answers; and how many bytes came.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<(PcmError Error, int Bytes)> ReadTlvAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, TlvHeaderBytes, nameof(destination));
        if ((Access & VirtioSoundControlAccess.TlvRead) == 0)
        {
            return (PcmError.NotPermitted, 0);
        }

        Memory<byte> room = destination[..Math.Min(destination.Length, TlvHeaderBytes + MaxTlvBytes)];
        return await _elements.Control.ExchangeAsync(Header(VirtioSoundRequest.ControlTlvRead), room, cancellationToken);
    }

    /// <summary>Writes the metadata.</summary>
    /// <param name="tlv">Header and values, as ALSA's TLV; at most 8 + <see cref="MaxTlvBytes"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>EPERM: not writable; EINVAL: no TLV, or the device refuses it; else as it answers.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ValueTask<PcmError> WriteTlvAsync(ReadOnlyMemory<byte> tlv, CancellationToken cancellationToken = default) =>
        SendTlvAsync(VirtioSoundRequest.ControlTlvWrite, VirtioSoundControlAccess.TlvWrite, tlv, cancellationToken);

    /// <summary>Lets the device carry out a command of the element's own.</summary>
    /// <param name="tlv">Header and values, as ALSA's TLV; at most 8 + <see cref="MaxTlvBytes"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>EPERM: takes no commands; EINVAL: no TLV, or the device refuses it; else as it answers.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ValueTask<PcmError> CommandTlvAsync(ReadOnlyMemory<byte> tlv, CancellationToken cancellationToken = default) =>
        SendTlvAsync(VirtioSoundRequest.ControlTlvCommand, VirtioSoundControlAccess.TlvCommand, tlv, cancellationToken);

    /// <inheritdoc/>
    public override string ToString() => $"control {Id} '{Name}'" + (Index == 0 ? "" : $" {Index}") + $" ({Type}, {Count})";

    internal void RaiseChanged(VirtioSoundControlEventMask mask) => Changed?.Invoke(this, new VirtioSoundControlChangedEventArgs(mask));

    private static int TlvHeaderBytes => Unsafe.SizeOf<VirtioSoundTlvHeader>();

    private int ValueBytes => ControlElementLimits.ValueBytes(Type, Count);

    private static (long Minimum, long Maximum, long Step) RangeOf(in VirtioSoundControlInfo info) => (VirtioSoundControlType)(uint)info.Type switch
    {
        VirtioSoundControlType.Boolean => (0, 1, 0),
        VirtioSoundControlType.Integer => ((int)(uint)info.Integer.Minimum, (int)(uint)info.Integer.Maximum, (uint)info.Integer.Step),
        VirtioSoundControlType.Integer64 => ((long)(ulong)info.Integer64.Minimum, (long)(ulong)info.Integer64.Maximum, (long)(ulong)info.Integer64.Step),
        VirtioSoundControlType.Enumerated => (0, info.EnumeratedItems - 1L, 0),
        _ => (0, 255, 0),
    };

    private byte[] Header(VirtioSoundRequest code)
    {
        var header = new VirtioSoundControlHeader { Code = (uint)code, ControlId = Id };
        return MemoryMarshal.AsBytes(new ReadOnlySpan<VirtioSoundControlHeader>(in header)).ToArray();
    }

    private async ValueTask<PcmError> SendTlvAsync(
        VirtioSoundRequest code, VirtioSoundControlAccess needed, ReadOnlyMemory<byte> tlv, CancellationToken cancellationToken)
    {
        if ((Access & needed) == 0)
        {
            return PcmError.NotPermitted;
        }

        if (!IsTlv(tlv.Span))
        {
            return PcmError.InvalidArgument;
        }

        return (await _elements.Control.ExchangeAsync((byte[])[.. Header(code), .. tlv.Span], Memory<byte>.Empty, cancellationToken)).Error;
    }

    /// <summary>virtio 5.14.6.10.3: a length that is a multiple of 4, at most 65536, and there.</summary>
    private static bool IsTlv(ReadOnlySpan<byte> tlv)
    {
        if (tlv.Length < TlvHeaderBytes)
        {
            return false;
        }

        uint length = MemoryMarshal.Read<VirtioSoundTlvHeader>(tlv).Length;
        return length <= MaxTlvBytes && length % 4 == 0 && tlv.Length == TlvHeaderBytes + length;
    }
}
