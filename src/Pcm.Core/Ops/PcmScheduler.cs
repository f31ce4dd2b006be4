using System.Collections.Concurrent;

namespace Pcm;

/// <summary>
/// Where work runs that must not run in the caller's context: the STOP owed after an xrun, device work, continuations of waits.
/// One injectable point, so that a test can run everything on one thread in one order.
/// </summary>
/// <remarks>Thread safety: every member may be called from any thread, with no lock of the core held by the callee.</remarks>
public abstract class PcmScheduler
{
    /// <summary>Runs work on the thread pool. The default.</summary>
    public static PcmScheduler ThreadPool { get; } = new ThreadPoolScheduler();

    /// <summary>
    /// Runs <paramref name="work"/> later, never inside this call. Work scheduled by one thread starts in that order; on the thread pool it may overlap.
    /// Context: any thread, possibly under a lock; must not wait.
    /// </summary>
    /// <param name="work">A static delegate, so that nothing is allocated.</param>
    /// <param name="state">Passed to <paramref name="work"/>.</param>
    public abstract void Schedule(Action<object?> work, object? state);

    /// <summary>
    /// Blocks the calling thread until <paramref name="signal"/> is set. A virtual clock runs the work that will set it instead of blocking.
    /// Context: no lock held.
    /// </summary>
    /// <param name="signal">Set by the event waited for, straight from the interrupt's thread.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait with an exception.</param>
    /// <returns>False when the time-out came first.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public virtual bool Block(ManualResetEventSlim signal, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signal);
        return signal.Wait(timeout, cancellationToken);
    }

    /// <summary>
    /// The pool would make an object for each delegate and its state: a period of each stream, 32 bytes. This one is queued itself, as often as there
    /// is work in its own queue, whose segments are used again.
    /// </summary>
    private sealed class ThreadPoolScheduler : PcmScheduler, IThreadPoolWorkItem
    {
        private readonly ConcurrentQueue<(Action<object?> Work, object? State)> _work = new();

        public override void Schedule(Action<object?> work, object? state)
        {
            ArgumentNullException.ThrowIfNull(work);
            _work.Enqueue((work, state));
            System.Threading.ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        void IThreadPoolWorkItem.Execute()
        {
            if (_work.TryDequeue(out (Action<object?> Work, object? State) item)) // there is one for each time that this was queued
            {
                item.Work(item.State);
            }
        }
    }
}
