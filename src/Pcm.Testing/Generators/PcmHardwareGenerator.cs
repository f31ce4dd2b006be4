namespace Pcm.Testing;

/// <summary>Random hardware descriptions that do not contradict themselves, from a card with one of everything to one that can do nearly all.</summary>
/// <param name="random">What they are drawn from.</param>
/// <remarks>Thread safety: one thread, as <see cref="Random"/>.</remarks>
public sealed class PcmHardwareGenerator(Random random)
{
    private static readonly PcmInfo[] s_optional =
        [PcmInfo.NonInterleaved, PcmInfo.Mmap | PcmInfo.MmapValid, PcmInfo.Pause, PcmInfo.Resume, PcmInfo.Batch, PcmInfo.BlockTransfer, PcmInfo.NoPeriodWakeup];

    private readonly Random _random = random ?? throw new ArgumentNullException(nameof(random));

    /// <summary>Draws a description; <see cref="PcmHardware.FindProblem"/> finds nothing.</summary>
    public PcmHardware Next()
    {
        uint rateMin = (uint)_random.Next(4000, 48001), rateMax = (uint)_random.Next((int)rateMin, 192001);
        uint channelsMin = (uint)_random.Next(1, 5), channelsMax = (uint)_random.Next((int)channelsMin, 33);
        PcmFormats formats = NextFormats();
        uint frameBytes = LargestSampleBytes(formats) * channelsMax;

        // A period of the widest frames must fit, or some of what is declared could never be chosen; and so must one of twice that, because the bytes
        // of a single length need not be whole frames of the format that is chosen.
        uint periodBytesMin = frameBytes * (uint)_random.Next(1, 65), periodBytesMax = periodBytesMin * (uint)_random.Next(2, 65);
        uint periodsMin = (uint)_random.Next(1, 5), periodsMax = (uint)_random.Next((int)periodsMin, 65);
        return new PcmHardware
        {
            Info = s_optional.Where(_ => _random.Next(2) == 0).Aggregate(PcmInfo.Interleaved, static (all, one) => all | one),
            Formats = formats,
            Rates = PcmRates.Continuous,
            RateMin = rateMin,
            RateMax = rateMax,
            ChannelsMin = channelsMin,
            ChannelsMax = channelsMax,
            PeriodBytesMin = periodBytesMin,
            PeriodBytesMax = periodBytesMax,
            PeriodsMin = periodsMin,
            PeriodsMax = periodsMax,
            BufferBytesMax = periodBytesMin * periodsMin * (uint)_random.Next(2, 6),
        };
    }

    private static uint LargestSampleBytes(PcmFormats formats)
    {
        uint bytes = 1;
        foreach (PcmFormat format in formats)
        {
            bytes = Math.Max(bytes, (uint)(format.PhysicalWidthBits() + 7) / 8);
        }

        return bytes;
    }

    private PcmFormats NextFormats()
    {
        PcmFormat[] usual = [PcmFormat.U8, PcmFormat.S16LE, PcmFormat.S24In3LE, PcmFormat.S24LE, PcmFormat.S32LE, PcmFormat.Float32LE];
        _random.Shuffle(usual);
        return PcmFormats.Create(usual.AsSpan(0, _random.Next(1, usual.Length + 1)));
    }
}
