namespace Pcm.Interop.Tests.Contracts;

public sealed class QemuPciTransportTests : VirtioTransportContract
{
    protected override ValueTask<VirtioTransport> ConnectAsync() => Machines.QemuAsync(new QemuOptions { Bus = QemuBus.Pci });
}
