namespace Pcm;

/// <summary>
/// The stream lock of a group: a <see cref="PcmSpinLock"/> whose leaving publishes where the members stand, for
/// <see cref="PcmSubstream.TryGetSnapshot"/>. Every transfer enters it twice, every interrupt once.
/// </summary>
/// <remarks>Thread safety: that is what it is for. The lock may be entered again by its holder.</remarks>
internal sealed class PcmStreamLock(PcmStreamGroup group)
{
    private PcmSpinLock _lock;
    private PcmSubstream? _only; // of a group of one: two references less to follow, in a stream that the cache has forgotten since its last period

    public void Enter() => _lock.Enter();

    public void Exit()
    {
        if (!_lock.IsNested)
        {
            if (_only is { } only)
            {
                only.Publish_NeedsLock();
            }
            else
            {
                PublishAll_NeedsLock();
            }
        }

        _lock.Exit();
    }

    /// <summary>The group has other members now. Context: held, unless the group is new.</summary>
    public void MembersChanged() => _only = group.Members.Count == 1 ? group.Members[0] : null;

    private void PublishAll_NeedsLock()
    {
        foreach (PcmSubstream member in group.Members)
        {
            member.Publish_NeedsLock();
        }
    }
}
