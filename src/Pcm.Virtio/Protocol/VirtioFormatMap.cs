namespace Pcm.Virtio;

/// <summary>
/// Service: how the driver maps sample formats to virtio's indices and back. A replacement can offer less or, for a private device, more.
/// Resolved once per card.
/// </summary>
/// <remarks>Thread safety: implementations are called from any thread and must not change their answers.</remarks>
public abstract class VirtioFormatMap
{
    /// <summary>The specification's table, <see cref="VirtioPcmFormats"/>.</summary>
    public static VirtioFormatMap Default { get; } = new TableMap();

    /// <summary>The index for a SET_PARAMS. False when there is none.</summary>
    /// <param name="format">What the application asks for.</param>
    /// <param name="index">Less than 64.</param>
    public abstract bool TryToVirtio(PcmFormat format, out byte index);

    /// <summary>What a bit of a PCM_INFO means. False when unknown: the bit is ignored.</summary>
    /// <param name="index">The bit's number, [0 .. 64).</param>
    /// <param name="format">Its meaning.</param>
    public abstract bool TryFromVirtio(byte index, out PcmFormat format);

    private sealed class TableMap : VirtioFormatMap
    {
        public override bool TryToVirtio(PcmFormat format, out byte index) => VirtioPcmFormats.TryToVirtio(format, out index);

        public override bool TryFromVirtio(byte index, out PcmFormat format) => VirtioPcmFormats.TryFromVirtio(index, out format);
    }
}
