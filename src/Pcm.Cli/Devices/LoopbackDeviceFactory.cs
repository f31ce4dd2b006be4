using System.Globalization;
using Pcm.Backends.Loopback;

namespace Pcm.Cli.Devices;

/// <summary><c>loopback[:CABLE]</c>: what is played on a cable is captured on its other end. The cables end with the command.</summary>
internal sealed class LoopbackDeviceFactory : DeviceFactory
{
    private static readonly int s_cables = new LoopbackOptions().Substreams;

    /// <inheritdoc/>
    public override string Name => "loopback";

    /// <inheritdoc/>
    public override string Syntax => "loopback[:CABLE]";

    /// <inheritdoc/>
    public override string Description => $"cables 0 to {s_cables - 1} within this process: what is played into one end is captured at the other";

    /// <inheritdoc/>
    public override string ArgumentName => "CABLE";

    /// <inheritdoc/>
    public override async ValueTask<OpenedDevice> OpenAsync(DeviceString device, DeviceContext context, CancellationToken cancellationToken)
    {
        int cable = 0;
        if (device.Argument is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cable) || cable >= s_cables))
        {
            throw CliException.Usage($"'{text}' is no cable; the cables are 0 to {s_cables - 1}");
        }

        return new OpenedDevice(await ProbeOneAsync(new LoopbackBackend(Name), context, cancellationToken)) { SubstreamNumber = cable, IsCable = true };
    }
}
