namespace Pcm.Interop.Tests.Contracts;

public sealed class InProcessDriverTests : SoundDriverContract
{
    protected override ValueTask<VirtioTransport> ConnectAsync() => Machines.InProcessAsync();
}
