using System.Runtime.InteropServices;

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
            // A span, because a list is looked at again for each member.
            foreach (PcmSubstream member in CollectionsMarshal.AsSpan(group.Members))
            {
                member.Publish_NeedsLock();
            }
        }

        _lock.Exit();
    }
}
