using System.Runtime.ExceptionServices;
using Pcm.Backends.Alsa;
using Pcm.Cli.Output;

namespace Pcm.Cli.Devices;

/// <summary>
/// <c>alsa:NAME</c>: a PCM of ALSA's library. Everything after the first colon is the name, colons and commas included: <c>alsa:plughw:0,0</c>.
/// Inside another device string it stands in brackets: <c>virtio,sink=[alsa:plughw:0,0]</c>.
/// </summary>
internal sealed class AlsaDeviceFactory : DeviceFactory
{
    private const string CardId = "alsa";

    /// <inheritdoc/>
    public override string Name => "alsa";

    /// <inheritdoc/>
    public override string Syntax => "alsa:NAME";

    /// <inheritdoc/>
    public override string Description => "a PCM of ALSA's library: a sound card, a sound server, a PCM of an asoundrc";

    /// <inheritdoc/>
    public override string ArgumentName => "NAME";

    /// <inheritdoc/>
    public override bool IsArgumentRequired => true;

    /// <inheritdoc/>
    /// <remarks>Not opened: that may take a device from somebody, or start a server.</remarks>
    public override IReadOnlyList<CardListing> ListUnopened()
    {
        if (AlsaBackend.Problem is { } problem)
        {
            throw CliException.Failure(problem);
        }

        try
        {
            return
            [
                .. AlsaDeviceHint.List().Select(static hint => new CardListing(
                    $"alsa:{hint.Name}", CardId, hint.Description.ReplaceLineEndings("; "), hint.HasPlayback ? 1 : 0, hint.HasCapture ? 1 : 0)),
            ];
        }
        catch (AlsaException e)
        {
            throw CliException.Failure(e.Message);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<OpenedDevice> OpenAsync(DeviceString device, DeviceContext context, CancellationToken cancellationToken)
    {
        if (context.Direction is { } direction)
        {
            return await OpenAsync(device.Argument!, direction == PcmDirection.Playback, direction == PcmDirection.Capture, context, cancellationToken);
        }

        // To be looked at: whatever it has. What the attempt with both says is as good a reason as any.
        ExceptionDispatchInfo? first = null;
        foreach ((bool playback, bool capture) in ((bool, bool)[])[(true, true), (true, false), (false, true)])
        {
            try
            {
                return await OpenAsync(device.Argument!, playback, capture, context, cancellationToken);
            }
            catch (AlsaException e)
            {
                first ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        first!.Throw();
        throw first.SourceException;
    }

    private static async ValueTask<OpenedDevice> OpenAsync(string pcm, bool playback, bool capture, DeviceContext context, CancellationToken cancellationToken)
    {
        var options = new AlsaOptions
        {
            Id = CardId,
            Pcm = pcm,
            HasPlayback = playback,
            HasCapture = capture,
        };
        return new OpenedDevice(await ProbeOneAsync(new AlsaBackend(options), context, cancellationToken));
    }
}
