namespace Pcm.Virtio;

/// <summary>Configuration space of a PCI function: fields narrower than its 32-bit accesses, the capability list, base address registers.</summary>
internal static class PciConfig
{
    public const int VendorSpecific = 0x09;
    public const int MsiX = 0x11;

    private const int CommandStatus = 0x04;
    private const int FirstBar = 0x10;
    private const int BarCount = 6;
    private const int CapabilitiesPointer = 0x34;
    private const int MaxCapabilities = 48; // as many as fit; more is a loop

    public static byte Read8(this IPciFunction function, int offset) => (byte)(function.ReadConfig(offset & ~3) >> (8 * (offset & 3)));

    /// <summary>Offsets of the capabilities with an id, in the list's order. A list that loops ends.</summary>
    public static List<int> FindCapabilities(IPciFunction function, byte id)
    {
        var found = new List<int>();
        const uint hasCapabilities = 1u << 20; // status bit 4
        if ((function.ReadConfig(CommandStatus) & hasCapabilities) == 0)
        {
            return found;
        }

        int at = function.Read8(CapabilitiesPointer) & ~3;
        for (int i = 0; i < MaxCapabilities && at >= 0x40; i++)
        {
            uint header = function.ReadConfig(at);
            if ((byte)header == id)
            {
                found.Add(at);
            }

            at = (int)(header >> 8) & 0xfc;
        }

        return found;
    }

    /// <summary>
    /// Gives each memory BAR an address and switches memory and bus mastering on: what firmware does on a machine that has some.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <param name="next">Where the next free address is, and then was left.</param>
    /// <returns>Address and size by BAR; size 0: none.</returns>
    public static (ulong Address, ulong Size)[] AssignBars(IPciFunction function, ref ulong next)
    {
        var bars = new (ulong Address, ulong Size)[BarCount];
        for (int bar = 0; bar < BarCount; bar++)
        {
            int offset = FirstBar + (4 * bar);
            uint low = function.ReadConfig(offset);
            bool isIo = (low & 1) != 0, is64 = !isIo && (low & 6) == 4 && bar + 1 < BarCount;
            function.WriteConfig(offset, uint.MaxValue);
            ulong mask = function.ReadConfig(offset) & (isIo ? ~3u : ~15u);
            if (mask == 0 || isIo)
            {
                continue; // not there, or a legacy one, which a modern driver leaves alone
            }

            ulong size = (~mask & uint.MaxValue) + 1;
            next = (next + size - 1) & ~(size - 1);
            function.WriteConfig(offset, (uint)next);
            if (is64)
            {
                function.WriteConfig(offset + 4, (uint)(next >> 32));
            }

            bars[bar] = (next, size);
            next += size;
            bar += is64 ? 1 : 0;
        }

        const uint memoryAndBusMaster = 6;
        function.WriteConfig(CommandStatus, (function.ReadConfig(CommandStatus) & 0xffff) | memoryAndBusMaster);
        return bars;
    }
}
