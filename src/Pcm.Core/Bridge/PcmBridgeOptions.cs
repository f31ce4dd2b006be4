namespace Pcm;

/// <summary>Settings of a <see cref="PcmBridge"/>.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record PcmBridgeOptions
{
    /// <summary>The sample format; null: S16_LE if both sides have it, else the first that they share.</summary>
    public PcmFormat? Format { get; init; }

    /// <summary>Channels; null: the number nearest to 2 that both sides have.</summary>
    public int? Channels { get; init; }

    /// <summary>Frames per second; null: the rate nearest to 48000 that both sides have.</summary>
    public int? Rate { get; init; }

    /// <summary>The length of each side's ring, as near as it can. A ring is half full when the playback starts: the cushion against drift and lateness.</summary>
    public TimeSpan BufferTime { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many frames to copy; null: until cancelled or the source ends.</summary>
    public long? Frames { get; init; }

    /// <summary>For a source that can end: how many frames it gave in all, once it has ended and only silence follows; null before.</summary>
    public Func<long?>? EndOfSource { get; init; }

    /// <summary>Hears how it goes after each piece; called by the task that runs the bridge, must not wait.</summary>
    public Action<PcmBridgeReport>? OnProgress { get; init; }
}
