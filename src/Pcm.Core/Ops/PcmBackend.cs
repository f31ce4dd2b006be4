namespace Pcm;

/// <summary>Finds cards of one kind: the entry point of a backend package. Its ops do the rest.</summary>
/// <remarks>Thread safety: <see cref="ProbeAsync"/> is called once, by the registry.</remarks>
public abstract class PcmBackend
{
    /// <summary>The backend's name, such as <c>null</c> or <c>virtio</c>.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Finds and returns the backend's cards. Context: may wait.
    /// Errors: throw; <see cref="IOException"/> and its kin with a message that says what to do about it.
    /// </summary>
    /// <param name="services">Clock, scheduler, log, options for the cards.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract ValueTask<IReadOnlyList<PcmCard>> ProbeAsync(PcmServices services, CancellationToken cancellationToken);
}
