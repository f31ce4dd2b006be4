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
    private const int Taken = -2;

    private readonly DmaAllocator _dma;
    private readonly DmaRegion _region;
    private readonly ulong _deviceAddress; // the region's
    private readonly int[] _next; // of a free message the next free one, or -1; of one in flight Taken
    private int _firstFree;
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
        _deviceAddress = _region.DeviceAddress;
        _next = new int[messages];
        _freeCount = messages;
        var header = new VirtioSoundPcmTransfer { StreamId = streamId };
        for (int i = 0; i < messages; i++)
        {
            _next[i] = i + 1 < messages ? i + 1 : -1;
            MemoryMarshal.Write(_region.Span[(i * Stride)..], in header);
        }
    }

    /// <summary>All messages.</summary>
    public int Count => _next.Length;

    /// <summary>Messages that can be taken.</summary>
    public int FreeCount => Volatile.Read(ref _freeCount);

    /// <summary>Messages that the device owns.</summary>
    public int InFlight => Count - FreeCount;

    /// <summary>Takes a message for the device, its status preset to an error.</summary>
    /// <param name="message">Its number, <c>[0 .. Count)</c>.</param>
    /// <returns>False when all are in flight.</returns>
    public virtual bool TryTake(out ushort message)
    {
        int first = _firstFree;
        if (first < 0)
        {
            message = 0;
            return false;
        }

        message = (ushort)first;
        _firstFree = _next[first];
        _next[first] = Taken;
        Volatile.Write(ref _freeCount, _freeCount - 1);
        var preset = new VirtioSoundPcmStatus { Status = 0 }; // no legal code: an answer at the wrong place is told from one at the right
        MemoryMarshal.Write(_region.Span.Slice((first * Stride) + StatusOffset, Unsafe.SizeOf<VirtioSoundPcmStatus>()), in preset);
        return true;
    }

    /// <summary>Takes a message back.</summary>
    /// <param name="message">A message in flight.</param>
    /// <exception cref="InvalidOperationException">It is not in flight: a bug of the driver.</exception>
    public virtual void Return(ushort message)
    {
        if (_next[message] != Taken)
        {
            ThrowNotInFlight(message);
        }

        _next[message] = _firstFree;
        _firstFree = message;
        Volatile.Write(ref _freeCount, _freeCount + 1);
    }

    /// <summary>What the device reads first.</summary>
    /// <param name="message"><c>[0 .. Count)</c>.</param>
    public DmaSlice Header(ushort message) => Part(message, 0, Unsafe.SizeOf<VirtioSoundPcmTransfer>());

    /// <summary>Where the device writes the status.</summary>
    /// <param name="message"><c>[0 .. Count)</c>.</param>
    public DmaSlice Status(ushort message) => Part(message, StatusOffset, Unsafe.SizeOf<VirtioSoundPcmStatus>());

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

    private DmaSlice Part(ushort message, int offset, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(message, _next.Length);
        return new(_deviceAddress + (uint)((message * Stride) + offset), (uint)bytes);
    }

    private static void ThrowNotInFlight(ushort message) => throw new InvalidOperationException($"Message {message} is not in flight.");
}
