namespace Pcm.Virtio;

/// <summary>Sizes, alignments and offsets of a queue's three areas (virtio 2.7, 2.8), laid out one after another in one region.</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct VirtqueueLayout
{
    /// <summary>The most descriptors a queue can have.</summary>
    public const int MaxSize = 32768;

    /// <summary>Bytes of one descriptor, in both formats.</summary>
    public const int DescriptorBytes = 16;

    /// <summary>Alignment of the descriptor area, in both formats; the strictest of the three, so it is the region's.</summary>
    public const int DescriptorAlignment = 16;

    /// <summary>Alignment of the used ring and of the device's event area.</summary>
    public const int DeviceAreaAlignment = 4;

    /// <summary>Computes the layout of a queue.</summary>
    /// <param name="kind">Split or packed.</param>
    /// <param name="size">Number of descriptors.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a size a queue of that kind can have: <see cref="IsValidSize"/>.</exception>
    public VirtqueueLayout(VirtqueueKind kind, int size)
    {
        if (!IsValidSize(kind, size))
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "A queue has 1 to 32768 descriptors, a split one a power of two.");
        }

        Kind = kind;
        Size = size;
        bool split = kind == VirtqueueKind.Split;
        DescriptorAreaBytes = DescriptorBytes * size;
        DriverAreaBytes = split ? 6 + (2 * size) : 4;
        DeviceAreaBytes = split ? 6 + (8 * size) : 4;
        DriverAreaAlignment = split ? 2 : 4;
        DriverAreaOffset = DescriptorAreaBytes; // a multiple of 16
        DeviceAreaOffset = (DriverAreaOffset + DriverAreaBytes + DeviceAreaAlignment - 1) & -DeviceAreaAlignment;
        TotalBytes = DeviceAreaOffset + DeviceAreaBytes;
    }

    /// <summary>Split or packed.</summary>
    public VirtqueueKind Kind { get; }

    /// <summary>Number of descriptors.</summary>
    public int Size { get; }

    /// <summary>Bytes of the descriptor table or ring.</summary>
    public int DescriptorAreaBytes { get; }

    /// <summary>Bytes of the available ring (with its used_event) or of the driver's event area.</summary>
    public int DriverAreaBytes { get; }

    /// <summary>Alignment of the driver area.</summary>
    public int DriverAreaAlignment { get; }

    /// <summary>Bytes of the used ring (with its avail_event) or of the device's event area.</summary>
    public int DeviceAreaBytes { get; }

    /// <summary>Where the driver area begins; the descriptor area begins at 0.</summary>
    public int DriverAreaOffset { get; }

    /// <summary>Where the device area begins.</summary>
    public int DeviceAreaOffset { get; }

    /// <summary>Bytes of all three areas.</summary>
    public int TotalBytes { get; }

    /// <summary>Whether a queue can have that many descriptors.</summary>
    /// <param name="kind">Split or packed.</param>
    /// <param name="size">Any value.</param>
    public static bool IsValidSize(VirtqueueKind kind, int size) =>
        size is >= 1 and <= MaxSize && (kind == VirtqueueKind.Packed || (size & (size - 1)) == 0);
}
