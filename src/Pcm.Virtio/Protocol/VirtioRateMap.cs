namespace Pcm.Virtio;

/// <summary>
/// Service: how the driver maps frame rates in Hz to virtio's indices and back. A replacement can offer less or, for a private device, more.
/// Resolved once per card.
/// </summary>
/// <remarks>Thread safety: implementations are called from any thread and must not change their answers.</remarks>
public abstract class VirtioRateMap
{
    /// <summary>The specification's table, <see cref="VirtioPcmRates"/>.</summary>
    public static VirtioRateMap Default { get; } = new TableMap();

    /// <summary>The index for a SET_PARAMS. False when there is none.</summary>
    /// <param name="rateHz">What the application asks for.</param>
    /// <param name="index">Less than 64.</param>
    public abstract bool TryToVirtio(int rateHz, out byte index);

    /// <summary>What a bit of a PCM_INFO means. False when unknown: the bit is ignored.</summary>
    /// <param name="index">The bit's number, [0 .. 64).</param>
    /// <param name="rateHz">Its meaning.</param>
    public abstract bool TryFromVirtio(byte index, out int rateHz);

    private sealed class TableMap : VirtioRateMap
    {
        public override bool TryToVirtio(int rateHz, out byte index) => VirtioPcmRates.TryToVirtio(rateHz, out index);

        public override bool TryFromVirtio(byte index, out int rateHz) => VirtioPcmRates.TryFromVirtio(index, out rateHz);
    }
}
