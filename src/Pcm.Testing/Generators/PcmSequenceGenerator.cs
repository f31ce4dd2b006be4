namespace Pcm.Testing;

/// <summary>Random sequences of what applications do; the same seed gives the same sequences.</summary>
/// <param name="random">What they are drawn from.</param>
/// <remarks>Thread safety: one thread, as <see cref="Random"/>.</remarks>
public sealed class PcmSequenceGenerator(Random random)
{
    private readonly Random _random = random ?? throw new ArgumentNullException(nameof(random));

    /// <summary>The verbs drawn from; all of them unless set. A verb that stands twice comes twice as often.</summary>
    public IReadOnlyList<PcmVerb> Verbs { get; init; } = Enum.GetValues<PcmVerb>();

    /// <summary>Steps at most, besides the beginning; at least 1.</summary>
    public int MaxLength { get; init; } = 24;

    /// <summary>Numbers go from 0 to this; not negative.</summary>
    public int MaxFrames { get; init; } = 1024;

    /// <summary>Begins with HwParams and Prepare, because most of what follows is refused otherwise. Default: yes.</summary>
    public bool BeginsPrepared { get; init; } = true;

    /// <summary>Draws a sequence.</summary>
    public IReadOnlyList<PcmStep> Next()
    {
        var steps = new List<PcmStep>();
        if (BeginsPrepared)
        {
            steps.Add(new PcmStep(PcmVerb.HwParams));
            steps.Add(new PcmStep(PcmVerb.Prepare));
        }

        for (int left = _random.Next(1, MaxLength + 1); left > 0; left--)
        {
            var step = new PcmStep(Verbs[_random.Next(Verbs.Count)]);
            steps.Add(step.HasNumber ? step with { Number = _random.Next(MaxFrames + 1) } : step);
        }

        return steps;
    }
}
