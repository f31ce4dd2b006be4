namespace Pcm.Virtio;

/// <summary>
/// The sample formats of virtio sound (virtio 5.14.6.6.2: VIRTIO_SND_PCM_FMT_*) beside ALSA's. An index is what SET_PARAMS carries,
/// and the bit of <see cref="VirtioSoundPcmInfo.Formats"/>. Virtio names no byte order; samples are little-endian, as Linux and QEMU have them.
/// </summary>
/// <remarks>Big-endian formats, MPEG, GSM, G.723 and "special" have no virtio twin. Thread safety: constant tables.</remarks>
public static class VirtioPcmFormats
{
    /// <summary>Number of defined indices; higher ones are undefined.</summary>
    public const int Count = 25;

    private const byte None = 0xFF;

    // By PcmFormat; 29 and 30 are unassigned in ALSA.
    private static ReadOnlySpan<byte> ToIndex =>
    [
        3, 4, 5, None, 6, None, 15, None, 16, None,
        17, None, 18, None, 19, None, 20, None, 24, None,
        1, 2, 0, None, None, 13, None, 14, None, None,
        None, None, 11, None, 12, None, 9, None, 10, None,
        7, None, 8, None, None, None, None, None, 21, 22,
        23, None, None,
    ];

    // By virtio index: PcmFormat's number.
    private static ReadOnlySpan<byte> FromIndex =>
    [
        22, 20, 21, 0, 1, 2, 4, 40, 42, 36,
        38, 32, 34, 25, 27, 6, 8, 10, 12, 14,
        16, 48, 49, 50, 18,
    ];

    /// <summary>The index of a format. False when virtio has none for it, or <paramref name="format"/> is no format.</summary>
    /// <param name="format">The ALSA format.</param>
    /// <param name="index">[0 .. <see cref="Count"/>), or 0xFF.</param>
    public static bool TryToVirtio(PcmFormat format, out byte index)
    {
        index = (uint)format < (uint)ToIndex.Length ? ToIndex[(int)format] : None;
        return index != None;
    }

    /// <summary>The format of an index. False when the index is undefined.</summary>
    /// <param name="index">From the wire; any value.</param>
    /// <param name="format">The ALSA format.</param>
    public static bool TryFromVirtio(byte index, out PcmFormat format)
    {
        bool known = index < FromIndex.Length;
        format = known ? (PcmFormat)FromIndex[index] : default;
        return known;
    }
}
