namespace Pcm.Virtio;

/// <summary>A PCI function of a machine that QEMU runs, through the configuration ports of a PC. BARs are assigned here: no firmware did.</summary>
internal sealed class QtestPciFunction : IPciFunction
{
    private const ushort AddressPort = 0xcf8;
    private const ushort DataPort = 0xcfc;
    private const ulong FirstFreeAddress = 0xd000_0000; // in the hole below 4 GiB that a PC leaves to PCI

    private readonly QtestClient _client;
    private readonly uint _select;
    private readonly Lock _lock = new(); // an address selected by one access must be there for its data
    private readonly (ulong Address, ulong Size)[] _bars;

    /// <param name="client">The way there.</param>
    /// <param name="slot">Device number on bus 0; function 0.</param>
    public QtestPciFunction(QtestClient client, int slot)
    {
        _client = client;
        _select = 0x8000_0000 | ((uint)slot << 11);
        ulong next = FirstFreeAddress;
        _bars = ReadConfig(0) == uint.MaxValue
            ? throw new VirtioTransportException(PcmError.NoDevice, $"There is no PCI device in slot {slot}.")
            : PciConfig.AssignBars(this, ref next);
    }

    public uint ReadConfig(int offset)
    {
        lock (_lock)
        {
            _client.WritePort(AddressPort, 4, _select | (uint)offset);
            return _client.ReadPort(DataPort, 4);
        }
    }

    public void WriteConfig(int offset, uint value)
    {
        lock (_lock)
        {
            _client.WritePort(AddressPort, 4, _select | (uint)offset);
            _client.WritePort(DataPort, 4, value);
        }
    }

    public IRegisterWindow OpenBar(int bar) => (uint)bar < (uint)_bars.Length && _bars[bar].Size > 0
        ? new QtestWindow(_client, _bars[bar].Address)
        : throw new VirtioTransportException(PcmError.IO, $"The PCI function has no memory behind BAR {bar}.");
}
