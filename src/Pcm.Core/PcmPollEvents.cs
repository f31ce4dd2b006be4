namespace Pcm;

/// <summary>What poll answers for a substream.</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum PcmPollEvents
{
    /// <summary>Nothing to report yet.</summary>
    None = 0,

    /// <summary>A transfer will not wait: space to write (playback) or frames to read (capture); also set with <see cref="Error"/>.</summary>
    Ready = 1,

    /// <summary>The state is one in which no transfer is possible.</summary>
    Error = 2,
}
