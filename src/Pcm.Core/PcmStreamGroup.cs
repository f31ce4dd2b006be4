namespace Pcm;

/// <summary>
/// The locks of one substream, or of several that are linked: linked streams share one gate and one stream lock, so that an action on the group
/// is one action. A substream that is alone is a group of one.
/// </summary>
/// <remarks>
/// Thread safety: <see cref="Members"/> changes only with the gate and the stream lock held; reading takes either.
/// Lock order: gate, then stream lock, then a backend's queue locks.
/// </remarks>
internal sealed class PcmStreamGroup
{
    private static long s_count;

    public PcmStreamGroup(PcmServices services)
    {
        Gate = new PcmGate(services);
        Stream = new PcmStreamLock(this);
    }

    /// <summary>The order in which two groups are locked.</summary>
    public long Order { get; } = Interlocked.Increment(ref s_count);

    /// <summary>One lifecycle verb at a time; held across awaits.</summary>
    public PcmGate Gate { get; }

    /// <summary>Pointers and state commits; never held across an await, an op that may wait, or user code.</summary>
    public PcmStreamLock Stream { get; }

    /// <summary>In the kernel's list order: the most recently linked first.</summary>
    public List<PcmSubstream> Members { get; } = [];

    /// <summary>Context: gate and stream lock held, unless the group is new.</summary>
    public void AddFirst(PcmSubstream substream)
    {
        Members.Insert(0, substream);
        Stream.MembersChanged();
    }

    /// <summary>Context: gate and stream lock held.</summary>
    public void Remove(PcmSubstream substream)
    {
        Members.Remove(substream);
        Stream.MembersChanged();
    }
}
