namespace Pcm.Virtio;

/// <summary>Who put a message into a <see cref="SoundQueue"/>: a stream, the control channel, the event queue.</summary>
/// <remarks>Thread safety: per member.</remarks>
internal abstract class SoundMessageOwner
{
    /// <summary>Put on every message; one that comes back with another belongs to a former life and is only given back.</summary>
    public uint Generation { get; protected set; }

    /// <summary>Link of the list of owners that a drain touched. Context: the one drain under way.</summary>
    internal SoundMessageOwner? NextTouched { get; set; }

    /// <summary>On that list. Context: as <see cref="NextTouched"/>.</summary>
    internal bool IsTouched { get; set; }

    /// <summary>The device has finished with a message. Context: queue lock held; note it, call nothing.</summary>
    /// <param name="message">The owner's own number.</param>
    /// <param name="generation">The owner's generation when it was added.</param>
    /// <param name="written">Bytes written from the first writable one on; clamped to what is writable.</param>
    public abstract void Used_NeedsQueueLock(int message, uint generation, uint written);

    /// <summary>Acts on what was noted. Context: no lock held.</summary>
    public abstract void AfterUsed();

    /// <summary>The device lost access without finishing. Context: queue lock held.</summary>
    /// <param name="message">The owner's own number.</param>
    /// <param name="generation">The owner's generation when it was added.</param>
    public abstract void Reclaimed_NeedsQueueLock(int message, uint generation);
}
