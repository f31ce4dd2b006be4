namespace Pcm.Virtio;

/// <summary>
/// Memory that a device can reach, and so a PCM ring that needs no copy.
/// Lifetime: from <see cref="DmaAllocator.Allocate"/> until Dispose, which gives it back at once: call it only when no published descriptor
/// names it, or after a completed reset. Memory that a device may still touch goes to <see cref="DmaAllocator.Quarantine"/> instead.
/// </summary>
/// <remarks>Thread safety: as <see cref="PcmBuffer"/>; Dispose and Quarantine may race, one of them wins.</remarks>
public class DmaRegion : PcmBuffer
{
    private readonly DmaAllocator _allocator;
    private int _given;

    /// <summary>Describes memory of an allocator; only allocators make regions.</summary>
    /// <param name="allocator">Gets the memory back.</param>
    /// <param name="address">First byte in this process.</param>
    /// <param name="length">Bytes, at least 1.</param>
    /// <param name="deviceAddress">First byte for the device.</param>
    protected internal DmaRegion(DmaAllocator allocator, nint address, int length, ulong deviceAddress)
        : base(address, length)
    {
        ArgumentNullException.ThrowIfNull(allocator);
        _allocator = allocator;
        HostAddress = address;
        DeviceAddress = deviceAddress;
    }

    /// <summary>The first byte's address in the device's address space.</summary>
    public ulong DeviceAddress { get; }

    /// <summary>The first byte's address in this process.</summary>
    protected internal nint HostAddress { get; }

    /// <summary>A part of the region as the device addresses it.</summary>
    /// <param name="offset">First byte, [0 .. Length].</param>
    /// <param name="length">Bytes; offset + length at most Length.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not within the region.</exception>
    public DmaSlice Slice(int offset, int length)
    {
        if ((ulong)(uint)offset + (uint)length > (uint)Length)
        {
            ThrowOutside(offset, length);
        }

        return new(DeviceAddress + (uint)offset, (uint)length);
    }

    /// <summary>Gives the memory up once, whoever asks first. False when it was given up before.</summary>
    internal bool TryGiveUp() => Interlocked.Exchange(ref _given, 1) == 0;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && TryGiveUp())
        {
            _allocator.Release(this);
        }

        base.Dispose(disposing);
    }

    private void ThrowOutside(int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset, (uint)Length, nameof(offset));
        throw new ArgumentOutOfRangeException(nameof(length), length, $"The region has {Length - offset} bytes from there.");
    }
}
