namespace Pcm;

/// <summary>One consistent snapshot of a substream (<c>SNDRV_PCM_IOCTL_STATUS</c>). Taking it clears <see cref="AvailMax"/> and <see cref="Overrange"/>.</summary>
/// <remarks>
/// As in the kernel, <see cref="State"/> is sampled before the pointer update: a snapshot that provokes an xrun still says Running.
/// Thread safety: an immutable value.
/// </remarks>
public readonly record struct PcmStatus
{
    /// <summary>The state before the update.</summary>
    public PcmState State { get; init; }

    /// <summary>The state before the last suspend; <see cref="PcmState.Open"/> when there was none.</summary>
    public PcmState SuspendedState { get; init; }

    /// <summary>The application position, frames, modulo the boundary.</summary>
    public long ApplicationPosition { get; init; }

    /// <summary>The hardware position, frames, modulo the boundary.</summary>
    public long HardwarePosition { get; init; }

    /// <summary>Frames until a frame written now is heard (or since a frame read now was captured), 0 unless running; negative while the hardware is ahead.</summary>
    public long Delay { get; init; }

    /// <summary>Frames that can be written or read.</summary>
    public long Avail { get; init; }

    /// <summary>The most frames available since the last snapshot.</summary>
    public long AvailMax { get; init; }

    /// <summary>ADC over-ranges since the last snapshot.</summary>
    public int Overrange { get; init; }

    /// <summary>When the last start, stop, pause, suspend or resume happened, nanoseconds of the core's clock; 0 before the first.</summary>
    public long TriggerTimestampNs { get; init; }

    /// <summary>When the position was read, nanoseconds; 0 without <see cref="PcmSwParams.Timestamps"/>.</summary>
    public long TimestampNs { get; init; }

    /// <summary>Audio time at <see cref="TimestampNs"/>, nanoseconds since the start of the stream.</summary>
    public long AudioTimestampNs { get; init; }

    /// <summary>When the driver reported, nanoseconds.</summary>
    public long DriverTimestampNs { get; init; }

    /// <summary>The kind of <see cref="AudioTimestampNs"/> really delivered.</summary>
    public PcmAudioTimestampType AudioTimestampType { get; init; }

    /// <summary>Accuracy of the audio time, nanoseconds; 0 = not reported.</summary>
    public uint AudioTimestampAccuracyNs { get; init; }
}
