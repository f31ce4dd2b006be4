namespace Pcm.Bench;

/// <summary>What a row came to. Ratios are medians over rounds, with the quartiles; times are medians, nanoseconds per operation.</summary>
internal sealed record PairedResult(PairedRow Row, double Ratio, double RatioLow, double RatioHigh, double Nanoseconds, double BaselineNanoseconds, double AllocatedBytes)
{
    public bool IsMissed => (Row.Target is { } target && Ratio > target) || (Row.AllocatesNothing && AllocatedBytes >= 1);
}
