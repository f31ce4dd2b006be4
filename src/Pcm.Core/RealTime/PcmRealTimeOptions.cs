namespace Pcm;

/// <summary>What a <see cref="PcmRealTimeScheduler"/>, or a thread that is promoted, asks the system for; docs/REALTIME.md says what each is worth.</summary>
/// <remarks>Thread safety: an immutable value.</remarks>
public sealed record PcmRealTimeOptions
{
    /// <summary>The priority under SCHED_FIFO, <c>[1 .. 99]</c>; 0 does not ask for it. Default 50, below the threaded interrupts of a real-time kernel.</summary>
    public int Priority { get; init; } = 50;

    /// <summary>
    /// Locks the process's present and future memory (mlockall), so that no page fault waits for a disk. Off by default: the limit RLIMIT_MEMLOCK then
    /// also limits what the process can allocate.
    /// </summary>
    public bool LockMemory { get; init; }

    /// <summary>The thread's name.</summary>
    public string ThreadName { get; init; } = "pcm-realtime";
}
