using Pcm.Virtio;

namespace Pcm.Cli.Devices;

/// <summary>
/// <c>virtio[,transport=inprocess][,sink=DEV][,source=DEV][,quirk=NAME[+NAME...]]</c>: the virtio-snd driver, its queues, and a virtio-snd device model
/// whose playback goes to one device of this table and whose capture comes from another; or with QEMU's device instead of the model
/// (<see cref="QemuVirtioDevice"/>).
/// </summary>
internal sealed class VirtioDeviceFactory : DeviceFactory
{
    private const string TransportKey = "transport";
    private const string SinkKey = "sink";
    private const string SourceKey = "source";
    private const string QuirkKey = "quirk";
    private const string InProcess = "inprocess";
    private const string DefaultAudio = "null";

    private static readonly string[] s_ownKeys = [SinkKey, SourceKey, QuirkKey];

    /// <inheritdoc/>
    public override string Name => "virtio";

    /// <inheritdoc/>
    public override string Syntax => "virtio[,transport=inprocess][,sink=DEV][,source=DEV][,quirk=NAME] or virtio,transport=qemu-mmio|qemu-pci[,wav=PATH][,clock=free|wall][,qemu=PATH]";

    /// <inheritdoc/>
    public override string Description => "the virtio-snd driver and, in this process, a virtio-snd device on other devices, or QEMU's";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [TransportKey, .. s_ownKeys, .. QemuVirtioDevice.Keys];

    /// <inheritdoc/>
    public override async ValueTask<OpenedDevice> OpenAsync(DeviceString device, DeviceContext context, CancellationToken cancellationToken)
    {
        string transport = device.Key(TransportKey) ?? InProcess;
        switch (transport)
        {
            case QemuVirtioDevice.PciTransport:
                RefuseKeys(device, transport, s_ownKeys);
                return await QemuVirtioDevice.OpenAsync(device, QemuBus.Pci, context, cancellationToken);
            case QemuVirtioDevice.MmioTransport:
                RefuseKeys(device, transport, s_ownKeys);
                return await QemuVirtioDevice.OpenAsync(device, QemuBus.Mmio, context, cancellationToken);
            case InProcess:
                RefuseKeys(device, transport, QemuVirtioDevice.Keys);
                return await OpenInProcessAsync(device, context, cancellationToken);
            default:
                throw CliException.Usage(
                    $"transport '{transport}' is not known; this build has: {InProcess}, {QemuVirtioDevice.MmioTransport}, {QemuVirtioDevice.PciTransport}");
        }
    }

    private static void RefuseKeys(DeviceString device, string transport, IReadOnlyList<string> keys)
    {
        if (keys.FirstOrDefault(key => device.Key(key) is not null) is { } key)
        {
            throw CliException.Usage($"key '{key}' means nothing with transport={transport}");
        }
    }

    private static async ValueTask<OpenedDevice> OpenInProcessAsync(DeviceString device, DeviceContext context, CancellationToken cancellationToken)
    {
        VirtioSoundQuirks quirks = ParseQuirks(device.Key(QuirkKey));
        OpenedDevice sink = await OpenAudioAsync(device.Key(SinkKey), PcmDirection.Playback, context, cancellationToken);
        OpenedDevice? source = null;
        try
        {
            source = await OpenAudioAsync(device.Key(SourceKey), PcmDirection.Capture, context, cancellationToken);
            return new OpenedDevice(await ProbeAsync(sink, source, quirks, context, cancellationToken))
            {
                EndOfSource = source.EndOfSource,
                OneFormat = sink.OneFormat, // the device keeps its sink open as long as it lives
                ReadPlayed = sink.ReadPlayed,
                Behind = [sink, source],
            };
        }
        catch
        {
            await sink.DisposeAsync();
            if (source is not null)
            {
                await source.DisposeAsync();
            }

            throw;
        }
    }

    private static ValueTask<OpenedDevice> OpenAudioAsync(
        string? device, PcmDirection direction, DeviceContext context, CancellationToken cancellationToken) =>
        DeviceTable.OpenAsync(DeviceString.Parse(device ?? DefaultAudio, context.Table), context.Behind(direction), cancellationToken);

    /// <summary>What the device model shall do wrong: names joined by <c>+</c>, such as <c>status-behind-data</c>.</summary>
    private static VirtioSoundQuirks ParseQuirks(string? names)
    {
        VirtioSoundQuirks quirks = VirtioSoundQuirks.None;
        foreach (string name in names?.Split('+') ?? [])
        {
            VirtioSoundQuirks quirk = Array.Find(Enum.GetValues<VirtioSoundQuirks>(), q => q != VirtioSoundQuirks.None && NameOf(q) == name);
            quirks |= quirk != VirtioSoundQuirks.None
                ? quirk
                : throw CliException.Usage(
                    $"quirk '{name}' is not known; the device model has: {string.Join(", ", Enum.GetValues<VirtioSoundQuirks>().Skip(1).Select(NameOf))}");
        }

        return quirks;
    }

    /// <summary>StatusBehindData: status-behind-data.</summary>
    private static string NameOf(VirtioSoundQuirks quirk) =>
        string.Concat(quirk.ToString().Select(static (c, i) => char.IsUpper(c) ? $"{(i == 0 ? "" : "-")}{char.ToLowerInvariant(c)}" : $"{c}"));

    private static async ValueTask<PcmCard> ProbeAsync(
        OpenedDevice sink, OpenedDevice source, VirtioSoundQuirks quirks, DeviceContext context, CancellationToken cancellationToken)
    {
        var model = new VirtioSoundDevice(new VirtioSoundDeviceOptions
        {
            Streams =
            [
                await VirtioSoundStreamOptions.DescribeAsync(sink.FindSubstream(PcmDirection.Playback), cancellationToken),
                await VirtioSoundStreamOptions.DescribeAsync(source.FindSubstream(PcmDirection.Capture), cancellationToken),
            ],
            Quirks = quirks,
            LoggerFactory = context.Services.LoggerFactory,
        });

        // The driver, and so the card, owns the transport.
        var backend = new VirtioSoundBackend("virtio", (services, _) => new ValueTask<VirtioTransport>(new InProcessTransport(model, services.Scheduler)));
        return await ProbeOneAsync(backend, context, cancellationToken);
    }
}
