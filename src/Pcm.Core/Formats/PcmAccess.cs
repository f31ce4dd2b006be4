namespace Pcm;

/// <summary>How frames are laid out and reached (<c>SNDRV_PCM_ACCESS_*</c>).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmAccess
{
    /// <summary>Memory-mapped, channels interleaved.</summary>
    MmapInterleaved = 0,

    /// <summary>Memory-mapped, one area per channel.</summary>
    MmapNonInterleaved = 1,

    /// <summary>Memory-mapped, layout given per channel.</summary>
    MmapComplex = 2,

    /// <summary>Read/write transfer, channels interleaved.</summary>
    ReadWriteInterleaved = 3,

    /// <summary>Read/write transfer, one area per channel.</summary>
    ReadWriteNonInterleaved = 4,
}
