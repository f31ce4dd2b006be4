using System.Globalization;
using System.Text;

namespace Pcm.Testing.Replay;

/// <summary>Sums over the results of many sequences.</summary>
/// <remarks>Thread safety: none; add from one thread.</remarks>
public sealed class TraceTotals
{
    private readonly Dictionary<string, int> _skipped = [];
    private readonly List<TraceMismatch> _mismatches = [];
    private readonly List<TraceDeviationFound> _deviations = [];

    /// <summary>Sequences replayed.</summary>
    public int Sequences { get; private set; }

    /// <summary>Steps replayed.</summary>
    public int Steps { get; private set; }

    /// <summary>Steps whose positions depend on time.</summary>
    public int TimedSteps { get; private set; }

    /// <summary>Of those, steps within one frame.</summary>
    public int TimedStepsInTolerance { get; private set; }

    /// <summary>Steps on which one frame of time decided between one frame and EAGAIN.</summary>
    public int Tolerated { get; private set; }

    /// <summary>Every difference.</summary>
    public IReadOnlyList<TraceMismatch> Mismatches => _mismatches;

    /// <summary>Known deviations, in order.</summary>
    public IReadOnlyList<TraceDeviationFound> Deviations => _deviations;

    /// <summary>Sequences that were not replayed, by reason.</summary>
    public IReadOnlyDictionary<string, int> Skipped => _skipped;

    /// <summary>Adds a sequence.</summary>
    /// <param name="result">How it went.</param>
    public void Add(TraceSequenceResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.SkipReason is { } reason)
        {
            _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1;
            return;
        }

        Sequences++;
        Steps += result.Steps;
        TimedSteps += result.TimedSteps;
        TimedStepsInTolerance += result.TimedStepsInTolerance;
        Tolerated += result.Tolerated;
        _mismatches.AddRange(result.Mismatches);
        if (result.Deviation is { } deviation)
        {
            _deviations.Add(deviation);
        }
    }

    /// <summary>One line, and one more for each kind of deviation and each reason to skip.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Sequences} sequences, {Steps} steps, {_mismatches.Count} mismatches");
        if (TimedStepsInTolerance > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"; {TimedStepsInTolerance} of {TimedSteps} timed steps within one frame");
        }

        if (Tolerated > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"; {Tolerated} results tolerated, where one frame of time decides");
        }

        foreach (IGrouping<string, TraceDeviationFound> deviation in _deviations.GroupBy(static d => d.Name))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{deviation.Count()} sequences end at a deliberate deviation: {deviation.Key}");
        }

        foreach ((string reason, int count) in _skipped)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nskipped {count}: {reason}");
        }

        return text.ToString();
    }
}
