namespace Pcm;

/// <summary>A set of access types: bit n stands for the <see cref="PcmAccess"/> with number n.</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum PcmAccesses : uint
{
    /// <summary>No access type.</summary>
    None = 0,

    /// <summary><see cref="PcmAccess.MmapInterleaved"/>.</summary>
    MmapInterleaved = 1 << PcmAccess.MmapInterleaved,

    /// <summary><see cref="PcmAccess.MmapNonInterleaved"/>.</summary>
    MmapNonInterleaved = 1 << PcmAccess.MmapNonInterleaved,

    /// <summary><see cref="PcmAccess.MmapComplex"/>.</summary>
    MmapComplex = 1 << PcmAccess.MmapComplex,

    /// <summary><see cref="PcmAccess.ReadWriteInterleaved"/>.</summary>
    ReadWriteInterleaved = 1 << PcmAccess.ReadWriteInterleaved,

    /// <summary><see cref="PcmAccess.ReadWriteNonInterleaved"/>.</summary>
    ReadWriteNonInterleaved = 1 << PcmAccess.ReadWriteNonInterleaved,
}
