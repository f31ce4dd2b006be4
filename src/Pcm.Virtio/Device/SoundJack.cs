namespace Pcm.Virtio;

/// <summary>A jack's present state.</summary>
/// <remarks>Thread safety: the device's executor only.</remarks>
internal sealed class SoundJack(VirtioSoundJackOptions options)
{
    private const uint PlaceMask = 0xFF;

    private uint _place = options.DefaultConfiguration & PlaceMask;

    public bool IsConnected { get; set; } = options.IsConnected;

    public VirtioSoundJackInfo Info => new()
    {
        HdaFunctionNode = options.HdaFunctionNode,
        Features = (uint)options.Features,
        DefaultConfiguration = (options.DefaultConfiguration & ~PlaceMask) | _place,
        Capabilities = options.Capabilities,
        Connected = IsConnected ? (byte)1 : (byte)0,
    };

    /// <summary>Gives the jack another association (bits 4-7 of the configuration word) and sequence (bits 0-3).</summary>
    public VirtioSoundStatusCode Remap(uint association, uint sequence)
    {
        if ((options.Features & VirtioSoundJackFeatures.Remap) == 0)
        {
            return VirtioSoundStatusCode.NotSupported;
        }

        if (association > 15 || sequence > 15)
        {
            return VirtioSoundStatusCode.BadMessage;
        }

        _place = (association << 4) | sequence;
        return VirtioSoundStatusCode.Ok;
    }

    /// <summary>Back to the place of the options; what is plugged in stays.</summary>
    public void Reset() => _place = options.DefaultConfiguration & PlaceMask;
}
