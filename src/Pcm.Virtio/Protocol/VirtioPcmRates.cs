namespace Pcm.Virtio;

/// <summary>
/// The frame rates of virtio sound (virtio 5.14.6.6.2: VIRTIO_SND_PCM_RATE_*). An index is what SET_PARAMS carries, and the bit of
/// <see cref="VirtioSoundPcmInfo.Rates"/>. Indices do not rise with the rate beyond 13: 12000 and 24000 Hz were added later.
/// </summary>
/// <remarks>Thread safety: constant tables.</remarks>
public static class VirtioPcmRates
{
    /// <summary>Number of defined indices; higher ones are undefined.</summary>
    public const int Count = 16;

    private static ReadOnlySpan<int> Hertz =>
    [
        5512, 8000, 11025, 16000, 22050, 32000, 44100, 48000, 64000, 88200,
        96000, 176400, 192000, 384000, 12000, 24000,
    ];

    /// <summary>The index of a rate. False when virtio has none for it.</summary>
    /// <param name="rateHz">Frames per second.</param>
    /// <param name="index">[0 .. <see cref="Count"/>).</param>
    public static bool TryToVirtio(int rateHz, out byte index)
    {
        int found = Hertz.IndexOf(rateHz);
        index = (byte)found;
        return found >= 0;
    }

    /// <summary>The rate of an index. False when the index is undefined.</summary>
    /// <param name="index">From the wire; any value.</param>
    /// <param name="rateHz">Frames per second, or 0.</param>
    public static bool TryFromVirtio(byte index, out int rateHz)
    {
        bool known = index < Hertz.Length;
        rateHz = known ? Hertz[index] : 0;
        return known;
    }
}
