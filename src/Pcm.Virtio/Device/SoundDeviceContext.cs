using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>What the parts of a sound device share.</summary>
/// <remarks>Thread safety: the device's executor only, except what is constant.</remarks>
internal sealed class SoundDeviceContext
{
    private readonly VirtioSoundQuirks _quirks;
    private VirtioDeviceBus? _bus;

    public SoundDeviceContext(ILogger log, SoundEventQueue events, VirtioSoundQuirks quirks, bool acceptsNeedlessRelease)
    {
        _quirks = quirks;
        Log = log;
        Events = events;
        AcceptsNeedlessRelease = acceptsNeedlessRelease && (quirks & VirtioSoundQuirks.RefusesNeedlessRelease) == 0;
        Executor = new BusScheduler(this);
    }

    public ILogger Log { get; }

    public SoundEventQueue Events { get; }

    public bool AcceptsNeedlessRelease { get; }

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

    /// <summary>The device's executor as the core knows one. Context: any thread, once the device was activated.</summary>
    public PcmScheduler Executor { get; }

    /// <summary>Whether the device misbehaves in this way.</summary>
    public bool Has(VirtioSoundQuirks quirk) => (_quirks & quirk) != 0;

    private sealed class BusScheduler(SoundDeviceContext context) : PcmScheduler
    {
        public override void Schedule(Action<object?> work, object? state) => context.Bus.Post(work, state);
    }
}
