using System.Numerics;

namespace Pcm.Virtio;

/// <summary>
/// The device's view of the driver's memory: a table of mapped regions. Every address a driver sends goes through here, so a bad one finds
/// nothing instead of somebody's memory.
/// </summary>
/// <remarks>
/// Thread safety: every member may be called from any thread; look-ups see the table before or after a change. Whoever unmaps makes sure
/// that the device is not using a span of the region: it stopped the queues, or runs on the device's own executor.
/// </remarks>
public sealed unsafe class GuestMemory
{
    private readonly Lock _lock = new();
    private RegionTable _table = new([]); // replaced whole, never changed
    private int _version;

    /// <summary>Changes whenever the table does: a cached look-up of an older version must be repeated.</summary>
    internal int Version => Volatile.Read(ref _version);

    /// <summary>Adds a region.</summary>
    /// <param name="address">First byte in the driver's address space.</param>
    /// <param name="host">First byte in this process; mapped and writable until <see cref="Unmap"/>.</param>
    /// <param name="length">Bytes, at least 1.</param>
    /// <param name="owner">Kept alive as long as the region is mapped, such as the mapping's safe handle.</param>
    /// <exception cref="ArgumentException">The region is empty, wraps around the address space, or overlaps another.</exception>
    public void Map(ulong address, nint host, ulong length, object? owner)
    {
        if (length == 0 || address + (length - 1) < address)
        {
            throw new ArgumentException("A region must have bytes and end within the address space.", nameof(length));
        }

        lock (_lock)
        {
            ReadOnlySpan<Region> before = _table.Regions;
            int at = 0;
            while (at < before.Length && before[at].Address < address)
            {
                at++;
            }

            bool overlapsPrevious = at > 0 && address - before[at - 1].Address < before[at - 1].Length;
            bool overlapsNext = at < before.Length && before[at].Address - address < length;
            if (overlapsPrevious || overlapsNext)
            {
                throw new ArgumentException($"The region at 0x{address:x} overlaps a mapped one.", nameof(address));
            }

            Replace_NeedsLock([.. before[..at], new Region(address, length, host, owner), .. before[at..]]);
        }
    }

    /// <summary>Removes the region that starts at <paramref name="address"/>. False when there is none.</summary>
    /// <param name="address">As given to <see cref="Map"/>.</param>
    public bool Unmap(ulong address)
    {
        lock (_lock)
        {
            ReadOnlySpan<Region> before = _table.Regions;
            int at = _table.Find(address);
            if (at < 0 || before[at].Address != address)
            {
                return false;
            }

            Replace_NeedsLock([.. before[..at], .. before[(at + 1)..]]);
            return true;
        }
    }

    /// <summary>Removes every region.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Replace_NeedsLock([]);
        }
    }

    /// <summary>
    /// The mapped memory that begins at <paramref name="address"/>, up to <paramref name="maxLength"/> bytes or the end of its region.
    /// False when the address is not mapped, or <paramref name="maxLength"/> is 0. Never allocates.
    /// </summary>
    /// <param name="address">In the driver's address space; any value.</param>
    /// <param name="maxLength">Bytes wanted.</param>
    /// <param name="span">At least one byte; shorter than wanted where the region ends or beyond what a span can hold.</param>
    public bool TryGetSpan(ulong address, ulong maxLength, out Span<byte> span)
    {
        RegionTable table = Volatile.Read(ref _table);
        int at = table.Find(address);
        if (at < 0 || maxLength == 0)
        {
            span = default;
            return false;
        }

        ref readonly Region region = ref table.Regions[at];
        ulong offset = address - region.Address;
        int length = (int)Math.Min(Math.Min(maxLength, region.Length - offset), int.MaxValue);

        // SAFETY: offset + length is at most the region's length, and Map's caller promises that many bytes at Host.
        span = new Span<byte>((byte*)region.Host + offset, length);
        return true;
    }

    /// <summary>Whether all bytes of a range are mapped, in one region or in adjacent ones. True for an empty range.</summary>
    /// <param name="address">In the driver's address space; any value.</param>
    /// <param name="length">Bytes; any value.</param>
    public bool Contains(ulong address, ulong length)
    {
        while (length != 0)
        {
            if (!TryGetSpan(address, length, out Span<byte> span))
            {
                return false;
            }

            length -= (uint)span.Length;
            address += (uint)span.Length; // wraps only when length reached 0: no region crosses the end
            if (address == 0 && length != 0)
            {
                return false; // 64-bit overflow
            }
        }

        return true;
    }

    /// <summary>Copies out of the driver's memory. False, with part of the destination written, when a byte is not mapped.</summary>
    /// <param name="address">In the driver's address space; any value.</param>
    /// <param name="destination">Private memory.</param>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (!TryGetSpan(address, (uint)destination.Length, out Span<byte> span))
            {
                return false;
            }

            span.CopyTo(destination);
            destination = destination[span.Length..];
            address += (uint)span.Length;
            if (address == 0 && !destination.IsEmpty)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Copies into the driver's memory. False, with part of the source written, when a byte is not mapped.</summary>
    /// <param name="address">In the driver's address space; any value.</param>
    /// <param name="source">Private memory.</param>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            if (!TryGetSpan(address, (uint)source.Length, out Span<byte> span))
            {
                return false;
            }

            source[..span.Length].CopyTo(span);
            source = source[span.Length..];
            address += (uint)span.Length;
            if (address == 0 && !source.IsEmpty)
            {
                return false;
            }
        }

        return true;
    }

    private void Replace_NeedsLock(Region[] regions)
    {
        Volatile.Write(ref _table, new RegionTable(regions));
        Volatile.Write(ref _version, _version + 1);
    }

    private readonly record struct Region(ulong Address, ulong Length, nint Host, object? Owner);

    /// <summary>
    /// Regions in the order of their addresses, and for each page, as far as pages do not share a place, where it was found last: with the thousands
    /// of regions of a thousand streams the search, eight times a period, was by callgrind the most expensive function of all. A hint is only where to
    /// look first. Measured by <c>Pcm.Bench.EndToEnd --only virtio --streams 1000</c>.
    /// </summary>
    private sealed class RegionTable
    {
        private const int PageShift = 12;

        private readonly Region[] _regions;
        private readonly ushort[] _hints;

        public RegionTable(Region[] regions)
        {
            _regions = regions;
            _hints = new ushort[BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(2 * regions.Length, 1, 1 << 16))];
        }

        public ReadOnlySpan<Region> Regions => _regions;

        /// <summary>Where the region of an address is; -1 when there is none. Any thread: a hint that another one writes meanwhile is as good.</summary>
        public int Find(ulong address)
        {
            ref ushort hint = ref _hints[(int)(address >> PageShift) & (_hints.Length - 1)];
            int at = hint;
            if (at < _regions.Length && address - _regions[at].Address < _regions[at].Length)
            {
                return at;
            }

            at = Search(address);
            hint = (ushort)Math.Clamp(at, 0, ushort.MaxValue);
            return at;
        }

        private int Search(ulong address)
        {
            int low = 0;
            int high = _regions.Length - 1;
            while (low <= high)
            {
                int middle = (low + high) >> 1;
                ref readonly Region region = ref _regions[middle];
                if (address < region.Address)
                {
                    high = middle - 1;
                }
                else if (address - region.Address >= region.Length)
                {
                    low = middle + 1;
                }
                else
                {
                    return middle;
                }
            }

            return -1;
        }
    }
}
