namespace Pcm;

/// <summary>
/// Puts something between the core and the ops of a backend: a recorder, a fault injector, a checker. The backend and the application stay as they are.
/// Registered as a service, it applies to every card of the program; given to <see cref="PcmServices"/>, to the cards made with these.
/// </summary>
/// <remarks>Thread safety: <see cref="Decorate"/> is called while a card adds its devices, on the thread that builds the card.</remarks>
public abstract class PcmOpsDecorator
{
    /// <summary>
    /// Wraps the ops of one substream. Context: any; while the device is added to its card. Must not wait.
    /// Ownership: what is returned owns <paramref name="ops"/> and disposes it, unless it is <paramref name="ops"/> itself.
    /// </summary>
    /// <param name="ops">The backend's ops, or those of the decorator before.</param>
    /// <param name="direction">The substream's direction.</param>
    /// <param name="substream">The substream's number, from 0.</param>
    public abstract PcmOps Decorate(PcmOps ops, PcmDirection direction, int substream);
}
