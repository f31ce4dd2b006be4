using Pcm.Backends.Null;

namespace Pcm.Cli.Devices;

/// <summary><c>null</c>: playback vanishes, capture is silence, and time passes.</summary>
internal sealed class NullDeviceFactory : DeviceFactory
{
    /// <inheritdoc/>
    public override string Name => "null";

    /// <inheritdoc/>
    public override string Syntax => "null";

    /// <inheritdoc/>
    public override string Description => "no hardware: playback vanishes, capture is silence";

    /// <inheritdoc/>
    public override async ValueTask<OpenedDevice> OpenAsync(DeviceString device, DeviceContext context, CancellationToken cancellationToken) =>
        new(await ProbeOneAsync(new NullBackend(Name), context, cancellationToken));
}
