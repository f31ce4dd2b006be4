namespace Pcm.Virtio;

/// <summary>
/// Why a queue broke: what the other side did that no correct peer does. A broken queue touches shared memory no more; only a device reset
/// (or a queue reset) leads out.
/// </summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum VirtqueueFault
{
    /// <summary>The queue works.</summary>
    None = 0,

    /// <summary>A driver saw more used buffers than it had published.</summary>
    UsedIndexJumped,

    /// <summary>A driver got an id back that is no descriptor's.</summary>
    UsedIdOutOfRange,

    /// <summary>A driver got an id back that it had not published, or got back already.</summary>
    UsedIdNotOutstanding,

    /// <summary>A device saw more available buffers than the queue can hold.</summary>
    AvailableIndexJumped,

    /// <summary>A device saw more buffers in flight than the queue has descriptors.</summary>
    TooManyInFlight,

    /// <summary>A chain's head, link or buffer id is no descriptor's.</summary>
    DescriptorOutOfRange,

    /// <summary>A head or buffer id was made available again while the device still had it.</summary>
    HeadInFlight,

    /// <summary>A chain is longer than the queue or its table (a loop), or than the device's limit.</summary>
    ChainTooLong,

    /// <summary>An indirect descriptor without the feature, inside a table, with a next one, or with a table of impossible size.</summary>
    BadIndirect,

    /// <summary>A device-readable descriptor follows a device-writable one.</summary>
    ReadableAfterWritable,

    /// <summary>A descriptor or table names memory that is not mapped, or wraps around the address space.</summary>
    BadAddress,

    /// <summary>The descriptors of a chain add up to more than 2^32 bytes.</summary>
    MessageTooLong,

    /// <summary>A descriptor list of a packed queue runs into a descriptor that is not available.</summary>
    ListNotAvailable,

    /// <summary>The memory of the rings is no longer mapped.</summary>
    RingsUnmapped,
}
