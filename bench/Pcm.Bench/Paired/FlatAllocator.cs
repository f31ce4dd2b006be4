using System.Runtime.InteropServices;
using Pcm.Virtio;

namespace Pcm.Bench;

/// <summary>Memory whose device addresses are this process's, so that the other side of a ring can be a few lines.</summary>
internal sealed unsafe class FlatAllocator : DmaAllocator
{
    protected override DmaRegion AllocateCore(int bytes, int alignment)
    {
        // SAFETY: freed once, by FreeCore; the benchmark's process ends with what is left.
        void* memory = NativeMemory.AlignedAlloc((nuint)bytes, (nuint)Math.Max(alignment, 64));
        NativeMemory.Clear(memory, (nuint)bytes);
        return new Region(this, (nint)memory, bytes);
    }

    protected override void FreeCore(DmaRegion region) => NativeMemory.AlignedFree((void*)region.DeviceAddress);

    private sealed class Region(DmaAllocator allocator, nint address, int length) : DmaRegion(allocator, address, length, (ulong)address);
}
