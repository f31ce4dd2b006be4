using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// Native memory for a device in this process. Device addresses are not pointers: each region gets whole pages of an address space of its
/// own, with an unmapped page behind it, and no address is ever given twice. A stale or overrunning descriptor therefore hits nothing.
/// </summary>
/// <remarks>Thread safety: every member may be called from any thread.</remarks>
internal sealed unsafe class InProcessDmaAllocator : DmaAllocator
{
    private const long PageBytes = 4096;

    private readonly GuestMemory _memory;
    private long _nextAddress = 0x1_0000_0000; // above 4 GiB, so that a truncated address shows

    /// <param name="memory">The device's view: regions appear and disappear there.</param>
    public InProcessDmaAllocator(GuestMemory memory) => _memory = memory;

    protected override DmaRegion AllocateCore(int bytes, int alignment)
    {
        long pages = (bytes + PageBytes - 1) / PageBytes;
        var deviceAddress = (ulong)(Interlocked.Add(ref _nextAddress, (pages + 1) * PageBytes) - ((pages + 1) * PageBytes));

        // SAFETY: the size is at least 1 and the alignment a power of two; FreeCore frees exactly once.
        void* host = NativeMemory.AlignedAlloc((nuint)bytes, (nuint)Math.Max(alignment, 64));
        NativeMemory.Clear(host, (nuint)bytes);
        var region = new DmaRegion(this, (nint)host, bytes, deviceAddress);
        _memory.Map(deviceAddress, (nint)host, (ulong)bytes, region);
        return region;
    }

    protected override void FreeCore(DmaRegion region)
    {
        // First the device's access, then the memory.
        _memory.Unmap(region.DeviceAddress);

        // SAFETY: allocated by AllocateCore; DmaRegion.TryGiveUp lets one caller through.
        NativeMemory.AlignedFree((void*)region.HostAddress);
    }

    protected override void Dispose(bool disposing)
    {
        _memory.Clear();
        base.Dispose(disposing);
    }
}
