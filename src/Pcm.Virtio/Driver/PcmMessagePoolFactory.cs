namespace Pcm.Virtio;

/// <summary>Service: where a stream's I/O messages come from. A replacement can put them elsewhere, count them or poison them.</summary>
/// <remarks>Thread safety: called from any thread.</remarks>
public abstract class PcmMessagePoolFactory
{
    /// <summary>Messages in one region of the device's DMA memory.</summary>
    public static PcmMessagePoolFactory Default { get; } = new DmaFactory();

    /// <summary>Makes the messages of one configuration of one stream.</summary>
    /// <param name="dma">The device's memory.</param>
    /// <param name="streamId">The stream's number, written into every header.</param>
    /// <param name="messages">How many, at least 1.</param>
    /// <exception cref="OutOfMemoryException">No memory; hw_params fails with ENOMEM.</exception>
    public abstract PcmMessagePool Create(DmaAllocator dma, uint streamId, int messages);

    private sealed class DmaFactory : PcmMessagePoolFactory
    {
        public override PcmMessagePool Create(DmaAllocator dma, uint streamId, int messages) => new(dma, streamId, messages);
    }
}
