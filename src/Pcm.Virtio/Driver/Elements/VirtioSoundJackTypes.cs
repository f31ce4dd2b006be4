namespace Pcm.Virtio;

/// <summary>What a jack carries; the numbers are Linux's SND_JACK_*.</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum VirtioSoundJackTypes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Headphones.</summary>
    Headphone = 0x01,

    /// <summary>A microphone.</summary>
    Microphone = 0x02,

    /// <summary>Line out.</summary>
    LineOut = 0x04,

    /// <summary>Video out; with line out: a display with sound.</summary>
    VideoOut = 0x10,

    /// <summary>Line in.</summary>
    LineIn = 0x20,
}
