namespace Pcm;

/// <summary>How many bits of a format's width matter (<c>SNDRV_PCM_SUBFORMAT_*</c>).</summary>
/// <remarks>Thread safety: an enum.</remarks>
public enum PcmSubformat
{
    /// <summary>Nothing is said.</summary>
    Standard = 0,

    /// <summary>All significant bits of the format.</summary>
    MsBitsMax = 1,

    /// <summary>The 20 most significant bits.</summary>
    MsBits20 = 2,

    /// <summary>The 24 most significant bits.</summary>
    MsBits24 = 3,
}
