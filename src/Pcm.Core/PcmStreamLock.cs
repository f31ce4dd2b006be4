namespace Pcm;

/// <summary>
/// The stream lock of a group. Its sections are short and never wait, as those of the kernel's, which is a spin lock too: one atomic operation to
/// enter, a store to leave, where the framework's lock needs two atomic operations and a call for each. Who finds it taken spins, then gives its
/// turn away, then sleeps a millisecond at a time, for the holder can only have been preempted. Measured by the rows "write" and "avail" of
/// bench/Pcm.Bench: every transfer enters it twice, every interrupt once.
/// Leaving publishes where the members stand, for <see cref="PcmSubstream.TryGetSnapshot"/>.
/// </summary>
/// <remarks>Thread safety: that is what it is for. The lock may be entered again by its holder.</remarks>
internal sealed class PcmStreamLock(PcmStreamGroup group)
{
    private int _holder; // its thread's id; 0: nobody
    private int _depth;  // further entries of the holder

    public void Enter()
    {
        int me = Environment.CurrentManagedThreadId;
        if (Interlocked.CompareExchange(ref _holder, me, 0) != 0)
        {
            EnterSlow(me);
        }
    }

    public void Exit()
    {
        if (_depth > 0)
        {
            _depth--;
            return;
        }

        List<PcmSubstream> members = group.Members;
        for (int i = 0; i < members.Count; i++)
        {
            members[i].Publish_NeedsLock();
        }

        Volatile.Write(ref _holder, 0); // after every store of the section
    }

    private void EnterSlow(int me)
    {
        if (Volatile.Read(ref _holder) == me)
        {
            _depth++;
            return;
        }

        var spin = new SpinWait();
        do
        {
            spin.SpinOnce();
        }
        while (Volatile.Read(ref _holder) != 0 || Interlocked.CompareExchange(ref _holder, me, 0) != 0);
    }
}
