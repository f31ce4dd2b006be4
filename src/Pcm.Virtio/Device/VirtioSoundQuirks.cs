namespace Pcm.Virtio;

/// <summary>
/// What real devices do otherwise than virtio says, or otherwise than a driver expects. A <see cref="VirtioSoundDevice"/> does it on demand, so that
/// a driver can be tested against it without the device. Each was seen of QEMU 10.0.2 (hw/audio/virtio-snd) or of rust-vmm's vhost-device-sound
/// (2026-07, null backend unless said otherwise).
/// </summary>
/// <remarks>Those marked "trap" change nothing for a driver that keeps to the rules. Thread safety: an enum.</remarks>
[Flags]
public enum VirtioSoundQuirks : uint
{
    /// <summary>A device as virtio says.</summary>
    None = 0,

    /// <summary>QEMU, vhost-device-sound: a command that is not legal in the present state is answered with OK. Here it then does nothing.</summary>
    NoStateMachine = 1 << 0,

    /// <summary>QEMU: after PREPARE, PCM_INFO's channels_max is the number of channels prepared.</summary>
    ChannelsMaxFollowsPrepare = 1 << 1,

    /// <summary>vhost-device-sound's ALSA backend: RELEASE of a stream that has nothing to release is a bad message.</summary>
    RefusesNeedlessRelease = 1 << 2,

    /// <summary>QEMU: a capture message that is not full has its status right behind the data, not at its end.</summary>
    StatusBehindData = 1 << 3,

    /// <summary>vhost-device-sound: capture messages never come back, not even at RELEASE; only a reset ends it.</summary>
    CaptureNeverCompletes = 1 << 4,

    /// <summary>QEMU: a playback message is done when the host's mixer has it, which is up to a period before it was played.</summary>
    CompletesEarly = 1 << 5,

    /// <summary>vhost-device-sound: a playback message is done at once, also before START, as long as there is room behind the device.</summary>
    CompletesAtOnce = 1 << 6,

    /// <summary>vhost-device-sound: the latency reported with a playback message is its length less 4, which is no whole number of frames.</summary>
    LatencyIsLengthLessFour = 1 << 7,

    /// <summary>QEMU (by its source): a stopped stream may hand back what is queued as if it had been played.</summary>
    StopReturnsQueued = 1 << 8,

    /// <summary>QEMU, vhost-device-sound: the event queue is never used.</summary>
    NoEvents = 1 << 9,

    /// <summary>vhost-device-sound: with EVENT_IDX, the device stops doing anything once the event queue has buffers. A reset revives it.</summary>
    EventIndexHangs = 1 << 10,

    /// <summary>QEMU: JACK_INFO is not supported, although the configuration space has jacks.</summary>
    JackInfoNotSupported = 1 << 11,

    /// <summary>vhost-device-sound: JACK_INFO is a bad message.</summary>
    JackInfoBadMessage = 1 << 12,

    /// <summary>QEMU: CHMAP_INFO is not supported, although the configuration space has channel maps.</summary>
    ChannelMapInfoNotSupported = 1 << 13,

    /// <summary>vhost-device-sound: the configuration space has one channel map less than there are.</summary>
    ChannelMapCountTooSmall = 1 << 14,

    /// <summary>
    /// QEMU's vhost-user-snd with <c>controls=off</c>: VIRTIO_SND_F_CTLS is offered and the configuration space ends before the number of control
    /// elements, which reads as all ones.
    /// </summary>
    ControlCountMissing = 1 << 15,

    /// <summary>QEMU: messages that were queued when the device was reset come back in the queue's next life, and break it.</summary>
    StaleCompletionsAfterReset = 1 << 16,

    /// <summary>QEMU, trap: a playback message that is no whole number of frames never comes back and blocks the stream until RELEASE.</summary>
    PartialFrameBlocks = 1 << 17,

    /// <summary>QEMU, trap: a capture message shorter than a period kills the device (there: a double free). Here: DEVICE_NEEDS_RESET.</summary>
    ShortCaptureMessageKills = 1 << 18,

    /// <summary>QEMU, trap: SET_PARAMS and RELEASE of a stream that is not there are not answered; DEVICE_NEEDS_RESET.</summary>
    UnknownStreamKills = 1 << 19,

    /// <summary>vhost-device-sound, trap: an unknown request is not answered, and nothing after it.</summary>
    UnknownRequestHangs = 1 << 20,

    /// <summary>QEMU, vhost-device-sound, trap: a request shorter than its code is never given back.</summary>
    ShortRequestIsLost = 1 << 21,

    /// <summary>QEMU, vhost-device-sound, trap: the item size of a query is ignored; items always come whole.</summary>
    IgnoresItemSize = 1 << 22,

    /// <summary>All that was seen of QEMU 10.0.2.</summary>
    Qemu = NoStateMachine | ChannelsMaxFollowsPrepare | StatusBehindData | CompletesEarly | NoEvents | JackInfoNotSupported | ChannelMapInfoNotSupported
        | StaleCompletionsAfterReset | PartialFrameBlocks | ShortCaptureMessageKills | UnknownStreamKills | ShortRequestIsLost | IgnoresItemSize,

    /// <summary>All that was seen of vhost-device-sound with its null backend.</summary>
    VhostDeviceSound = NoStateMachine | CaptureNeverCompletes | CompletesAtOnce | LatencyIsLengthLessFour | NoEvents | EventIndexHangs | JackInfoBadMessage
        | ChannelMapCountTooSmall | UnknownRequestHangs | ShortRequestIsLost | IgnoresItemSize,
}
