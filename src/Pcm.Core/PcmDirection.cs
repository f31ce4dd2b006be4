namespace Pcm;

/// <summary>The direction of a stream, with the kernel's numbers (<c>SNDRV_PCM_STREAM_*</c>).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmDirection
{
    /// <summary>The application writes, the hardware plays.</summary>
    Playback = 0,

    /// <summary>The hardware records, the application reads.</summary>
    Capture = 1,
}
