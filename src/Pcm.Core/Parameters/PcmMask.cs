using System.Globalization;
using System.Numerics;

namespace Pcm;

/// <summary>
/// A set of choices of a mask parameter: 256 bits of storage, of which, as in the kernel, only the first 64 are ever examined.
/// </summary>
/// <remarks>
/// Refining leaves bits 64 to 255 as the caller set them; only choosing one bit clears them. Mutable, so keep it in a field or a local.
/// Thread safety: one thread at a time.
/// </remarks>
public record struct PcmMask
{
    private ulong _word1;
    private ulong _word2;
    private ulong _word3;

    /// <summary>A mask with the given first 64 bits and no other.</summary>
    /// <param name="bits">Bit n stands for the choice with number n.</param>
    public PcmMask(ulong bits) => Bits = bits;

    /// <summary>Everything that is ever examined: the first 64 bits.</summary>
    public static PcmMask Any => new(ulong.MaxValue);

    /// <summary>All 256 bits: what an application passes that leaves the choice open.</summary>
    public static PcmMask All => new(ulong.MaxValue) { _word1 = ulong.MaxValue, _word2 = ulong.MaxValue, _word3 = ulong.MaxValue };

    /// <summary>The first 64 bits.</summary>
    public ulong Bits { get; set; }

    /// <summary>Whether no choice is left.</summary>
    public readonly bool IsEmpty => Bits == 0;

    /// <summary>Whether not more than one choice is left. As in the kernel, an empty mask counts as single.</summary>
    public readonly bool IsSingle => (Bits & (Bits - 1)) == 0;

    /// <summary>The choice with the lowest number; 0 when there is none.</summary>
    public readonly int Lowest => Bits == 0 ? 0 : BitOperations.TrailingZeroCount(Bits);

    /// <summary>The choice with the highest number; 0 when there is none.</summary>
    public readonly int Highest => Bits == 0 ? 0 : BitOperations.Log2(Bits);

    /// <summary>The mask with one choice.</summary>
    /// <param name="choice">[0 .. 64).</param>
    public static PcmMask Of(int choice)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)choice, 63u, nameof(choice));
        return new PcmMask(1UL << choice);
    }

    /// <summary>64 bits of the storage.</summary>
    /// <param name="index">[0 .. 4); 0 is <see cref="Bits"/>, the others are carried but never examined.</param>
    public readonly ulong GetWord(int index) => index switch
    {
        0 => Bits,
        1 => _word1,
        2 => _word2,
        3 => _word3,
        _ => throw new ArgumentOutOfRangeException(nameof(index), index, "A mask has four words of 64 bits."),
    };

    /// <summary>Whether <paramref name="choice"/> is left.</summary>
    public readonly bool Contains(int choice) => (uint)choice < 64 && (Bits & (1UL << choice)) != 0;

    /// <summary>Keeps what <paramref name="other"/> has too.</summary>
    /// <returns>1 when that changed the mask, 0 when not, -EINVAL when nothing is left.</returns>
    public int Refine(in PcmMask other)
    {
        ulong before = Bits;
        Bits &= other.Bits;
        if (Bits == 0)
        {
            return PcmRefinement.Empty;
        }

        return Bits == before ? PcmRefinement.Unchanged : PcmRefinement.Changed;
    }

    /// <summary>Keeps the lowest choice only, and clears all other storage.</summary>
    /// <returns>1; 0 when the mask was single, which leaves it alone.</returns>
    public int RefineFirst() => Leave(Lowest);

    /// <summary>Keeps the highest choice only, and clears all other storage.</summary>
    /// <returns>1; 0 when the mask was single, which leaves it alone.</returns>
    public int RefineLast() => Leave(Highest);

    /// <summary>The first 64 bits in hexadecimal, with <c>+</c> when others are set.</summary>
    public override readonly string ToString() =>
        Bits.ToString("x", CultureInfo.InvariantCulture) + ((_word1 | _word2 | _word3) == 0 ? "" : "+");

    private int Leave(int choice)
    {
        if (IsSingle)
        {
            return PcmRefinement.Unchanged;
        }

        this = new PcmMask(1UL << choice);
        return PcmRefinement.Changed;
    }
}
