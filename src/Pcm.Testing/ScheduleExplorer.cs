namespace Pcm.Testing;

/// <summary>
/// Runs a program again and again on virtual clocks of its own, each time in another order of what could happen next, until every order within a
/// bound was tried: for races, which a test of one order cannot show the absence of. The bound is on delays: to let the i-th of several
/// ready items go first costs i, and a run may cost <see cref="MaxDelays"/>. Whatever fits the bound is tried exactly once, and always in the same order.
/// </summary>
/// <remarks>
/// What can be reordered: work on <see cref="VirtualClock.Scheduler"/>, continuations of awaits, and the next timer, which may come before work that is
/// ready. What a piece of work does until it awaits or returns is not divided, so data races within it are not found.
/// Thread safety: none; explores on the calling thread.
/// </remarks>
public sealed class ScheduleExplorer
{
    private readonly List<(int Choice, int Options)> _path = [];
    private int _position;

    /// <summary>The most delays of one run, not negative. Default 2.</summary>
    public int MaxDelays { get; init; } = 2;

    /// <summary>After so many runs it stops; at least 1. Default: no limit.</summary>
    public long MaxSchedules { get; init; } = long.MaxValue;

    /// <summary>Explores.</summary>
    /// <param name="program">
    /// The program. It makes everything anew, and calls the action it is given where the orders begin to matter: before that, all runs are alike.
    /// A second call ends that, for what is to be checked undisturbed.
    /// What it throws is a violation.
    /// </param>
    /// <returns>How many schedules were run, all different.</returns>
    /// <exception cref="ScheduleViolationException">The program threw; the message has the schedule, for <see cref="Replay"/>.</exception>
    public long Explore(Func<VirtualClock, Action, Task> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        _path.Clear();
        long schedules = 0;
        do
        {
            RunOnce(program);
            schedules++;
        }
        while (schedules < MaxSchedules && NextPath());

        return schedules;
    }

    /// <summary>Runs one schedule, to look at it.</summary>
    /// <param name="schedule">The choices, as in the message of a <see cref="ScheduleViolationException"/>.</param>
    /// <param name="program">The program; see <see cref="Explore"/>.</param>
    /// <exception cref="ScheduleViolationException">The program threw.</exception>
    public void Replay(IReadOnlyList<int> schedule, Func<VirtualClock, Action, Task> program)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(program);
        _path.Clear();
        _path.AddRange(schedule.Select(static choice => (choice, int.MaxValue)));
        RunOnce(program);
    }

    private void RunOnce(Func<VirtualClock, Action, Task> program)
    {
        var clock = new VirtualClock { InstantStepLimit = 100_000 };
        _position = 0;
        try
        {
            clock.Run(() => program(clock, () => clock.Choose = clock.Choose is null ? Choose : null));
        }
        catch (Exception e)
        {
            throw new ScheduleViolationException([.. _path.Take(_position).Select(static c => c.Choice)], e);
        }
    }

    private int Choose(int options)
    {
        if (_position == _path.Count)
        {
            _path.Add((0, options));
        }

        int choice = _path[_position].Choice;
        _path[_position] = (choice, options); // of a replayed path the options are not known before
        _position++;
        return Math.Min(choice, options - 1);
    }

    /// <summary>The next path in order, depth first.</summary>
    private bool NextPath()
    {
        _path.RemoveRange(_position, _path.Count - _position);
        int cost = _path.Sum(static c => c.Choice);
        while (_path.Count > 0)
        {
            (int choice, int options) = _path[^1];
            if (choice + 1 < options && cost < MaxDelays)
            {
                _path[^1] = (choice + 1, options);
                return true;
            }

            cost -= choice;
            _path.RemoveAt(_path.Count - 1);
        }

        return false;
    }
}
