using System.Runtime.CompilerServices;
using Pcm.Virtio;

namespace Pcm.Bench;

/// <summary>
/// The driver's work for one period: under the queue's lock take the used message, move the position under the stream's, hand the message out
/// again. The same as split_ring.c and packed_ring.c, with the parts of the library; the other side is the cheapest there can be, on both. A program
/// has rings of one format, so each row has code of its own: shared, it would be compiled for the format that was hot first.
/// </summary>
internal sealed class RingRow<TFormat>
    where TFormat : struct, IRingFormat
{
    private const int Messages = 4;
    private const int PeriodFrames = 1024;

    private readonly FlatAllocator _dma = new();
    private readonly DriverVirtqueue _queue;
    private readonly RawAnswerer _device;
    private readonly PcmMessagePool _pool;
    private readonly DmaRegion _audio;
    private PcmSpinLock _queueLock;
    private PcmSpinLock _streamLock;
    private long _position;
    private long _kicks;

    public RingRow()
    {
        VirtqueueKind kind = TFormat.Kind;
        VirtioFeatures features = VirtioFeatures.Version1 | (kind == VirtqueueKind.Packed ? VirtioFeatures.RingPacked : VirtioFeatures.None);
        _queue = DriverVirtqueue.Create(kind, 64, features, _dma, indirectDescriptors: 0);
        _device = new RawAnswerer(kind, _queue.Addresses);
        _pool = PcmMessagePoolFactory.Default.Create(_dma, streamId: 0, Messages);
        _audio = _dma.Allocate(Messages * PeriodFrames * 4, 4096);
        for (int i = 0; i < Messages; i++)
        {
            Send();
        }
    }

    public double Period(int count)
    {
        long before = _position;
        long start = Stopwatched.Start();
        for (int i = 0; i < count; i++)
        {
            _device.AnswerOne();
            Complete();
        }

        double took = Stopwatched.Since(start);
        BenchStream.Require(_position - before == (long)count * PeriodFrames && _kicks == 0 && !_queue.IsBroken);
        return took;
    }

    private void Complete()
    {
        using (_queueLock.EnterScope())
        {
            while (_queue.TryTakeUsed(out ushort message, out _))
            {
                _pool.Return(message);
                _streamLock.Enter();
                _position += PeriodFrames;
                _streamLock.Exit();

                Send();
            }
        }
    }

    [SkipLocalsInit] // as the driver's
    private void Send()
    {
        bool sent = _pool.TryTake(out ushort message)
            && _queue.TryAdd([_pool.Header(message), _audio.Slice(message * PeriodFrames * 4, PeriodFrames * 4)], [_pool.Status(message)], message);
        _kicks += sent && _queue.Publish() ? 1 : 0;
    }
}
