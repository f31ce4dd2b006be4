namespace Pcm.Virtio;

/// <summary>How time goes in the machine that QEMU runs.</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum QemuClock
{
    /// <summary>
    /// From timer to timer at once: audio takes no longer than copying it. The device may be faster than any application, so an application
    /// that must not underrun sets a stop threshold above its buffer (<see cref="PcmSwParams.StopThreshold"/>); what is played is exact all the same.
    /// </summary>
    Free,

    /// <summary>The system's clock: a second takes a second.</summary>
    Wall,

    /// <summary>
    /// The clock that the device was started with (<see cref="QemuDevice.StartAsync"/>), followed in steps of a millisecond: on a virtual clock QEMU's
    /// device keeps virtual time, and everything happens on that clock's thread. QEMU keeps one of the host's processors busy.
    /// </summary>
    Stepped,
}
