namespace Pcm.Interop.Tests.Contracts;

public sealed class QemuMmioTransportTests : VirtioTransportContract
{
    protected override ValueTask<VirtioTransport> ConnectAsync() => Machines.QemuAsync(new QemuOptions { Bus = QemuBus.Mmio });
}
