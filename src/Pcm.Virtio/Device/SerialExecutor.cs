namespace Pcm.Virtio;

/// <summary>
/// Runs work one item after another, in order, on a <see cref="PcmScheduler"/> that may run things in parallel. What it runs may post more.
/// </summary>
/// <remarks>Thread safety: posting is safe from any thread, also under a lock.</remarks>
internal sealed class SerialExecutor(PcmScheduler scheduler)
{
    // A turn is bounded, so that a device that is kept busy does not keep a scheduler's thread for ever.
    private const int ItemsPerTurn = 64;

    private readonly Lock _lock = new();
    private Queue<(Action<object?> Work, object? State)> _posted = new();
    private Queue<(Action<object?> Work, object? State)> _taken = new(); // of the turn under way, so that taking an item needs no lock
    private bool _scheduled;

    public void Post(Action<object?> work, object? state)
    {
        bool schedule;
        lock (_lock)
        {
            _posted.Enqueue((work, state));
            schedule = !_scheduled;
            _scheduled = true;
        }

        if (schedule)
        {
            Schedule();
        }
    }

    private void Schedule() => scheduler.Schedule(static executor => ((SerialExecutor)executor!).RunTurn(), this);

    private void RunTurn()
    {
        bool more = true;
        try
        {
            for (int i = 0; i < ItemsPerTurn && (more = TryTake(out (Action<object?> Work, object? State) item)); i++)
            {
                item.Work(item.State);
            }
        }
        finally
        {
            // Also after an exception of the work, which goes to the scheduler: the rest must not be lost with it.
            if (more)
            {
                Schedule();
            }
        }
    }

    /// <summary>The next item. Context: the turn under way, of which there is one at a time.</summary>
    private bool TryTake(out (Action<object?> Work, object? State) item)
    {
        if (_taken.TryDequeue(out item))
        {
            return true;
        }

        lock (_lock)
        {
            (_posted, _taken) = (_taken, _posted);
            _scheduled = _taken.TryDequeue(out item);
            return _scheduled;
        }
    }
}
