using Pcm.Testing;

namespace Pcm.Cli.Devices;

/// <summary>The kinds of devices of this build, by name.</summary>
internal sealed class DeviceTable(params IReadOnlyList<DeviceFactory> factories)
{
    private const string PreferredDefault = "virtio";

    /// <summary>Every kind of this build.</summary>
    public static DeviceTable Default { get; } = new(
        new VirtioDeviceFactory(), new NullDeviceFactory(), new WavDeviceFactory(), new LoopbackDeviceFactory(),
        new AlsaDeviceFactory());

    /// <summary>The kinds, in the order in which they are listed.</summary>
    public IReadOnlyList<DeviceFactory> Factories { get; } = factories;

    /// <summary>The device used when none is named; null when every kind needs an argument.</summary>
    public string? DefaultDevice => Find(PreferredDefault)?.Name ?? Factories.SelectMany(static f => f.ReadyDevices).FirstOrDefault();

    /// <summary>The kind with a name; null when there is none.</summary>
    public DeviceFactory? Find(string name) => Factories.FirstOrDefault(f => f.Name == name);

    /// <summary>Opens a device; what goes wrong becomes a sentence that names it.</summary>
    /// <exception cref="CliException">The device cannot be had.</exception>
    public static async ValueTask<OpenedDevice> OpenAsync(DeviceString device, DeviceContext context, CancellationToken cancellationToken)
    {
        try
        {
            DeviceContext own = device.Faults is { } plan ? context with { Services = FaultDecorator.Disturb(context.Services, plan) } : context;
            return await device.Factory.OpenAsync(device, own, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) // PcmException is one, and so is a transport's
        {
            throw CliException.Failure($"device {device.Factory.Name}{(device.Argument is null ? "" : ":" + device.Argument)}: {e.Message}");
        }
    }
}
