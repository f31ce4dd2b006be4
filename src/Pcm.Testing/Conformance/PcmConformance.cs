namespace Pcm.Testing.Conformance;

/// <summary>Tries a backend against the laws that every backend must obey.</summary>
/// <remarks>Thread safety: static; runs do not share anything.</remarks>
public static class PcmConformance
{
    /// <summary>Every law, in the order in which they are tried: the simple ones first.</summary>
    public static IReadOnlyList<PcmLaw> Laws { get; } =
    [
        .. HardwareLaws.All, .. MonitorLaws.All, .. SetupLaws.All, .. TriggerLaws.All, .. PointerLaws.All, .. PeriodLaws.All, .. TransferLaws.All,
        .. XRunLaws.All, .. DrainLaws.All, .. PauseLaws.All, .. SuspendLaws.All, .. CloseLaws.All, .. FaultLaws.All, .. CancelLaws.All,
        .. UnplugLaws.All, .. TwoStreamLaws.All, .. DataLaws.All, .. AllocationLaws.All,
    ];

    /// <summary>The law with a name.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static PcmLaw Find(string name) =>
        Laws.FirstOrDefault(l => l.Name == name) ?? throw new ArgumentException($"There is no law '{name}'.", nameof(name));

    /// <summary>
    /// Tries every law. On the virtual clock all is done when this returns, and the same run gives the same report; in real time it takes as long as
    /// the audio of the laws, some minutes.
    /// </summary>
    /// <param name="target">The backend.</param>
    /// <param name="options">How; null: the defaults.</param>
    /// <param name="cancellationToken">Gives up between two steps.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async ValueTask<PcmConformanceReport> RunAsync(
        PcmConformanceTarget target, PcmConformanceOptions? options = null, CancellationToken cancellationToken = default)
    {
        var session = new PcmConformanceSession(target, options);
        var verdicts = new List<PcmVerdict>();
        foreach (PcmLaw law in Laws)
        {
            verdicts.Add(await session.CheckAsync(law, cancellationToken));
        }

        return new PcmConformanceReport(target.Name, verdicts);
    }
}
