using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>What the parts of a sound device share.</summary>
internal sealed class SoundDeviceContext(ILogger log, SoundEventQueue events, bool acceptsNeedlessRelease)
{
    private VirtioDeviceBus? _bus;

    public ILogger Log { get; } = log;

    public SoundEventQueue Events { get; } = events;

    public bool AcceptsNeedlessRelease { get; } = acceptsNeedlessRelease;

    /// <summary>The bus of the last activation; kept after a reset, for the executor behind it, on which the audio sides are closed.</summary>
    public VirtioDeviceBus Bus
    {
        get => _bus ?? throw new InvalidOperationException("The device was never activated.");
        set => _bus = value;
    }
}
