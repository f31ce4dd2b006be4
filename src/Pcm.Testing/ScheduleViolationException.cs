namespace Pcm.Testing;

/// <summary>A program that failed in one order of what could happen next.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class ScheduleViolationException : Exception
{
    /// <summary>Reports a violation.</summary>
    /// <param name="schedule">The choices that lead to it.</param>
    /// <param name="innerException">What the program threw.</param>
    public ScheduleViolationException(IReadOnlyList<int> schedule, Exception innerException)
        : base($"In the schedule [{string.Join(", ", schedule)}]: {innerException?.Message}", innerException)
    {
        Schedule = schedule;
    }

    /// <summary>The choices, for <see cref="ScheduleExplorer.Replay"/>.</summary>
    public IReadOnlyList<int> Schedule { get; }
}
