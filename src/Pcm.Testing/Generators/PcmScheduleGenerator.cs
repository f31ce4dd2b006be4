namespace Pcm.Testing;

/// <summary>
/// Random schedules of when hardware gets on, for <see cref="ManualOps"/>: mostly a period at a time and on time, now and then late, in part,
/// silently, or with an interrupt for nothing.
/// </summary>
/// <param name="random">What they are drawn from.</param>
/// <param name="periodFrames">Frames of a period, positive.</param>
/// <param name="rate">Frames per second, positive.</param>
/// <remarks>Thread safety: one thread, as <see cref="Random"/>.</remarks>
public sealed class PcmScheduleGenerator(Random random, int periodFrames, int rate)
{
    private readonly Random _random = random ?? throw new ArgumentNullException(nameof(random));

    /// <summary>How many of a hundred completions are out of the ordinary; 0 .. 100, default 30.</summary>
    public int DisturbedPercent { get; init; } = 30;

    /// <summary>Draws a schedule for so many periods; its frames add up to exactly these.</summary>
    /// <param name="periods">How many, not negative.</param>
    public IReadOnlyList<PcmCompletion> Next(int periods)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(periods);
        var schedule = new List<PcmCompletion>();
        for (int i = 0; i < periods; i++)
        {
            AddPeriod(schedule);
        }

        return schedule;
    }

    private void AddPeriod(List<PcmCompletion> schedule)
    {
        TimeSpan period = TimeOf(periodFrames);
        switch (_random.Next(100) < DisturbedPercent ? _random.Next(4) : -1)
        {
            case 0: // in two parts
                int part = _random.Next(1, periodFrames + 1);
                schedule.Add(new PcmCompletion(TimeOf(part), part, Interrupts: part == periodFrames));
                if (part < periodFrames)
                {
                    schedule.Add(new PcmCompletion(TimeOf(periodFrames - part), periodFrames - part));
                }

                break;
            case 1: // half a period late
                schedule.Add(new PcmCompletion(period * 1.5, periodFrames));
                break;
            case 2: // nobody hears of it
                schedule.Add(new PcmCompletion(period, periodFrames, Interrupts: false));
                break;
            case 3: // an interrupt for nothing before it
                schedule.Add(new PcmCompletion(period * 0.5, 0));
                schedule.Add(new PcmCompletion(period * 0.5, periodFrames));
                break;
            default:
                schedule.Add(new PcmCompletion(period, periodFrames));
                break;
        }
    }

    private TimeSpan TimeOf(int frames) => TimeSpan.FromSeconds((double)frames / rate);
}
