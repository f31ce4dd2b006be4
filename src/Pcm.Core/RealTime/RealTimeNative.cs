using System.Runtime.InteropServices;

namespace Pcm;

/// <summary>What Linux has for real-time threads. Numbers are those of its x86-64 and arm64 ABI.</summary>
internal static partial class RealTimeNative
{
    public const int SchedFifo = 1;
    public const int SchedResetOnFork = 0x4000_0000;
    public const int LockCurrentAndFuture = 1 | 2;
    public const int EventNonBlocking = 0x800;
    public const int EventCloseOnExec = 0x80000;
    public const short PollIn = 1;
    public const int Interrupted = 4;

    /// <summary>Asks for what the options want. Context: the thread that is to have it.</summary>
    public static PcmRealTimeGrant Ask(PcmRealTimeOptions options)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new PcmRealTimeGrant(0, false, options.Priority > 0 || options.LockMemory ? "Real-time priority and locked memory are for Linux only." : "");
        }

        var refused = new List<string>();
        int priority = options.Priority;
        if (priority > 0 && SetScheduler(0, SchedFifo | SchedResetOnFork, in priority) != 0) // the threads that it starts, the runtime's compiler too, are ordinary ones
        {
            priority = 0;
            refused.Add($"SCHED_FIFO {options.Priority} was refused ({Marshal.GetLastPInvokeErrorMessage()}): raise RLIMIT_RTPRIO (ulimit -r, rtprio in limits.conf) or grant CAP_SYS_NICE.");
        }

        bool locked = options.LockMemory && LockAll(LockCurrentAndFuture) == 0;
        if (options.LockMemory && !locked)
        {
            refused.Add($"mlockall was refused ({Marshal.GetLastPInvokeErrorMessage()}): raise RLIMIT_MEMLOCK (ulimit -l) or grant CAP_IPC_LOCK.");
        }

        return new PcmRealTimeGrant(priority, locked, string.Join(' ', refused));
    }

    [LibraryImport("libc", EntryPoint = "sched_getscheduler", SetLastError = true)]
    public static partial int GetScheduler(int thread);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    public static partial int Poll(ref PollEntry entries, nuint count, in TimeSpec timeout, nint signalMask);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, out ulong value, nuint bytes);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, in ulong value, nuint bytes);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int thread, int policy, in int priority);

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    private static partial int LockAll(int flags);

    /// <summary>struct pollfd.</summary>
    public struct PollEntry
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    /// <summary>struct timespec.</summary>
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
