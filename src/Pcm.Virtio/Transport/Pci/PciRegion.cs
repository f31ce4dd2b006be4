namespace Pcm.Virtio;

/// <summary>The part of a BAR that a virtio capability names (virtio 4.1.4).</summary>
/// <param name="Window">The BAR.</param>
/// <param name="Offset">First byte within the BAR.</param>
/// <param name="Length">Bytes.</param>
internal sealed record PciRegion(IRegisterWindow Window, int Offset, int Length)
{
    public uint Read(int offset, int bytes) => Window.Read(Offset + Check(offset, bytes), bytes);

    public void Write(int offset, int bytes, uint value) => Window.Write(Offset + Check(offset, bytes), bytes, value);

    public void Write64(int offset, ulong value)
    {
        Write(offset, 4, (uint)value);
        Write(offset + 4, 4, (uint)(value >> 32));
    }

    /// <summary>A field that the device claims and does not have room for.</summary>
    private int Check(int offset, int bytes) => offset + bytes <= Length
        ? offset
        : throw new VirtioTransportException(PcmError.IO, $"The device's registers end at {Length}, before those at {offset}.");
}
