namespace Pcm.Interop.Tests.Contracts;

public sealed class InProcessTransportTests : VirtioTransportContract
{
    protected override ValueTask<VirtioTransport> ConnectAsync() => Machines.InProcessAsync();
}
