using Pcm.Virtio;

namespace Pcm.Cli.Devices;

/// <summary>
/// <c>virtio[,transport=inprocess][,sink=DEV][,source=DEV]</c>: the virtio-snd driver, its queues, and a virtio-snd device model whose playback
/// goes to one device of this table and whose capture comes from another.
/// </summary>
internal sealed class VirtioDeviceFactory : DeviceFactory
{
    private const string TransportKey = "transport";
    private const string SinkKey = "sink";
    private const string SourceKey = "source";
    private const string InProcess = "inprocess";
    private const string DefaultAudio = "null";

    /// <inheritdoc/>
    public override string Name => "virtio";

    /// <inheritdoc/>
    public override string Syntax => "virtio[,transport=inprocess][,sink=DEV][,source=DEV]";

    /// <inheritdoc/>
    public override string Description => "the virtio-snd driver and, in this process, a virtio-snd device on other devices";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [TransportKey, SinkKey, SourceKey];

    /// <inheritdoc/>
    public override async ValueTask<OpenedDevice> OpenAsync(DeviceString device, DeviceContext context, CancellationToken cancellationToken)
    {
        if (device.Key(TransportKey) is { } transport && transport != InProcess)
        {
            throw CliException.Usage($"transport '{transport}' is not known; this build has: {InProcess}");
        }

        OpenedDevice sink = await OpenAudioAsync(device.Key(SinkKey), PcmDirection.Playback, context, cancellationToken);
        OpenedDevice? source = null;
        try
        {
            source = await OpenAudioAsync(device.Key(SourceKey), PcmDirection.Capture, context, cancellationToken);
            return new OpenedDevice(await ProbeAsync(sink, source, context, cancellationToken))
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

    private static async ValueTask<PcmCard> ProbeAsync(OpenedDevice sink, OpenedDevice source, DeviceContext context, CancellationToken cancellationToken)
    {
        var model = new VirtioSoundDevice(new VirtioSoundDeviceOptions
        {
            Streams =
            [
                await VirtioSoundStreamOptions.DescribeAsync(sink.FindSubstream(PcmDirection.Playback), cancellationToken),
                await VirtioSoundStreamOptions.DescribeAsync(source.FindSubstream(PcmDirection.Capture), cancellationToken),
            ],
            LoggerFactory = context.Services.LoggerFactory,
        });

        // The driver, and so the card, owns the transport.
        var backend = new VirtioSoundBackend("virtio", (services, _) => new ValueTask<VirtioTransport>(new InProcessTransport(model, services.Scheduler)));
        return await ProbeOneAsync(backend, context, cancellationToken);
    }
}
