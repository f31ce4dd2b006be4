using Pcm.Backends;

namespace Pcm.Cli.Sessions;

/// <summary>What to record when the user leaves it open.</summary>
internal static class CaptureFormat
{
    private const int PreferredChannels = 2;
    private const int PreferredRate = 48000;

    /// <summary>What was asked for, completed by what the device has: S16_LE, 2 channels, 48000 Hz, or the nearest to it.</summary>
    /// <exception cref="CliException">The device has nothing that a WAV can carry, or not what was asked for.</exception>
    public static StreamFormat Choose(PcmSubstream substream, PcmFormat? format, int? channels, int? rate)
    {
        if (format is { } wanted && !WavFormat.CanCarry(wanted))
        {
            throw CliException.Usage($"a WAV cannot carry {wanted.AlsaName()}; it has {PcmFormats.Create(WavFormat.CarriedFormats)}");
        }

        var space = new PcmHwParams
        {
            Access = PcmAccess.ReadWriteInterleaved,
            Formats = format is { } exact ? [exact] : PcmFormats.Create(WavFormat.CarriedFormats),
        };
        if (substream.HwRefine(space) != PcmError.None)
        {
            throw Refused(substream, format, channels, rate);
        }

        space.Formats = [space.Formats.Contains(PcmFormat.S16LE) ? PcmFormat.S16LE : First(space.Formats)];
        Fix(space, PcmHwParameter.Channels, channels);
        Fix(space, PcmHwParameter.Rate, rate);
        var refiner = new SubstreamRefiner(substream);
        if (substream.HwRefine(space) != PcmError.None
            || space.SetNear(refiner, PcmHwParameter.Channels, new PcmBound(PreferredChannels), out _) != PcmError.None
            || space.SetRateNear(refiner, PreferredRate, out _) != PcmError.None)
        {
            throw Refused(substream, format, channels, rate);
        }

        return new StreamFormat(space.Format, space.Channels, space.Rate);
    }

    private static void Fix(PcmHwParams space, PcmHwParameter parameter, int? value)
    {
        if (value is { } exact)
        {
            space.SetInterval(parameter, PcmInterval.Of((uint)exact));
        }
    }

    private static PcmFormat First(PcmFormats formats)
    {
        PcmFormats.Enumerator enumerator = formats.GetEnumerator();
        enumerator.MoveNext();
        return enumerator.Current;
    }

    private static CliException Refused(PcmSubstream substream, PcmFormat? format, int? channels, int? rate)
    {
        var wanted = new StreamFormat(format ?? PcmFormat.S16LE, channels ?? PreferredChannels, rate ?? PreferredRate);
        return CliException.Failure("hw_params", PcmError.InvalidArgument, DeviceLimits.Explain(substream, wanted, new StreamLayout()));
    }
}
