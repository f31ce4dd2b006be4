using System.Runtime.CompilerServices;

namespace Pcm;

/// <content>Looking at the stream without its lock.</content>
public sealed partial class PcmSubstream
{
    /// <summary>Looks before the lock is taken after all: a publication is a few stores, so only a preempted one is met that often.</summary>
    private const int SnapshotAttempts = 8;

    private const ulong StateBits = 0xFF;
    private const ulong OpenBit = 1 << 8;
    private const ulong WritingBit = 1 << 9;
    private const ulong Version = 1 << 16;

    private Look _look;

    /// <summary>
    /// Where the stream stands, without taking its lock and without looking at the hardware: the position of the last interrupt, transfer or
    /// <see cref="HwSync"/>, as the kernel's memory-mapped status page has it. Any thread, as often as one likes; allocates nothing.
    /// </summary>
    /// <param name="snapshot">State and positions of one moment, at which nobody held the stream's lock; default when closed.</param>
    /// <returns>False while closed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // a call takes as long as the loads: the row "pointer" of bench/Pcm.Bench
    public bool TryGetSnapshot(out PcmSnapshot snapshot)
    {
        ulong word = Volatile.Read(ref _look.Word);
        snapshot = new PcmSnapshot((PcmState)(word & StateBits), _look.ApplicationPosition, _look.HardwarePosition, _look.Boundary, _look.Room);
        Volatile.ReadBarrier(); // the loads of the look come before this one
        if ((word & WritingBit) == 0 && _look.Word == word)
        {
            return (word & OpenBit) != 0;
        }

        snapshot = LookAgain(out bool isOpen);
        return isOpen;
    }

    /// <summary>Shows where the stream stands to those who look without the lock.</summary>
    internal void Publish_NeedsLock()
    {
        PcmRuntime? runtime = _runtime;
        Look now = default;
        if (runtime is not null)
        {
            now.Word = OpenBit | (ulong)runtime.Lifecycle.State;
            now.ApplicationPosition = runtime.ApplicationPosition;
            now.HardwarePosition = runtime.HardwarePosition;
            now.Boundary = runtime.Boundary;
            now.Room = runtime.Direction == PcmDirection.Playback ? runtime.BufferFrames : 0;
        }

        ulong word = _look.Word;
        bool unchanged = now.Word == (word & (StateBits | OpenBit)) && now.ApplicationPosition == _look.ApplicationPosition
            && now.HardwarePosition == _look.HardwarePosition && now.Boundary == _look.Boundary && now.Room == _look.Room;
        if (unchanged)
        {
            return; // most sections move nothing, and would only take the line from who looks
        }

        // A seqlock's writer (Linux's write_seqcount): first "being written", then the values, then the next version.
        _look.Word = word | WritingBit;
        Volatile.WriteBarrier(); // race: a reader that sees one of the new values must not see the old word after it
        _look.ApplicationPosition = now.ApplicationPosition;
        _look.HardwarePosition = now.HardwarePosition;
        _look.Boundary = now.Boundary;
        _look.Room = now.Room;
        Volatile.Write(ref _look.Word, ((word & ~(StateBits | OpenBit)) + Version) | now.Word);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PcmSnapshot LookAgain(out bool isOpen)
    {
        for (int attempt = 1; ; attempt++)
        {
            Thread.SpinWait(1 << Math.Min(attempt, SnapshotAttempts));
            if (attempt > SnapshotAttempts)
            {
                EnterStream().Exit(); // whoever was in the middle of it has ended it by now
            }

            ulong word = Volatile.Read(ref _look.Word);
            Look look = _look;
            Volatile.ReadBarrier(); // as in TryGetSnapshot
            if ((word & WritingBit) == 0 && _look.Word == word)
            {
                isOpen = (word & OpenBit) != 0;
                return new PcmSnapshot((PcmState)(word & StateBits), look.ApplicationPosition, look.HardwarePosition, look.Boundary, look.Room);
            }
        }
    }

    /// <summary>State and positions as the last section of the lock left them; together, so that a look touches one place and follows no reference.</summary>
    private struct Look
    {
        /// <summary>State, whether open, whether being written, and above them a version that each change counts up.</summary>
        public ulong Word;

        public long ApplicationPosition;
        public long HardwarePosition;
        public long Boundary;
        public int Room;
    }
}
