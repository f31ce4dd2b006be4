namespace Pcm.Virtio;

/// <summary>When to notify with EVENT_IDX (virtio 2.7.7, 2.7.10, 2.8.10): the entry the peer named is among those published since the last decision.</summary>
internal static class NotificationRule
{
    /// <summary>Packed event areas: notify always, never, or at a position.</summary>
    public const ushort PackedEnable = 0;

    /// <inheritdoc cref="PackedEnable"/>
    public const ushort PackedDisable = 1;

    /// <inheritdoc cref="PackedEnable"/>
    public const ushort PackedAtPosition = 2;

    /// <summary>
    /// Whether <paramref name="eventIndex"/> lies in [<paramref name="oldIndex"/>, <paramref name="newIndex"/>), all free-running modulo 2^16.
    /// <paramref name="oldIndex"/> is the index of the last decision, not of the last publication: a batch is one decision.
    /// </summary>
    public static bool NeedEvent(ushort eventIndex, ushort newIndex, ushort oldIndex) =>
        (ushort)(newIndex - eventIndex - 1) < (ushort)(newIndex - oldIndex);

    /// <summary>The packed form: positions are ring offsets with a wrap bit; an event of the other lap lies one ring size back.</summary>
    /// <param name="offsetAndWrap">Bits 0-14 the position, bit 15 the wrap counter it belongs to; from the peer, any value.</param>
    /// <param name="position">The next position to be written.</param>
    /// <param name="wrap">The wrap counter there.</param>
    /// <param name="published">Positions written since the last decision.</param>
    /// <param name="size">Number of descriptors.</param>
    public static bool NeedEventPacked(ushort offsetAndWrap, int position, bool wrap, int published, int size)
    {
        int eventPosition = offsetAndWrap & 0x7FFF;
        if ((offsetAndWrap >> 15 != 0) != wrap)
        {
            eventPosition -= size;
        }

        return NeedEvent((ushort)eventPosition, (ushort)position, (ushort)(position - published));
    }
}
