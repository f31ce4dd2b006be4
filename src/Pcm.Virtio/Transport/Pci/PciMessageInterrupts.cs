using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// MSI-X whose messages are words in memory shared with the device: without an interrupt controller, the message is the interrupt. Each vector
/// has a word of its own, which the device sets and <see cref="TryTake"/> clears.
/// Lifetime: the words are the device's until its access ended; then, and not before, <see cref="Dispose"/>.
/// </summary>
/// <remarks>Thread safety: <see cref="TryTake"/> by one thread.</remarks>
internal sealed class PciMessageInterrupts : IDisposable
{
    private const int EntryBytes = 16;

    private readonly DmaRegion _words;

    private PciMessageInterrupts(DmaRegion words, int count)
    {
        _words = words;
        Count = count;
    }

    /// <summary>Vectors.</summary>
    public int Count { get; }

    /// <summary>Programs and enables the vectors; null when the function has no MSI-X.</summary>
    /// <exception cref="VirtioTransportException">The device cannot be reached, or has no such BAR.</exception>
    public static PciMessageInterrupts? TryEnable(IPciFunction function, DmaAllocator dma, int wanted)
    {
        if (PciConfig.FindCapabilities(function, PciConfig.MsiX) is not [var capability, ..])
        {
            return null;
        }

        uint control = function.ReadConfig(capability);
        int count = Math.Min((int)((control >> 16) & 0x7ff) + 1, wanted);
        uint table = function.ReadConfig(capability + 4);
        IRegisterWindow window = function.OpenBar((int)(table & 7));
        DmaRegion words = dma.Allocate(count * sizeof(uint), sizeof(ulong));
        try
        {
            Program(window, (int)(table & ~7u), words, count);
            const uint enable = 1u << 31, maskAll = 1u << 30;
            function.WriteConfig(capability, (control | enable) & ~maskAll);
            return new PciMessageInterrupts(words, count);
        }
        catch
        {
            dma.Quarantine(words); // the device may know of some
            throw;
        }
    }

    public void Dispose() => _words.Dispose();

    private static void Program(IRegisterWindow window, int table, DmaRegion words, int count)
    {
        for (int vector = 0; vector < count; vector++)
        {
            int entry = table + (vector * EntryBytes);
            ulong address = words.Slice(vector * sizeof(uint), sizeof(uint)).DeviceAddress;
            window.Write(entry, 4, (uint)address);
            window.Write(entry + 4, 4, (uint)(address >> 32));
            window.Write(entry + 8, 4, (uint)vector + 1); // anything but 0
            window.Write(entry + 12, 4, 0); // not masked
        }
    }

    /// <summary>Whether a vector was raised since the last time. Cleared before the caller looks at its queues, so that a later message sets it again.</summary>
    public bool TryTake(int vector)
    {
        ref int word = ref MemoryMarshal.Cast<byte, int>(_words.Span)[vector];
        return Volatile.Read(ref word) != 0 && Interlocked.Exchange(ref word, 0) != 0;
    }
}
