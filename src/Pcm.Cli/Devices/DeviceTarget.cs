using Pcm.Testing.Conformance;

namespace Pcm.Cli.Devices;

/// <summary>A device string as the conformance kit wants it: a card of its own for each law.</summary>
internal sealed class DeviceTarget(DeviceString device, string text, CommandContext context, bool isRealTime) : PcmConformanceTarget
{
    /// <summary>A loopback card's device whose capture hears what device 0 plays.</summary>
    private const int CableEnd = 1;

    private string? _oneFormat;

    /// <inheritdoc/>
    public override string Name => text;

    /// <inheritdoc/>
    public override bool IsRealTime => isRealTime;

    /// <summary>Opens the device once to see what it has.</summary>
    /// <returns>The direction to be tried when the device, as it is written, has only one; null when it has both.</returns>
    /// <exception cref="CliException">The device cannot be had.</exception>
    public async ValueTask<PcmDirection?> LookAsync(CancellationToken cancellationToken)
    {
        await using OpenedDevice opened = await OpenAsync(context.Services, direction: null, cancellationToken);
        _oneFormat = opened.OneFormat;
        bool playback = opened.Card.Devices.Any(static d => d.Playback.Count > 0), capture = opened.Card.Devices.Any(static d => d.Capture.Count > 0);
        return playback && capture ? null : playback ? PcmDirection.Playback : PcmDirection.Capture;
    }

    /// <inheritdoc/>
    public override string? WhyNot(PcmCapability capability) => capability == PcmCapability.ManyFormats ? _oneFormat : null;

    /// <inheritdoc/>
    public override async ValueTask<PcmConformanceBench> CreateAsync(PcmServices services, PcmDirection direction, CancellationToken cancellationToken)
    {
        OpenedDevice opened = await OpenAsync(services, direction, cancellationToken);
        return new PcmConformanceBench(opened.Card)
        {
            Substream = opened.SubstreamNumber ?? 0,
            IsCable = opened.IsCable,
            CaptureDevice = opened.IsCable ? CableEnd : null,
            ReadPlayed = opened.ReadPlayed,
            Dispose = async () => await opened.DisposeAsync(),
        };
    }

    private ValueTask<OpenedDevice> OpenAsync(PcmServices services, PcmDirection? direction, CancellationToken cancellationToken) =>
        DeviceTable.OpenAsync(device, new DeviceContext(context.Environment.Devices, services, direction), cancellationToken);
}
