using Pcm.Cli.Sessions;

namespace Pcm.Cli.Devices;

/// <summary>What a factory gets besides the device string.</summary>
/// <param name="Table">For nested devices.</param>
/// <param name="Services">Clock, scheduler, log.</param>
/// <param name="Direction">What the device is opened for; null: to be looked at.</param>
/// <param name="Format">What will be played; null: not known before the device is.</param>
internal sealed record DeviceContext(DeviceTable Table, PcmServices Services, PcmDirection? Direction, StreamFormat? Format = null)
{
    /// <summary>For a device behind the device: what was put around the ops of the one in front is not for it.</summary>
    public DeviceContext Behind(PcmDirection direction) => this with { Services = Services.WithDecorators(), Direction = direction };
}
