namespace Pcm;

/// <summary>What can stand in a <see cref="PcmWaitQueue"/>: a call that waits, or somebody who wants to be told.</summary>
/// <remarks>Thread safety: the links under the stream lock; <see cref="Signal"/> from any thread.</remarks>
internal abstract class PcmWaitEntry
{
    public PcmWaitQueue? Queue { get; set; }

    public PcmWaitEntry? Next { get; set; }

    public PcmWaitEntry? Previous { get; set; }

    /// <summary>Ends the wait, once. Context: any thread, possibly under the stream lock; nothing of the waiting side runs inside.</summary>
    /// <returns>False when it had ended already.</returns>
    public abstract bool Signal(PcmWake wake);
}
