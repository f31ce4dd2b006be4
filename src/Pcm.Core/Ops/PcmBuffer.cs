using System.Runtime.CompilerServices;

namespace Pcm;

/// <summary>
/// The memory of a PCM ring: never moves, so a device may hold its address.
/// Lifetime: allocated by <see cref="PcmOps.AllocateBuffer"/> in hw_params, disposed after hw_free (or before a larger one replaces it),
/// never while a transfer copies. A backend whose device may still touch it keeps its own reference and quarantines it.
/// </summary>
/// <remarks>Thread safety: <see cref="Span"/> may be used from any thread until <see cref="IDisposable.Dispose"/>; who writes which part is the ring's protocol.</remarks>
public abstract unsafe class PcmBuffer : IDisposable
{
    private readonly byte* _address;

    /// <summary>Describes memory that stays where it is until disposed.</summary>
    /// <param name="address">First byte; at least 16-byte aligned.</param>
    /// <param name="length">Bytes.</param>
    protected PcmBuffer(nint address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _address = (byte*)address;
        Length = length;
    }

    /// <summary>Size in bytes.</summary>
    public int Length { get; }

    /// <summary>The whole memory.</summary>
    // SAFETY: the constructor's caller promises Length bytes at the address until Dispose.
    public Span<byte> Span => new(_address, Length);

    /// <summary>A zeroed buffer in pinned managed memory, for backends whose peer is this process.</summary>
    /// <param name="bytes">Size in bytes, not negative.</param>
    public static PcmBuffer OnHeap(int bytes) => new HeapBuffer(GC.AllocateArray<byte>(Math.Max(bytes, 1), pinned: true), bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the memory. Called at most once by the core.</summary>
    /// <param name="disposing">Always true from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    private sealed class HeapBuffer : PcmBuffer
    {
        // The array keeps the memory alive as long as this object is referenced.
        private readonly byte[] _array;

        // SAFETY: the array is on the pinned heap, so its address is constant.
        public HeapBuffer(byte[] array, int length)
            : base((nint)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array)), length) => _array = array;

        public override string ToString() => $"PcmBuffer({_array.Length} bytes on the heap)";
    }
}
