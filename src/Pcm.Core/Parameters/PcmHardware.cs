using System.Globalization;

namespace Pcm;

/// <summary>What a device can do, before any constraint (the kernel's <c>snd_pcm_hardware</c>).</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record PcmHardware
{
    /// <summary>Capabilities; at least one of <see cref="PcmInfo.Interleaved"/>, <see cref="PcmInfo.NonInterleaved"/>, <see cref="PcmInfo.Complex"/>.</summary>
    public required PcmInfo Info { get; init; }

    /// <summary>Sample formats; at least one.</summary>
    public required PcmFormats Formats { get; init; }

    /// <summary>Significant bits of S32_LE, where the device has fewer than 32; <see cref="PcmSubformats.None"/> says nothing.</summary>
    public PcmSubformats Subformats { get; init; }

    /// <summary>Known rates, or <see cref="PcmRates.Continuous"/>, or <see cref="PcmRates.Knot"/> with rules of the device's own.</summary>
    public required PcmRates Rates { get; init; }

    /// <summary>Least rate in hertz.</summary>
    public required uint RateMin { get; init; }

    /// <summary>Greatest rate in hertz.</summary>
    public required uint RateMax { get; init; }

    /// <summary>Fewest channels, at least 1.</summary>
    public required uint ChannelsMin { get; init; }

    /// <summary>Most channels.</summary>
    public required uint ChannelsMax { get; init; }

    /// <summary>Largest buffer in bytes.</summary>
    public required uint BufferBytesMax { get; init; }

    /// <summary>Shortest period in bytes, at least 1; also the least size of the buffer.</summary>
    public required uint PeriodBytesMin { get; init; }

    /// <summary>Longest period in bytes.</summary>
    public required uint PeriodBytesMax { get; init; }

    /// <summary>Fewest periods in a buffer.</summary>
    public required uint PeriodsMin { get; init; }

    /// <summary>Most periods in a buffer.</summary>
    public required uint PeriodsMax { get; init; }

    /// <summary>Size of the device's FIFO, in bytes (frames with <see cref="PcmInfo.FifoInFrames"/>); 0 when unknown.</summary>
    public uint FifoSize { get; init; }

    /// <summary>Says what is wrong with the description, for the author of a backend.</summary>
    /// <returns>The first problem found, naming the properties and their values; null when there is none.</returns>
    public string? FindProblem() =>
        FindChoiceProblem()
        ?? FindRateProblem()
        ?? FindRangeProblem(nameof(ChannelsMin), ChannelsMin, nameof(ChannelsMax), ChannelsMax)
        ?? FindRangeProblem(nameof(PeriodBytesMin), PeriodBytesMin, nameof(PeriodBytesMax), PeriodBytesMax)
        ?? FindRangeProblem(nameof(PeriodsMin), PeriodsMin, nameof(PeriodsMax), PeriodsMax)
        ?? FindBufferProblem();

    /// <summary>Throws when <see cref="FindProblem"/> finds something.</summary>
    /// <exception cref="ArgumentException">The description contradicts itself; the message says how.</exception>
    public void ThrowIfInvalid()
    {
        if (FindProblem() is string problem)
        {
            throw new ArgumentException($"This hardware cannot exist: {problem}.");
        }
    }

    private string? FindChoiceProblem()
    {
        if ((Info & (PcmInfo.Interleaved | PcmInfo.NonInterleaved | PcmInfo.Complex)) == 0)
        {
            return $"{nameof(Info)} ({Info}) has none of Interleaved, NonInterleaved and Complex, so no access type is possible";
        }

        if (Formats.IsEmpty)
        {
            return $"{nameof(Formats)} is empty";
        }

        ulong unknown = Formats.Bits & ~PcmFormats.All.Bits;
        if (unknown != 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{nameof(Formats)} has bits that are no format: 0x{unknown:x}");
        }

        const PcmSubformats known = PcmSubformats.Standard | PcmSubformats.MsBitsMax | PcmSubformats.MsBits20 | PcmSubformats.MsBits24;
        return (Subformats & ~known) == 0 ? null : $"{nameof(Subformats)} ({Subformats}) has bits that are no subformat";
    }

    private string? FindRateProblem()
    {
        if (FindRangeProblem(nameof(RateMin), RateMin, nameof(RateMax), RateMax) is string problem)
        {
            return problem;
        }

        if (Rates == PcmRates.None)
        {
            return $"{nameof(Rates)} is empty";
        }

        if ((Rates & (PcmRates.Continuous | PcmRates.Knot)) != 0)
        {
            return null;
        }

        if (!PcmRateTable.TryGetLimits(Rates, out uint minHz, out uint maxHz))
        {
            return $"{nameof(Rates)} ({Rates}) has no known rate";
        }

        return minHz == RateMin && maxHz == RateMax
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{nameof(Rates)} goes from {minHz} to {maxHz} Hz, but {nameof(RateMin)} is {RateMin} and {nameof(RateMax)} {RateMax}");
    }

    private string? FindBufferProblem() => BufferBytesMax >= (ulong)PeriodBytesMin * PeriodsMin
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{nameof(BufferBytesMax)} ({BufferBytesMax}) is less than {nameof(PeriodsMin)} ({PeriodsMin}) periods of {nameof(PeriodBytesMin)} ({PeriodBytesMin})");

    private static string? FindRangeProblem(string minName, uint min, string maxName, uint max)
    {
        if (min == 0)
        {
            return $"{minName} is 0";
        }

        return min <= max ? null : string.Create(CultureInfo.InvariantCulture, $"{minName} ({min}) is greater than {maxName} ({max})");
    }
}
