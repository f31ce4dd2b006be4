namespace Pcm;

/// <summary>What the system granted a thread, a <see cref="PcmRealTimeScheduler"/>'s or the application's, of what it asked for.</summary>
/// <param name="Priority">The priority under SCHED_FIFO; 0 when it was not asked for or refused.</param>
/// <param name="MemoryLocked">Whether the memory is locked.</param>
/// <param name="Refused">What was refused, why, and what would help; empty when nothing was.</param>
/// <remarks>Thread safety: an immutable value.</remarks>
public sealed record PcmRealTimeGrant(int Priority, bool MemoryLocked, string Refused);
