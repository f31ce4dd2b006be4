namespace Pcm.Interop.Tests.Contracts;

public sealed class QemuMmioDriverTests : SoundDriverContract
{
    protected override ValueTask<VirtioTransport> ConnectAsync() => Machines.QemuAsync(new QemuOptions { Bus = QemuBus.Mmio });
}
