namespace Pcm;

/// <summary>
/// The stream lock of a group, and a sequence number beside it by which a reader sees what the lock guards without taking it: even while the
/// lock is free, odd while it is held, so a look that begins and ends at one even number saw no section in the middle (Linux's seqlock).
/// Reason: an application that asks where its stream is, from a real-time thread or a thousand times a second, must neither wait for a
/// preempted holder nor slow the interrupt down. Measured by the rows "pointer" and "avail" of bench/Pcm.Bench.
/// </summary>
/// <remarks>Thread safety: that is what it is for. The lock may be entered again by its holder.</remarks>
internal sealed class PcmStreamLock
{
    private readonly Lock _lock = new();
    private int _depth; // guarded by the lock
    private uint _sequence;

    public void Enter()
    {
        _lock.Enter();
        if (_depth++ == 0)
        {
            _sequence++;

            // Race: a reader that sees a store of this section must not see the even number of before it.
            Volatile.WriteBarrier();
        }
    }

    public void Exit()
    {
        if (--_depth == 0)
        {
            Volatile.Write(ref _sequence, _sequence + 1); // after every store of the section
        }

        _lock.Exit();
    }

    /// <summary>Begins a look. False while the lock is held.</summary>
    /// <param name="sequence">For <see cref="EndRead"/>.</param>
    public bool TryBeginRead(out uint sequence)
    {
        sequence = Volatile.Read(ref _sequence);
        return (sequence & 1) == 0;
    }

    /// <summary>Ends a look. False: the lock was taken meanwhile, and what was read is worth nothing.</summary>
    public bool EndRead(uint sequence)
    {
        Volatile.ReadBarrier(); // the loads of the look come before this one
        return _sequence == sequence;
    }
}
