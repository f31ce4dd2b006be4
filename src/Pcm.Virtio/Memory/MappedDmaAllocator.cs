using System.IO.MemoryMappedFiles;

namespace Pcm.Virtio;

/// <summary>
/// Memory shared with a device as one file mapping, such as a machine's RAM: offset in the file and device address are the same. Regions are
/// whole pages, found first-fit; freed neighbours grow together.
/// Lifetime: the mapping ends when the allocator is disposed and the last region was given back.
/// </summary>
/// <remarks>Thread safety: every member may be called from any thread.</remarks>
public sealed unsafe class MappedDmaAllocator : DmaAllocator
{
    private const ulong PageBytes = 4096;

    private readonly Lock _lock = new();
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _base;
    private readonly SortedList<ulong, ulong> _free = []; // length by address
    private bool _unmapped;
    private int _regions;

    /// <summary>Maps a file for sharing.</summary>
    /// <param name="file">The file; read and written from byte 0 to <paramref name="end"/>. Not owned.</param>
    /// <param name="start">First device address to give out, a multiple of 4096.</param>
    /// <param name="end">First device address beyond, a multiple of 4096.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not multiples, or the wrong way round.</exception>
    /// <exception cref="IOException">The file cannot be mapped.</exception>
    public MappedDmaAllocator(MemoryMappedFile file, ulong start, ulong end)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNotEqual(start % PageBytes, 0UL, nameof(start));
        ArgumentOutOfRangeException.ThrowIfNotEqual(end % PageBytes, 0UL, nameof(end));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(start, end);
        _view = file.CreateViewAccessor(0, (long)end);
        _free.Add(start, end - start);

        // SAFETY: the pointer is released by the last of Dispose and FreeCore, and nothing else hands it out.
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _base);
    }

    /// <inheritdoc/>
    protected override DmaRegion AllocateCore(int bytes, int alignment)
    {
        ulong length = Pages(bytes);
        ulong address;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_unmapped, this);
            int at = 0;
            while (at < _free.Count && _free.GetValueAtIndex(at) < length)
            {
                at++;
            }

            if (at == _free.Count)
            {
                throw new InsufficientMemoryException($"The device's memory has no {length} bytes in one piece; give its machine more.");
            }

            address = _free.GetKeyAtIndex(at);
            ulong left = _free.GetValueAtIndex(at) - length;
            _free.RemoveAt(at);
            if (left > 0)
            {
                _free.Add(address + length, left);
            }

            _regions++;
        }

        // SAFETY: [address, address + length) lies within the mapping and was in nobody's hands; pages satisfy every alignment.
        byte* host = _base + address;
        new Span<byte>(host, (int)length).Clear();
        return new DmaRegion(this, (nint)host, bytes, address);
    }

    /// <inheritdoc/>
    protected override void FreeCore(DmaRegion region)
    {
        ArgumentNullException.ThrowIfNull(region);
        bool last;
        lock (_lock)
        {
            Merge_NeedsLock(region.DeviceAddress, Pages(region.Length));
            _regions--;
            last = _unmapped && _regions == 0;
        }

        if (last)
        {
            Unmap();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        bool last;
        lock (_lock)
        {
            last = !_unmapped && _regions == 0;
            _unmapped = true;
        }

        if (last)
        {
            Unmap();
        }
    }

    private static ulong Pages(int bytes) => ((ulong)bytes + PageBytes - 1) & ~(PageBytes - 1);

    private void Merge_NeedsLock(ulong address, ulong length)
    {
        _free.Add(address, length);
        int at = _free.IndexOfKey(address);
        if (at + 1 < _free.Count && address + length == _free.GetKeyAtIndex(at + 1))
        {
            length += _free.GetValueAtIndex(at + 1);
            _free.RemoveAt(at + 1);
            _free[address] = length;
        }

        if (at > 0 && _free.GetKeyAtIndex(at - 1) is var before && before + _free.GetValueAtIndex(at - 1) == address)
        {
            _free.RemoveAt(at);
            _free[before] += length;
        }
    }

    private void Unmap()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }
}
