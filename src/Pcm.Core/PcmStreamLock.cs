namespace Pcm;

/// <summary>
/// The stream lock of a group: a <see cref="PcmSpinLock"/> whose leaving publishes where the members stand, for
/// <see cref="PcmSubstream.TryGetSnapshot"/>. Every transfer enters it twice, every interrupt once.
/// </summary>
/// <remarks>Thread safety: that is what it is for. The lock may be entered again by its holder.</remarks>
internal sealed class PcmStreamLock(PcmStreamGroup group)
{
    private PcmSpinLock _lock;

    public void Enter() => _lock.Enter();

    public void Exit()
    {
        if (!_lock.IsNested)
        {
            List<PcmSubstream> members = group.Members;
            for (int i = 0; i < members.Count; i++)
            {
                members[i].Publish_NeedsLock();
            }
        }

        _lock.Exit();
    }
}
