namespace Pcm;

/// <summary>
/// Arithmetic of intervals as the kernel's rules do it: bounds are rounded outwards and become open where a remainder was lost,
/// products saturate at 2^32-1, a division by zero is 2^32-1. A result is empty when an operand is.
/// </summary>
/// <remarks>Thread safety: static and stateless.</remarks>
public static class PcmIntervalMath
{
    /// <summary>left * right.</summary>
    public static PcmInterval Multiply(in PcmInterval left, in PcmInterval right) => left.IsEmpty || right.IsEmpty
        ? new PcmInterval { IsEmpty = true }
        : new PcmInterval
        {
            Min = Saturate((ulong)left.Min * right.Min),
            OpenMin = left.OpenMin || right.OpenMin,
            Max = Saturate((ulong)left.Max * right.Max),
            OpenMax = left.OpenMax || right.OpenMax,
            IsInteger = left.IsInteger && right.IsInteger,
        };

    /// <summary>left / right.</summary>
    public static PcmInterval Divide(in PcmInterval left, in PcmInterval right) => MultiplyByThenDivide(left, 1, right);

    /// <summary>left * right / divisor.</summary>
    public static PcmInterval MultiplyThenDivideBy(in PcmInterval left, in PcmInterval right, uint divisor)
    {
        if (left.IsEmpty || right.IsEmpty)
        {
            return new PcmInterval { IsEmpty = true };
        }

        uint min = MultiplyDivide(left.Min, right.Min, divisor, out bool minRemainder);
        uint max = MultiplyDivide(left.Max, right.Max, divisor, out bool maxRemainder);
        return new PcmInterval
        {
            Min = min,
            OpenMin = minRemainder || left.OpenMin || right.OpenMin,
            Max = maxRemainder ? max + 1 : max,
            OpenMax = maxRemainder || left.OpenMax || right.OpenMax,
        };
    }

    /// <summary>left * factor / right. The upper bound is 2^32-1, closed, when <paramref name="right"/> reaches down to 0.</summary>
    public static PcmInterval MultiplyByThenDivide(in PcmInterval left, uint factor, in PcmInterval right)
    {
        if (left.IsEmpty || right.IsEmpty)
        {
            return new PcmInterval { IsEmpty = true };
        }

        var result = new PcmInterval
        {
            Min = MultiplyDivide(left.Min, factor, right.Max, out bool minRemainder),
            Max = uint.MaxValue,
        };
        result.OpenMin = minRemainder || left.OpenMin || right.OpenMax;
        if (right.Min > 0)
        {
            uint max = MultiplyDivide(left.Max, factor, right.Min, out bool maxRemainder);
            result.Max = maxRemainder ? max + 1 : max;
            result.OpenMax = maxRemainder || left.OpenMax || right.OpenMin;
        }

        return result;
    }

    private static uint Saturate(ulong product) => product > uint.MaxValue ? uint.MaxValue : (uint)product;

    /// <summary>a * b / c; a saturated quotient has no remainder, so the caller's rounding up cannot overflow.</summary>
    private static uint MultiplyDivide(uint a, uint b, uint c, out bool remainder)
    {
        ulong product = (ulong)a * b;
        ulong quotient = c == 0 ? uint.MaxValue : product / c;
        if (quotient >= uint.MaxValue)
        {
            remainder = false;
            return uint.MaxValue;
        }

        remainder = product != quotient * c;
        return (uint)quotient;
    }
}
