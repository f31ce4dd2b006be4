using Pcm.Testing;
using Pcm.Virtio;

namespace Pcm.Cli.Devices;

/// <summary><c>virtio,transport=qemu-mmio|qemu-pci[,wav=PATH][,clock=free|wall][,qemu=PATH]</c>: our driver and QEMU's device.</summary>
internal static class QemuVirtioDevice
{
    public const string MmioTransport = "qemu-mmio";
    public const string PciTransport = "qemu-pci";
    public const string WavKey = "wav";
    public const string ClockKey = "clock";
    public const string ProgramKey = "qemu";

    /// <summary>The keys that have a meaning with QEMU only.</summary>
    public static IReadOnlyList<string> Keys => [WavKey, ClockKey, ProgramKey];

    /// <summary>Starts QEMU and probes its device.</summary>
    /// <exception cref="CliException">A value is wrong.</exception>
    /// <exception cref="VirtioTransportException">QEMU is missing, too old, or does not work.</exception>
    public static async ValueTask<OpenedDevice> OpenAsync(DeviceString device, QemuBus bus, DeviceContext context, CancellationToken cancellationToken)
    {
        QemuClock clock = ChooseClock(device, context.Services);
        QemuRecording? recording = CreateRecording(device, context);
        try
        {
            var options = new QemuOptions { Bus = bus, Clock = clock, WavPath = recording?.RawPath };
            options = device.Key(ProgramKey) is { } program ? options with { Program = program } : options;
            var backend = new VirtioSoundBackend(
                "virtio",
                async (services, ct) => (await StartAsync(options, services, ct)).Transport,
                new VirtioSoundOptions { PlaybackMessageMultiple = recording is null ? 1 : QemuRecording.MessageMultiple });
            return new OpenedDevice((await backend.ProbeAsync(context.Services, cancellationToken))[0])
            {
                OutrunsApplication = clock == QemuClock.Free,
                Recording = recording,
            };
        }
        catch
        {
            recording?.Dispose();
            throw;
        }
    }

    /// <summary>On a virtual clock QEMU goes with it.</summary>
    private static QemuClock ChooseClock(DeviceString device, PcmServices services) => (device.Key(ClockKey), IsVirtual(services)) switch
    {
        (null, true) => QemuClock.Stepped,
        ({ } key, true) => throw CliException.Usage($"{ClockKey}={key} is not possible with a virtual clock, which QEMU's clock follows; leave it out, or use --clock real"),
        (null or "free", false) => QemuClock.Free,
        ("wall", false) => QemuClock.Wall,
        ({ } other, false) => throw CliException.Usage($"'{other}' is no clock of QEMU's; write {ClockKey}=free or {ClockKey}=wall"),
    };

    private static bool IsVirtual(PcmServices services) => services.Scheduler != PcmScheduler.ThreadPool;

    private static ValueTask<QemuDevice> StartAsync(QemuOptions options, PcmServices services, CancellationToken cancellationToken) =>
        IsVirtual(services)
            ? new ValueTask<QemuDevice>(VirtualClock.StandStill(() => QemuDevice.StartAsync(options, services.Time, cancellationToken).AsTask()))
            : QemuDevice.StartAsync(options, services.Time, cancellationToken);

    private static QemuRecording? CreateRecording(DeviceString device, DeviceContext context) => (device.Key(WavKey), context.Direction) switch
    {
        (null, _) or (_, null) => null, // nothing is wanted, or nothing will be played
        (_, PcmDirection.Capture) => throw CliException.Usage($"{WavKey}= is what QEMU records of a playback; leave it out to record"),
        ({ } path, _) when context.Format is { } format => new QemuRecording(path, format),
        _ => throw CliException.Usage($"{WavKey}= needs to know what is played; it works with pcm play"),
    };
}
