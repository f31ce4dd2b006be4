namespace Pcm.Virtio;

/// <summary>Registers of a machine that QEMU runs, at a guest-physical address.</summary>
/// <param name="client">The way there.</param>
/// <param name="address">Of register 0.</param>
internal sealed class QtestWindow(QtestClient client, ulong address) : IRegisterWindow
{
    public uint Read(int offset, int bytes) => (uint)client.ReadMemory(address + (uint)offset, bytes);

    public void Write(int offset, int bytes, uint value) => client.WriteMemory(address + (uint)offset, bytes, value);

    public void Post(int offset, int bytes, uint value) => client.Post(address + (uint)offset, bytes, value);
}
