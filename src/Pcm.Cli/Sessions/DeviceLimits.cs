using System.Globalization;

namespace Pcm.Cli.Sessions;

/// <summary>What a device can do, as a sentence for somebody whose request it refused.</summary>
internal static class DeviceLimits
{
    /// <summary>Why a request cannot be had, and what can.</summary>
    public static string Explain(PcmSubstream substream, StreamFormat format, StreamLayout layout)
    {
        var any = new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved };
        if (substream.HwRefine(any) != PcmError.None)
        {
            return "the device has no interleaved read/write access";
        }

        var refused = new List<string>();
        AddIfRefused(refused, substream, new PcmHwParams { Format = format.Format }, format.Format.AlsaName() ?? format.Format.ToString());
        AddIfRefused(refused, substream, new PcmHwParams { Channels = format.Channels }, $"{format.Channels} channels");
        AddIfRefused(refused, substream, new PcmHwParams { Rate = format.Rate }, $"{format.Rate} Hz");
        if (layout.PeriodFrames is { } periodFrames)
        {
            AddIfRefused(refused, substream, new PcmHwParams { PeriodFrames = periodFrames }, $"periods of {periodFrames} frames");
        }

        if (layout.Periods is { } periods)
        {
            AddIfRefused(refused, substream, new PcmHwParams { Periods = periods }, $"{periods} periods");
        }

        string what = refused.Count == 0 ? "the device has each of these, but not together" : $"the device does not have {string.Join(", ", refused)}";
        return $"{what}; it has {any.Formats}; {Range(any, PcmHwParameter.Channels)} channels; {Range(any, PcmHwParameter.Rate)} Hz; "
            + $"periods of {Range(any, PcmHwParameter.PeriodSize)} frames; {Range(any, PcmHwParameter.Periods)} periods";
    }

    /// <summary>An interval as a person writes it.</summary>
    private static string Range(PcmHwParams space, PcmHwParameter parameter)
    {
        PcmInterval interval = space.GetInterval(parameter);
        return interval.IsSingle
            ? interval.Value.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{interval.Min} to {interval.Max}");
    }

    private static void AddIfRefused(List<string> refused, PcmSubstream substream, PcmHwParams request, string name)
    {
        if (substream.HwRefine(request) != PcmError.None)
        {
            refused.Add(name);
        }
    }
}
