namespace Pcm.Virtio;

/// <summary>Settings of the virtio-snd driver; the defaults are the Linux driver's module parameters.</summary>
/// <remarks>Thread safety: set before the driver probes; not changed afterwards.</remarks>
public sealed class VirtioSoundOptions
{
    /// <summary>How long a control request may take, and how long sync_stop waits for messages; positive. Default 1 s (<c>msg_timeout_ms</c>).</summary>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The ring's length in ms at the highest rate; default 160 (<c>pcm_buffer_ms</c>).</summary>
    public int BufferMs { get; set; } = 160;

    /// <summary>Fewest periods, at least 2; default 2.</summary>
    public int PeriodsMin { get; set; } = 2;

    /// <summary>Most periods; default 16.</summary>
    public int PeriodsMax { get; set; } = 16;

    /// <summary>Shortest period in ms at the highest rate; default 10.</summary>
    public int PeriodMsMin { get; set; } = 10;

    /// <summary>Longest period in ms, at most half of <see cref="BufferMs"/>; default 80.</summary>
    public int PeriodMsMax { get; set; } = 80;

    /// <summary>Most descriptors to ask for in the I/O queues, at least 8; the device may allow fewer. Default 1024.</summary>
    public int QueueSize { get; set; } = 1024;

    /// <summary>Ring features to use when the device offers them.</summary>
    public VirtioFeatures RingFeatures { get; set; } = VirtioFeatures.RingBits;

    /// <summary>
    /// How often in a row a device that asks for a reset (DEVICE_NEEDS_RESET), or that broke a queue, is reset and set up again; from a message that
    /// it finishes on, the count begins anew. Running streams are in XRUN by it, and play on after a prepare. 0: never; then, and when the
    /// count is used up, the card disconnects. Default 3.
    /// </summary>
    public int MaxRecoveries { get; set; } = 3;

    /// <summary>
    /// Quirk: playback messages have a multiple of so many bytes, 1 to 64; 1, the default: any whole frames. Periods are made so by a rule of hw_params,
    /// a message before a ring that runs dry by leaving the rest for the next, and the last message of a drain by silence behind it.
    /// For QEMU with a WAV file (4): its voice aborts QEMU when less than it has room for is left of a message, and that is no multiple of its own frame.
    /// </summary>
    public int PlaybackMessageMultiple { get; set; } = 1;

    /// <summary>Descriptors of the longest message: header, the audio in two pieces where it wraps around the ring's end, silence behind it, status.</summary>
    internal int MessageDescriptors => PlaybackMessageMultiple > 1 ? 5 : 4;

    /// <summary>Checks the ranges, as Linux does before it probes.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Validate() =>
        MessageTimeout <= TimeSpan.Zero ? $"{nameof(MessageTimeout)} is {MessageTimeout}; it must be positive."
        : PeriodsMin < 2 || PeriodsMin > PeriodsMax ? $"{nameof(PeriodsMin)} is {PeriodsMin}; it must be 2 .. {nameof(PeriodsMax)} ({PeriodsMax})."
        : PeriodMsMin < 1 || PeriodMsMin > PeriodMsMax ? $"{nameof(PeriodMsMin)} is {PeriodMsMin}; it must be 1 .. {nameof(PeriodMsMax)} ({PeriodMsMax})."
        : BufferMs < PeriodsMin * PeriodMsMin ? $"{nameof(BufferMs)} is {BufferMs}; it must be at least {nameof(PeriodsMin)} x {nameof(PeriodMsMin)} = {PeriodsMin * PeriodMsMin}."
        : PeriodMsMax > BufferMs / 2 ? $"{nameof(PeriodMsMax)} is {PeriodMsMax}; it must be at most half of {nameof(BufferMs)} ({BufferMs})."
        : MaxRecoveries < 0 ? $"{nameof(MaxRecoveries)} is {MaxRecoveries}; it must not be negative."
        : PlaybackMessageMultiple is < 1 or > 64 ? $"{nameof(PlaybackMessageMultiple)} is {PlaybackMessageMultiple}; it must be 1 .. 64."
        : QueueSize < 8 ? $"{nameof(QueueSize)} is {QueueSize}; it must be at least 8."
        : null;
}
