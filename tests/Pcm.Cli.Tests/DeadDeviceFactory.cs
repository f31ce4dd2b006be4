using Pcm.Cli.Devices;

namespace Pcm.Cli.Tests;

/// <summary><c>dead</c>: takes every command and never moves a frame.</summary>
internal sealed class DeadDeviceFactory : DeviceFactory
{
    public DeadOps Ops { get; } = new();

    public override string Name => "dead";

    public override string Syntax => "dead";

    public override string Description => "hardware that hangs";

    public override ValueTask<OpenedDevice> OpenAsync(DeviceString device, DeviceContext context, CancellationToken cancellationToken)
    {
        var card = new PcmCard("dead", "dead", context.Services);
        card.AddDevice(new PcmDeviceDescription { Name = "dead", Playback = [Ops] });
        return new ValueTask<OpenedDevice>(new OpenedDevice(card));
    }
}
