using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Pcm;

/// <summary>A set of sample formats: bit n stands for the <see cref="PcmFormat"/> with number n, as in the kernel's 64-bit masks.</summary>
/// <param name="Bits">The set as the kernel's mask.</param>
/// <remarks>
/// Can be written as a collection: <c>PcmFormats formats = [PcmFormat.S16LE, PcmFormat.S32LE];</c>.
/// Thread safety: immutable.
/// </remarks>
[CollectionBuilder(typeof(PcmFormats), nameof(Create))]
public readonly record struct PcmFormats(ulong Bits)
{
    /// <summary>No format.</summary>
    public static PcmFormats None => default;

    /// <summary>Every format that has a name.</summary>
    public static PcmFormats All { get; } = CreateAll();

    /// <summary>How many formats the set has.</summary>
    public int Count => BitOperations.PopCount(Bits);

    /// <summary>Whether the set has no format.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>The formats of both sets.</summary>
    public static PcmFormats operator |(PcmFormats left, PcmFormats right) => left.Union(right);

    /// <summary>The formats that are in both sets.</summary>
    public static PcmFormats operator &(PcmFormats left, PcmFormats right) => left.Intersect(right);

    /// <summary>The set of the given formats.</summary>
    /// <param name="formats">The members; order and repetition do not matter.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside [0 .. 64).</exception>
    public static PcmFormats Create(ReadOnlySpan<PcmFormat> formats)
    {
        ulong bits = 0;
        foreach (PcmFormat format in formats)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)format, 63u, nameof(formats));
            bits |= 1UL << (int)format;
        }

        return new PcmFormats(bits);
    }

    /// <summary>Whether <paramref name="format"/> is in the set.</summary>
    public bool Contains(PcmFormat format) => (uint)format < 64 && (Bits & (1UL << (int)format)) != 0;

    /// <summary>The formats of both sets.</summary>
    public PcmFormats Union(PcmFormats other) => new(Bits | other.Bits);

    /// <summary>The formats that are in both sets.</summary>
    public PcmFormats Intersect(PcmFormats other) => new(Bits & other.Bits);

    /// <summary>Enumerates the formats by rising number, without allocation.</summary>
    public Enumerator GetEnumerator() => new(Bits);

    /// <summary>ALSA's names by rising number, separated by blanks; the number where a value has no name.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (PcmFormat format in this)
        {
            if (text.Length > 0)
            {
                text.Append(' ');
            }

            text.Append(format.AlsaName() ?? ((int)format).ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static PcmFormats CreateAll()
    {
        ulong bits = 0;
        for (int value = 0; value < PcmFormatInfo.Count; value++)
        {
            bits |= ((PcmFormat)value).AlsaName() is null ? 0 : 1UL << value;
        }

        return new PcmFormats(bits);
    }

    /// <summary>Walks a <see cref="PcmFormats"/>.</summary>
    /// <remarks>Thread safety: one thread.</remarks>
    public struct Enumerator
    {
        private ulong _rest;

        internal Enumerator(ulong bits)
        {
            _rest = bits;
            Current = default;
        }

        /// <summary>The format reached.</summary>
        public PcmFormat Current { get; private set; }

        /// <summary>Goes to the next format; false at the end.</summary>
        public bool MoveNext()
        {
            if (_rest == 0)
            {
                return false;
            }

            Current = (PcmFormat)BitOperations.TrailingZeroCount(_rest);
            _rest &= _rest - 1;
            return true;
        }
    }
}
