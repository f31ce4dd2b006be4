using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pcm.Virtio;

/// <summary>
/// The I/O messages of one stream: per message a header that the device reads and a status that it writes.
/// I/O messages lifetime: allocated in hw_params, one for each period, after the device accepted the parameters. A message is the device's from
/// <see cref="TryTake"/> until <see cref="Return"/>, which happens only when it came back in the used ring or the device was reset.
/// The pool is freed in three places: hw_params (again), hw_free, and when the ops are disposed of. Never in sync_stop: a wait that was cancelled
/// or timed out leaves messages with a device that may still write their statuses. Freed with messages in flight, the memory is not reused but
/// quarantined until the device is reset.
/// </summary>
/// <remarks>
/// Invariant: <see cref="Count"/> = <see cref="FreeCount"/> + <see cref="InFlight"/>.
/// Thread safety: the caller holds the lock of the stream's queue, except for the counts, which any thread may read.
/// </remarks>
public class PcmMessagePool : IDisposable
{
    private const int Stride = 16;
    private const int StatusOffset = 8;

    private readonly DmaAllocator _dma;
    private readonly DmaRegion _region;
    private readonly ushort[] _free;
    private readonly bool[] _inFlight;
    private int _freeCount;

    /// <summary>Allocates the messages.</summary>
    /// <param name="dma">The device's memory.</param>
    /// <param name="streamId">Written into every header.</param>
    /// <param name="messages">How many, <c>[1 .. 65535]</c>.</param>
    /// <exception cref="OutOfMemoryException">No memory.</exception>
    public PcmMessagePool(DmaAllocator dma, uint streamId, int messages)
    {
        ArgumentNullException.ThrowIfNull(dma);
        ArgumentOutOfRangeException.ThrowIfLessThan(messages, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messages, ushort.MaxValue);
        _dma = dma;
        _region = dma.Allocate(messages * Stride, Stride);
        _free = new ushort[messages];
        _inFlight = new bool[messages];
        _freeCount = messages;
        var header = new VirtioSoundPcmTransfer { StreamId = streamId };
        for (int i = 0; i < messages; i++)
        {
            _free[i] = (ushort)(messages - 1 - i); // the first taken is message 0
            MemoryMarshal.Write(_region.Span[(i * Stride)..], in header);
        }
    }

    /// <summary>All messages.</summary>
    public int Count => _free.Length;

    /// <summary>Messages that can be taken.</summary>
    public int FreeCount => Volatile.Read(ref _freeCount);

    /// <summary>Messages that the device owns.</summary>
    public int InFlight => Count - FreeCount;

    /// <summary>Takes a message for the device, its status preset to an error.</summary>
    /// <param name="message">Its number, <c>[0 .. Count)</c>.</param>
    /// <returns>False when all are in flight.</returns>
    public virtual bool TryTake(out ushort message)
    {
        if (_freeCount == 0)
        {
            message = 0;
            return false;
        }

        message = _free[_freeCount - 1];
        Volatile.Write(ref _freeCount, _freeCount - 1);
        _inFlight[message] = true;
        var preset = new VirtioSoundPcmStatus { Status = 0 }; // no legal code: an answer at the wrong place is told from one at the right
        MemoryMarshal.Write(_region.Span[((message * Stride) + StatusOffset)..], in preset);
        return true;
    }

    /// <summary>Takes a message back.</summary>
    /// <param name="message">A message in flight.</param>
    /// <exception cref="InvalidOperationException">It is not in flight: a bug of the driver.</exception>
    public virtual void Return(ushort message)
    {
        if (!_inFlight[message])
        {
            throw new InvalidOperationException($"Message {message} is not in flight.");
        }

        _inFlight[message] = false;
        _free[_freeCount] = message;
        Volatile.Write(ref _freeCount, _freeCount + 1);
    }

    /// <summary>What the device reads first.</summary>
    /// <param name="message"><c>[0 .. Count)</c>.</param>
    public DmaSlice Header(ushort message) => _region.Slice(message * Stride, Unsafe.SizeOf<VirtioSoundPcmTransfer>());

    /// <summary>Where the device writes the status.</summary>
    /// <param name="message"><c>[0 .. Count)</c>.</param>
    public DmaSlice Status(ushort message) => _region.Slice((message * Stride) + StatusOffset, Unsafe.SizeOf<VirtioSoundPcmStatus>());

    /// <summary>What the device wrote, copied once.</summary>
    /// <param name="message"><c>[0 .. Count)</c>.</param>
    public VirtioSoundPcmStatus ReadStatus(ushort message) =>
        MemoryMarshal.Read<VirtioSoundPcmStatus>(_region.Span[((message * Stride) + StatusOffset)..]);

    /// <summary>Frees the memory, or quarantines it while messages are in flight.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees or quarantines.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (InFlight > 0)
        {
            _dma.Quarantine(_region);
        }
        else
        {
            _region.Dispose();
        }
    }
}
