namespace Pcm.Virtio;

/// <summary>The driver's replaceable services (D10), resolved once per card.</summary>
/// <param name="Formats">Sample formats to virtio's indices and back.</param>
/// <param name="Rates">Frame rates to virtio's indices and back.</param>
/// <param name="Pools">Makes the message pools.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record VirtioSoundServices(VirtioFormatMap Formats, VirtioRateMap Rates, PcmMessagePoolFactory Pools)
{
    /// <summary>The specification's tables and the DMA-backed pool.</summary>
    public static VirtioSoundServices Default { get; } = new(VirtioFormatMap.Default, VirtioRateMap.Default, PcmMessagePoolFactory.Default);
}
