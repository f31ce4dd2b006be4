using Pcm.Cli.Devices;
using Pcm.Cli.Sessions;

namespace Pcm.Cli;

/// <summary>What a running command has: the world, the services of the chosen clock, and how to talk.</summary>
internal sealed record CommandContext(CliEnvironment Environment, PcmServices Services, DiagnosticLog Log, bool IsJson)
{
    /// <summary>Opens the card of a device string.</summary>
    /// <exception cref="CliException">The string is wrong, or the device cannot be had.</exception>
    public ValueTask<OpenedDevice> OpenDeviceAsync(string device, PcmDirection? direction, CancellationToken cancellationToken, StreamFormat? format = null) =>
        DeviceTable.OpenAsync(DeviceString.Parse(device, Environment.Devices), new DeviceContext(Environment.Devices, Services, direction, format), cancellationToken);

    /// <summary>A device that logged an error has lost something, even when every operation succeeded.</summary>
    /// <exception cref="CliException">It did.</exception>
    public void ThrowIfErrorLogged(string consequence)
    {
        if (Log.TakeError() is { } problem)
        {
            throw CliException.Failure($"{consequence}: {problem}");
        }
    }
}
