using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>What the parts of a sound device share.</summary>
/// <remarks>Thread safety: the device's executor only, except what is constant.</remarks>
internal sealed class SoundDeviceContext(ILogger log, SoundEventQueue events, VirtioSoundQuirks quirks, bool acceptsNeedlessRelease)
{
    private VirtioDeviceBus? _bus;

    public ILogger Log { get; } = log;

    public SoundEventQueue Events { get; } = events;

    public bool AcceptsNeedlessRelease { get; } = acceptsNeedlessRelease && (quirks & VirtioSoundQuirks.RefusesNeedlessRelease) == 0;

    /// <summary>VIRTIO_SND_F_CTLS was agreed on.</summary>
    public bool HasControls { get; set; }

    /// <summary>By a quirk the device does nothing any more, until it is reset.</summary>
    public bool IsHung { get; set; }

    /// <summary>The bus of the last activation; kept after a reset, for the executor behind it, on which the audio sides are closed.</summary>
    public VirtioDeviceBus Bus
    {
        get => _bus ?? throw new InvalidOperationException("The device was never activated.");
        set => _bus = value;
    }

    /// <summary>Whether the device misbehaves in this way.</summary>
    public bool Has(VirtioSoundQuirks quirk) => (quirks & quirk) != 0;
}
