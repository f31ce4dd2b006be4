namespace Pcm.Virtio;

/// <summary>Work for a <see cref="SerialExecutor"/> that is pending at most once, however often it is asked for: a notification or an interrupt.</summary>
/// <remarks>Thread safety: safe from any thread; allocates nothing.</remarks>
internal sealed class CoalescedWork(SerialExecutor executor, Action<int> work, int argument)
{
    private int _pending;

    /// <summary>Sees to it that the work runs after this call. False when it was pending already.</summary>
    public bool Request()
    {
        if (Interlocked.Exchange(ref _pending, 1) != 0)
        {
            return false;
        }

        executor.Post(static self => ((CoalescedWork)self!).Run(), this);
        return true;
    }

    private void Run()
    {
        // First the flag, then the work: a request that comes while the work runs brings another run, since the work may have looked already.
        Interlocked.Exchange(ref _pending, 0);
        work(argument);
    }
}
