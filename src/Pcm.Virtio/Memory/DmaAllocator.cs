namespace Pcm.Virtio;

/// <summary>
/// Where a driver's device-visible memory comes from: rings, control messages, PCM buffers. One per transport, because what a device can
/// reach is the transport's business.
/// </summary>
/// <remarks>
/// The rule that keeps a late device from writing into somebody else's memory: a region is freed after its last descriptor was returned or
/// after a completed reset, and quarantined otherwise. Thread safety: every member may be called from any thread.
/// </remarks>
public abstract class DmaAllocator : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<DmaRegion> _quarantine = [];
    private long _liveBytes;
    private long _quarantinedBytes;
    private bool _disposed;

    /// <summary>Bytes of regions that are allocated and neither disposed nor quarantined.</summary>
    public long LiveBytes => Volatile.Read(ref _liveBytes);

    /// <summary>Bytes that no one uses and no one may reuse, because a device may still write there.</summary>
    public long QuarantinedBytes => Volatile.Read(ref _quarantinedBytes);

    /// <summary>Zeroed memory the device can reach at one run of device addresses.</summary>
    /// <param name="bytes">Size, at least 1.</param>
    /// <param name="alignment">Of the device's address and of this process's; a power of two up to 4096.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size or alignment out of range.</exception>
    /// <exception cref="OutOfMemoryException">No memory, or none that the device can reach.</exception>
    public DmaRegion Allocate(int bytes, int alignment)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(alignment, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(alignment, 4096);
        if ((alignment & (alignment - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "An alignment is a power of two.");
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
        }

        DmaRegion region = AllocateCore(bytes, alignment);
        Interlocked.Add(ref _liveBytes, region.Length);
        return region;
    }

    /// <summary>
    /// Takes a region out of use without freeing it: a device that did not answer may still write there. Disposing the region later does
    /// nothing. A region that was given up before stays as it is.
    /// </summary>
    /// <param name="region">A region of this allocator.</param>
    public void Quarantine(DmaRegion region)
    {
        ArgumentNullException.ThrowIfNull(region);
        if (!region.TryGiveUp())
        {
            return;
        }

        bool free;
        lock (_lock)
        {
            free = _disposed; // the device lost its access before this call
            if (!free)
            {
                _quarantine.Add(region);
                Interlocked.Add(ref _quarantinedBytes, region.Length);
                VirtioMetrics.Quarantined(region.Length);
            }
        }

        Interlocked.Add(ref _liveBytes, -region.Length);
        if (free)
        {
            FreeCore(region);
        }
    }

    /// <summary>Frees what is quarantined. Call it when the device provably lost its access: its reset completed, or its connection ended.</summary>
    public void ReleaseQuarantine()
    {
        DmaRegion[] regions;
        lock (_lock)
        {
            regions = [.. _quarantine];
            _quarantine.Clear();
            VirtioMetrics.Quarantined(-_quarantinedBytes);
            Volatile.Write(ref _quarantinedBytes, 0);
        }

        foreach (DmaRegion region in regions)
        {
            FreeCore(region);
        }
    }

    /// <summary>
    /// Ends the device's access and frees the quarantine. Regions still live stay readable and writable here until their owners dispose them.
    /// </summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A disposed region's memory comes back here, once.</summary>
    internal void Release(DmaRegion region)
    {
        Interlocked.Add(ref _liveBytes, -region.Length);
        FreeCore(region);
    }

    /// <summary>Makes a region. Arguments were checked.</summary>
    /// <param name="bytes">Size, at least 1.</param>
    /// <param name="alignment">A power of two up to 4096.</param>
    /// <exception cref="OutOfMemoryException">No memory.</exception>
    protected abstract DmaRegion AllocateCore(int bytes, int alignment);

    /// <summary>Frees a region's memory, and takes it from the device where the transport can. Called once per region, from any thread.</summary>
    /// <param name="region">Made by <see cref="AllocateCore"/>.</param>
    protected abstract void FreeCore(DmaRegion region);

    /// <summary>Called by <see cref="Dispose()"/>; an override ends the device's access first, then calls this.</summary>
    /// <param name="disposing">Always true from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        lock (_lock)
        {
            _disposed = true;
        }

        ReleaseQuarantine();
    }
}
