namespace Pcm;

/// <summary>What <see cref="PcmSubstream.SyncPointer"/> finds (the kernel's <c>snd_pcm_sync_ptr</c>).</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public readonly record struct PcmPointers
{
    /// <summary>The state.</summary>
    public PcmState State { get; init; }

    /// <summary>The state before the last suspend.</summary>
    public PcmState SuspendedState { get; init; }

    /// <summary>The application position, frames, <c>[0 .. boundary)</c>.</summary>
    public long ApplicationPosition { get; init; }

    /// <summary>The hardware position at its last update, frames, <c>[0 .. boundary)</c>.</summary>
    public long HardwarePosition { get; init; }

    /// <summary>Frames that wake a poll.</summary>
    public long AvailMin { get; init; }

    /// <summary>When the position was read, nanoseconds; 0 without time stamps.</summary>
    public long TimestampNs { get; init; }

    /// <summary>Audio time then, nanoseconds.</summary>
    public long AudioTimestampNs { get; init; }
}
