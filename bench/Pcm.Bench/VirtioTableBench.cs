using BenchmarkDotNet.Attributes;
using Pcm.Virtio;

namespace Pcm.Bench;

/// <summary>The services of the virtio driver: maps and message pool, per look-up and per message. The baseline is one element of an array.</summary>
public class VirtioTableBench
{
    private readonly PcmFormat[] _formats = [.. PcmFormats.All];
    private readonly int[] _rates = [5512, 8000, 11025, 12345, 16000, 22050, 32000, 44100, 48000, 64000, 88200, 96000, 176400, 192000];
    private readonly VirtioFormatMap _formatMap = VirtioFormatMap.Default;
    private readonly VirtioRateMap _rateMap = VirtioRateMap.Default;
    private InProcessDmaAllocator _dma = null!;
    private PcmMessagePool _pool = null!;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        _dma = new InProcessDmaAllocator(new GuestMemory());
        _pool = PcmMessagePoolFactory.Default.Create(_dma, streamId: 0, messages: 16);
        BenchStream.Require(TakeAndReturn() && _pool.InFlight == 0);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _pool.Dispose();
        _dma.Dispose();
    }

    [Benchmark(Baseline = true, Description = "An element of an array")]
    public int Element() => _rates[Next(_rates.Length)];

    [Benchmark(Description = "Format to virtio")]
    public int Format() => _formatMap.TryToVirtio(_formats[Next(_formats.Length)], out byte index) ? index : -1;

    [Benchmark(Description = "Rate to virtio")]
    public int Rate() => _rateMap.TryToVirtio(_rates[Next(_rates.Length)], out byte index) ? index : -1;

    [Benchmark(Description = "Message pool: take and return")]
    public bool TakeAndReturn()
    {
        if (!_pool.TryTake(out ushort message))
        {
            return false;
        }

        _pool.Return(message);
        return true;
    }

    private int Next(int count)
    {
        _next = _next + 1 < count ? _next + 1 : 0;
        return _next;
    }
}
