namespace Pcm.Fuzz;

/// <summary>Something to fuzz. Keeps its rigs from case to case; each case starts from the same state all the same.</summary>
/// <remarks>Thread safety: none; one thread.</remarks>
internal abstract class FuzzTarget : IDisposable
{
    public abstract string Name { get; }

    public static FuzzTarget Create(string name) => name switch
    {
        "driver" => new DriverTarget(),
        "device" => new DeviceTarget(),
        _ => throw new ArgumentException($"There is no target '{name}'; there are driver and device.", nameof(name)),
    };

    /// <summary>The case of a seed. The first step is the set-up, and is never left out.</summary>
    public abstract FuzzOp[] Generate(ulong seed);

    /// <summary>Runs a case. An exception is a finding.</summary>
    public abstract void Run(ReadOnlySpan<FuzzOp> steps);

    /// <summary>What a step does, for a person.</summary>
    public abstract string Describe(in FuzzOp step);

    /// <summary>Throws the rigs away: a finding left them in any state.</summary>
    public abstract void Discard();

    public void Dispose() => Discard();
}
