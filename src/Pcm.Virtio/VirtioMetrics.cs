using System.Diagnostics.Metrics;

namespace Pcm.Virtio;

/// <summary>
/// The virtio driver's counters, for <c>dotnet-counters</c> and OpenTelemetry under the meter name <see cref="MeterName"/>. Periods and xruns are the
/// core's: <see cref="PcmMetrics"/>.
/// </summary>
/// <remarks>Thread safety: static and lock-free; counting allocates nothing.</remarks>
public static class VirtioMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Pcm.Virtio";

    private static readonly Meter s_meter = new(MeterName);
    private static readonly Counter<long> s_kicks = s_meter.CreateCounter<long>("pcm.virtio.kicks", "{kick}", "Notifications sent to a device.");
    private static readonly Counter<long> s_interrupts = s_meter.CreateCounter<long>("pcm.virtio.interrupts", "{interrupt}", "Queue interrupts of a device.");
    private static readonly Counter<long> s_resets = s_meter.CreateCounter<long>("pcm.virtio.resets", "{reset}", "Resets of a device after its probe.");
    private static readonly UpDownCounter<long> s_inFlight = s_meter.CreateUpDownCounter<long>("pcm.virtio.messages", "{message}", "Messages that a device has.");
    private static readonly UpDownCounter<long> s_quarantined = s_meter.CreateUpDownCounter<long>("pcm.virtio.quarantined", "By", "Memory that a device may still touch.");

    private static readonly KeyValuePair<string, object?>[] s_queues =
    [
        new("pcm.queue", "control"), new("pcm.queue", "event"), new("pcm.queue", "tx"), new("pcm.queue", "rx"),
    ];

    internal static void Kick(ushort queue) => s_kicks.Add(1, s_queues[queue]);

    internal static void Interrupt(ushort queue) => s_interrupts.Add(1, s_queues[queue]);

    internal static void Reset() => s_resets.Add(1);

    internal static void InFlight(ushort queue, int change) => s_inFlight.Add(change, s_queues[queue]);

    internal static void Quarantined(long change) => s_quarantined.Add(change);
}
