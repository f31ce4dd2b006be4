namespace Pcm.Testing.Conformance;

/// <summary>One thing that every backend must do or must not do.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class PcmLaw
{
    internal PcmLaw(string area, string name, string statement, string source, Func<LawRun, Task>? scenario, params PcmCapability[] needs)
    {
        Area = area;
        Name = name;
        Statement = statement;
        Source = source;
        Scenario = scenario;
        Needs = needs;
    }

    /// <summary>The group it belongs to, such as <c>pointer</c>.</summary>
    public string Area { get; }

    /// <summary>Its name, such as <c>pointer-in-range</c>; unique.</summary>
    public string Name { get; }

    /// <summary>What it demands, one sentence.</summary>
    public string Statement { get; }

    /// <summary>Where the demand comes from: a member's documentation, or the kernel's behaviour.</summary>
    public string Source { get; }

    /// <summary>What a backend must be able to do for the law to mean anything.</summary>
    public IReadOnlyList<PcmCapability> Needs { get; }

    /// <summary>Only this direction; null: both.</summary>
    internal PcmDirection? Only { get; init; }

    /// <summary>Whether ops are observed while it runs; not where the observer's own allocations would count.</summary>
    internal bool IsObserved { get; init; } = true;

    /// <summary>The law's own sequence of verbs; null for a law that is watched while sequences of all kinds run.</summary>
    internal Func<LawRun, Task>? Scenario { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal PcmLaw In(PcmDirection direction) => Copy(direction, IsObserved);

    internal PcmLaw Unobserved() => Copy(Only, isObserved: false);

    private PcmLaw Copy(PcmDirection? only, bool isObserved) => new(Area, Name, Statement, Source, Scenario, [.. Needs]) { Only = only, IsObserved = isObserved };
}
