using static Pcm.PcmChannelPosition;

namespace Pcm;

/// <summary>The channel maps that devices without one of their own have, and the parts of a <see cref="PcmChannelPosition"/>.</summary>
/// <remarks>Thread safety: static and stateless.</remarks>
public static class PcmChannelMaps
{
    /// <summary>The part of a <see cref="PcmChannelPosition"/> that is the position (the rest is flags).</summary>
    public const int PositionMask = 0xFFFF;

    private static ReadOnlySpan<PcmChannelPosition> Standard8 => [FrontLeft, FrontRight, RearLeft, RearRight, FrontCenter, LowFrequency, SideLeft, SideRight];

    private static ReadOnlySpan<PcmChannelPosition> Alternative8 => [FrontLeft, FrontRight, FrontCenter, LowFrequency, RearLeft, RearRight, SideLeft, SideRight];

    /// <summary>The usual map for a channel count: the rear pair before center and LFE.</summary>
    /// <param name="channels">1, 2, 4, 6 or 8; there is no standard map for another count.</param>
    /// <returns>One position per channel; empty for another count.</returns>
    public static ReadOnlySpan<PcmChannelPosition> Standard(int channels) => channels switch
    {
        1 => [Mono],
        2 or 4 or 6 or 8 => Standard8[..channels],
        _ => default,
    };

    /// <summary>The other map in use: center and LFE before the rear pair. The same as <see cref="Standard"/> up to four channels.</summary>
    /// <param name="channels">1, 2, 4, 6 or 8; there is no standard map for another count.</param>
    /// <returns>One position per channel; empty for another count.</returns>
    public static ReadOnlySpan<PcmChannelPosition> Alternative(int channels) => channels switch
    {
        6 or 8 => Alternative8[..channels],
        _ => Standard(channels),
    };

    /// <summary>The position without its flags.</summary>
    public static PcmChannelPosition Position(this PcmChannelPosition value) => (PcmChannelPosition)((int)value & PositionMask);
}
