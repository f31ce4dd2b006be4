using System.Runtime.InteropServices;

namespace Pcm.Interop.Tests.Contracts;

/// <summary>The window of docs/WRITING-A-TRANSPORT.md, under the mmio transport: an empty place, and one of another version.</summary>
public sealed unsafe class MappedWindowTests : IDisposable
{
    private readonly byte* _registers = (byte*)NativeMemory.AllocZeroed(0x200);

    [Theory]
    [InlineData(0u, 2u, PcmError.NoDevice)]
    [InlineData(0x74726976u, 1u, PcmError.NotSupported)]
    [InlineData(0x74726976u, 3u, PcmError.NotSupported)]
    public void Create_OverSomethingElse_IsRefused(uint magic, uint version, PcmError expected)
    {
        var window = new MappedWindow(_registers);
        window.Write(0, 4, magic);
        window.Write(4, 4, version);
        using DmaAllocator dma = new HeapDmaAllocator();
        Assert.Equal(expected, Assert.Throws<VirtioTransportException>(() => new MmioTransport(window, dma)).Error);
    }

    [Fact]
    public void Registers_OfEveryWidth_AreLittleEndianBytes()
    {
        var window = new MappedWindow(_registers);
        window.Write(8, 4, 25);
        window.Post(0x50, 2, 0x1234);
        window.Write(0x70, 1, 0xff);
        Assert.Equal((25u, 0x12u, 0x34u, 0xffu), (window.Read(8, 1), window.Read(0x51, 1), window.Read(0x50, 1), window.Read(0x70, 2)));
    }

    public void Dispose() => NativeMemory.Free(_registers);

    private sealed class HeapDmaAllocator : DmaAllocator
    {
        protected override DmaRegion AllocateCore(int bytes, int alignment) => throw new NotSupportedException();

        protected override void FreeCore(DmaRegion region)
        {
        }
    }
}
