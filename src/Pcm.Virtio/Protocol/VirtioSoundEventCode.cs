namespace Pcm.Virtio;

/// <summary>What an event reports (virtio 5.14.6: VIRTIO_SND_EVT_*).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum VirtioSoundEventCode : uint
{
    /// <summary>Something was plugged in; data is the jack id.</summary>
    JackConnected = 0x1000,

    /// <summary>Something was pulled out; data is the jack id.</summary>
    JackDisconnected = 0x1001,

    /// <summary>A period passed (shared-memory transport only); data is the stream id.</summary>
    PcmPeriodElapsed = 0x1100,

    /// <summary>A running stream had no message; data is the stream id.</summary>
    PcmXRun = 0x1101,

    /// <summary>A control element changed: <see cref="VirtioSoundControlEvent"/>.</summary>
    ControlNotify = 0x1200,
}
