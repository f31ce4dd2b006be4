using BenchmarkDotNet.Attributes;
using Pcm.Backends.Null;
using Pcm.Testing;

namespace Pcm.Bench;

/// <summary>
/// Writing S16 stereo frames, against copying the same bytes. The null card takes no bytes, so what is left is the core's own work; the ring of
/// the manual hardware takes them, acknowledges, and its interrupt makes room again.
/// </summary>
public class WriteBench
{
    private const int Periods = 4;

    private readonly ManualOps _manual = new();
    private byte[] _source = [];
    private byte[] _target = [];
    private int _offset;
    private PcmSubstream _null = null!;
    private PcmSubstream _ring = null!;

    [Params(64, 256, 1024)]
    public int Frames { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _source = new byte[Frames * 4];
        _target = new byte[_source.Length * Periods];
        var clock = new VirtualClock();
        PcmCard card = new NullBackend("null").CreateCard(new PcmServices(clock, clock.Scheduler));
        _null = BenchStream.Open(clock, card.Devices[0], Frames, Periods);
        _null.SetSwParams(_null.GetSwParams() with { StartThreshold = _null.Runtime!.Boundary }).ThrowIfError("sw_params");
        BenchStream.Require(Null() == Frames && Null() == Frames);
        _ring = BenchStream.Open(clock, _manual, Frames, Periods);
        BenchStream.Fill(_ring);
        BenchStream.Require(Ring() == Frames && Ring() == Frames);
    }

    [Benchmark(Baseline = true, Description = "memcpy of the same bytes")]
    public int Memcpy()
    {
        _source.CopyTo(_target.AsSpan(_offset));
        _offset = (_offset + _source.Length) % _target.Length;
        return _offset;
    }

    [Benchmark(Description = "Write to the null card, and Rewind")]
    public int Null()
    {
        _null.Write(_source, out int written);
        _null.Rewind(written, out _);
        return written;
    }

    [Benchmark(Description = "Write to a ring, and the interrupt of a period")]
    public int Ring()
    {
        _manual.Advance(Frames);
        _ring.Write(_source, out int written);
        return written;
    }
}
