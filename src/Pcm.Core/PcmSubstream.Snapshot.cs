using System.Runtime.CompilerServices;

namespace Pcm;

/// <content>Looking at the stream without its lock.</content>
public sealed partial class PcmSubstream
{
    /// <summary>Looks before the lock is taken after all: sections are short, so only a preempted holder is met that often.</summary>
    private const int SnapshotAttempts = 8;

    /// <summary>
    /// Where the stream stands, without taking its lock and without looking at the hardware: the position of the last interrupt, transfer or
    /// <see cref="HwSync"/>, as the kernel's memory-mapped status page has it. Any thread, as often as one likes; allocates nothing.
    /// </summary>
    /// <param name="snapshot">State and positions of one moment; default when closed.</param>
    /// <returns>False while closed.</returns>
    public bool TryGetSnapshot(out PcmSnapshot snapshot) => TryLook(out snapshot, out bool isOpen) ? isOpen : LookAgain(out snapshot);

    /// <summary>One look. False when somebody held the lock meanwhile.</summary>
    private bool TryLook(out PcmSnapshot snapshot, out bool isOpen)
    {
        PcmStreamGroup group = Volatile.Read(ref _group);
        if (!group.Stream.TryBeginRead(out uint sequence))
        {
            snapshot = default;
            isOpen = false;
            return false;
        }

        PcmRuntime? runtime = _runtime;
        isOpen = runtime is not null;
        if (runtime is not null)
        {
            snapshot = new PcmSnapshot(runtime);
        }
        else
        {
            snapshot = default;
        }

        // A stream leaves its group under that group's lock; a look that began after it left shows here.
        return group.Stream.EndRead(sequence) && ReferenceEquals(group, _group);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool LookAgain(out PcmSnapshot snapshot)
    {
        for (int attempt = 1; attempt < SnapshotAttempts; attempt++)
        {
            Thread.SpinWait(1 << attempt);
            if (TryLook(out snapshot, out bool isOpen))
            {
                return isOpen;
            }
        }

        PcmStreamLock held = EnterStream();
        try
        {
            PcmRuntime? runtime = _runtime;
            snapshot = runtime is null ? default : new PcmSnapshot(runtime);
            return runtime is not null;
        }
        finally
        {
            held.Exit();
        }
    }
}
