namespace Pcm;

/// <summary>The known sample rates: between bit and hertz, and what sets of them mean.</summary>
/// <remarks>Thread safety: static and stateless.</remarks>
public static class PcmRateTable
{
    /// <summary>The known rates in hertz, by bit number of <see cref="PcmRates"/> (not sorted).</summary>
    public static ReadOnlySpan<uint> KnownHz =>
    [
        5512, 8000, 11025, 16000, 22050, 32000, 44100, 48000, 64000, 88200, 96000, 176400, 192000, 352800, 384000, 705600, 768000,
        12000, 24000, 128000,
    ];

    /// <summary>The bit of a rate; <see cref="PcmRates.Knot"/> when the rate is not a known one.</summary>
    /// <param name="hz">Hertz.</param>
    public static PcmRates FromHz(uint hz)
    {
        int bit = KnownHz.IndexOf(hz);
        return bit < 0 ? PcmRates.Knot : (PcmRates)(1u << bit);
    }

    /// <summary>The hertz of one rate bit; 0 when <paramref name="rate"/> is not exactly one known rate.</summary>
    /// <param name="rate">One bit.</param>
    public static uint ToHz(PcmRates rate)
    {
        int bit = System.Numerics.BitOperations.TrailingZeroCount((uint)rate);
        return bit < KnownHz.Length && (uint)rate == 1u << bit ? KnownHz[bit] : 0;
    }

    /// <summary>The least and the greatest known rate of a set.</summary>
    /// <param name="rates">The set; <see cref="PcmRates.Continuous"/> and <see cref="PcmRates.Knot"/> do not count.</param>
    /// <param name="minHz">The least, or 0.</param>
    /// <param name="maxHz">The greatest, or 0.</param>
    /// <returns>False when the set has no known rate (the kernel's -EINVAL).</returns>
    public static bool TryGetLimits(PcmRates rates, out uint minHz, out uint maxHz)
    {
        minHz = uint.MaxValue;
        maxHz = 0;
        for (int bit = 0; bit < KnownHz.Length; bit++)
        {
            if (((uint)rates & (1u << bit)) != 0)
            {
                minHz = Math.Min(minHz, KnownHz[bit]);
                maxHz = Math.Max(maxHz, KnownHz[bit]);
            }
        }

        if (maxHz != 0)
        {
            return true;
        }

        minHz = 0;
        return false;
    }

    /// <summary>
    /// The rates two devices have in common. <see cref="PcmRates.Continuous"/> on one side leaves the other side as it is,
    /// and <see cref="PcmRates.Knot"/> does so where neither side is continuous; known rates next to either do not count.
    /// </summary>
    public static PcmRates Intersect(PcmRates left, PcmRates right)
    {
        left = Sanitize(left);
        right = Sanitize(right);
        foreach (PcmRates wide in (ReadOnlySpan<PcmRates>)[PcmRates.Continuous, PcmRates.Knot])
        {
            if (left == wide)
            {
                return right;
            }

            if (right == wide)
            {
                return left;
            }
        }

        return left & right;
    }

    private static PcmRates Sanitize(PcmRates rates)
    {
        if ((rates & PcmRates.Continuous) != 0)
        {
            return PcmRates.Continuous;
        }

        return (rates & PcmRates.Knot) != 0 ? PcmRates.Knot : rates;
    }
}
