namespace Pcm;

/// <summary>A set of subformats: bit n stands for the <see cref="PcmSubformat"/> with number n.</summary>
/// <remarks>Thread safety: an enum.</remarks>
[Flags]
public enum PcmSubformats : uint
{
    /// <summary>The hardware says nothing about subformats.</summary>
    None = 0,

    /// <summary><see cref="PcmSubformat.Standard"/>.</summary>
    Standard = 1 << PcmSubformat.Standard,

    /// <summary><see cref="PcmSubformat.MsBitsMax"/>.</summary>
    MsBitsMax = 1 << PcmSubformat.MsBitsMax,

    /// <summary><see cref="PcmSubformat.MsBits20"/>.</summary>
    MsBits20 = 1 << PcmSubformat.MsBits20,

    /// <summary><see cref="PcmSubformat.MsBits24"/>.</summary>
    MsBits24 = 1 << PcmSubformat.MsBits24,
}
