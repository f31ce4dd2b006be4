namespace Pcm.Virtio;

/// <summary>
/// A PCM ring in memory that the device reaches: playback and capture need no copy.
/// Lifetime: the core disposes of it after hw_free, or when a larger one replaces it; while messages name it, the stream keeps it until they came back.
/// </summary>
internal sealed class VirtioRing : PcmBuffer
{
    private readonly VirtioPcmOps _ops;

    public VirtioRing(DmaAllocator dma, int bytes, VirtioPcmOps ops)
        : this(dma.Allocate(bytes, 4096), bytes, ops)
    {
    }

    private VirtioRing(DmaRegion region, int bytes, VirtioPcmOps ops)
        : base(region.HostAddress, bytes)
    {
        _ops = ops;
        Region = region;
    }

    public DmaRegion Region { get; }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ops.Retire(Region);
        }

        base.Dispose(disposing);
    }
}
