namespace Pcm.Virtio;

/// <summary>
/// A ring format, the driver's side: where things are written and read. What is allowed is <see cref="DriverVirtqueue{TRing}"/>'s matter, and so
/// is every check of what the device wrote. Implemented by structs, so that the compiler makes a queue of each format without calls in between.
/// </summary>
/// <remarks>Thread safety: as the queue's.</remarks>
internal interface IDriverRing
{
    /// <summary>The ring as it was made; its memory was cleared.</summary>
    void Reset();

    /// <summary>
    /// Writes a message, a descriptor for each slice that is not empty, hidden from the device until <see cref="Publish"/>. There is room for all slices.
    /// </summary>
    /// <returns>
    /// The message's id, [0 .. Size), and in <paramref name="last"/> what <see cref="Retire"/> wants to know of it. Negative when it has no byte or more
    /// than 2^32; nothing changed then.
    /// </returns>
    int Add(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, out ushort last, out int count, out ulong writableBytes);

    /// <summary>Writes a message of <paramref name="count"/> slices that are not empty through a table: it takes one descriptor.</summary>
    /// <returns>The message's id, [0 .. Size).</returns>
    int AddIndirect(ReadOnlySpan<DmaSlice> readable, ReadOnlySpan<DmaSlice> writable, int count);

    /// <summary>
    /// Makes all added messages, at least one, visible: a store with a full fence around it. Race: the device stores "notify me" and then looks for work;
    /// we store work and then look for the wish. Without both fences each can miss the other's store, and the queue sleeps for ever.
    /// </summary>
    /// <returns>The device wants to hear of it.</returns>
    bool Publish();

    /// <summary>How many messages the device has used as far as the format shows it, read once with acquire order; whatever the device wrote.</summary>
    int CountUsed();

    /// <summary>Reads the next used message, each field once; whatever the device wrote.</summary>
    void ReadUsed(out uint id, out uint length);

    /// <summary>Recycles a message's descriptors, and moves behind its used entry.</summary>
    void Retire(ushort id, ushort last, int descriptors);

    /// <summary>The store that asks for an interrupt by the next message, with a full fence around it.</summary>
    void RequestInterrupt();

    void SuppressInterrupts();

    /// <summary>The device's position as it is in the ring now, and ours.</summary>
    string DescribeUsed();
}
