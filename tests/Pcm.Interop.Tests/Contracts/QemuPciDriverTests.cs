namespace Pcm.Interop.Tests.Contracts;

public sealed class QemuPciDriverTests : SoundDriverContract
{
    protected override ValueTask<VirtioTransport> ConnectAsync() => Machines.QemuAsync(new QemuOptions { Bus = QemuBus.Pci });
}
