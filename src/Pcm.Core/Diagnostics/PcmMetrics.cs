using System.Diagnostics.Metrics;

namespace Pcm;

/// <summary>The core's counters, for <c>dotnet-counters</c> and OpenTelemetry under the meter name <see cref="MeterName"/>.</summary>
/// <remarks>Thread safety: static and lock-free; counting allocates nothing.</remarks>
public static class PcmMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Pcm";

    private static readonly Meter s_meter = new(MeterName);
    private static readonly Counter<long> s_periods = s_meter.CreateCounter<long>("pcm.periods", "{period}", "Period interrupts seen by the core.");
    private static readonly Counter<long> s_xruns = s_meter.CreateCounter<long>("pcm.xruns", "{xrun}", "Underruns and overruns.");
    private static readonly KeyValuePair<string, object?> s_playback = new("pcm.direction", "playback");
    private static readonly KeyValuePair<string, object?> s_capture = new("pcm.direction", "capture");

    internal static void Period(PcmDirection direction) => s_periods.Add(1, Tag(direction));

    internal static void XRun(PcmDirection direction) => s_xruns.Add(1, Tag(direction));

    private static KeyValuePair<string, object?> Tag(PcmDirection direction) => direction == PcmDirection.Playback ? s_playback : s_capture;
}
