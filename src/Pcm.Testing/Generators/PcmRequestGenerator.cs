namespace Pcm.Testing;

/// <summary>Random parameter requests for a piece of hardware: some name one value, some a range, some nothing; a part of them cannot be had.</summary>
/// <param name="random">What they are drawn from.</param>
/// <param name="hardware">The hardware that they are for.</param>
/// <remarks>Thread safety: one thread, as <see cref="Random"/>.</remarks>
public sealed class PcmRequestGenerator(Random random, PcmHardware hardware)
{
    private readonly Random _random = random ?? throw new ArgumentNullException(nameof(random));
    private readonly PcmHardware _hardware = hardware ?? throw new ArgumentNullException(nameof(hardware));

    /// <summary>How many of a hundred values are drawn from outside of what the hardware declares; 0 .. 100, default 10.</summary>
    public int OutsidePercent { get; init; } = 10;

    /// <summary>Draws a request. Each parameter is left open, narrowed to a range, or fixed, a third of the time each.</summary>
    public PcmHwParams Next()
    {
        var request = new PcmHwParams();
        if (_random.Next(3) > 0)
        {
            request.Format = NextFormat();
        }

        Narrow(request, PcmHwParameter.Rate, _hardware.RateMin, _hardware.RateMax);
        Narrow(request, PcmHwParameter.Channels, _hardware.ChannelsMin, _hardware.ChannelsMax);
        Narrow(request, PcmHwParameter.PeriodBytes, _hardware.PeriodBytesMin, _hardware.PeriodBytesMax);
        Narrow(request, PcmHwParameter.Periods, _hardware.PeriodsMin, _hardware.PeriodsMax);
        return request;
    }

    private PcmFormat NextFormat()
    {
        PcmFormats from = IsOutside() ? PcmFormats.All : _hardware.Formats;
        int skip = _random.Next(from.Count);
        foreach (PcmFormat format in from)
        {
            if (skip-- == 0)
            {
                return format;
            }
        }

        throw new InvalidOperationException("The hardware has no format.");
    }

    private void Narrow(PcmHwParams request, PcmHwParameter parameter, uint min, uint max)
    {
        uint low = Draw(min, max), high = Draw(low, Math.Max(low, max));
        switch (_random.Next(3))
        {
            case 0:
                request.SetRange(parameter, low, low);
                break;
            case 1:
                request.SetRange(parameter, low, high);
                break;
        }
    }

    private uint Draw(uint min, uint max) => IsOutside()
        ? (uint)_random.NextInt64(0, (long)max * 2)
        : (uint)_random.NextInt64(min, (long)max + 1);

    private bool IsOutside() => _random.Next(100) < OutsidePercent;
}
