using BenchmarkDotNet.Attributes;
using Pcm.Testing;

namespace Pcm.Bench;

/// <summary>Reading S16 stereo frames that the interrupt of a period has just announced, against copying the same bytes.</summary>
public class ReadBench
{
    private const int Periods = 4;

    private readonly ManualOps _ops = new();
    private byte[] _source = [];
    private byte[] _target = [];
    private int _offset;
    private PcmSubstream _substream = null!;

    [Params(64, 256, 1024)]
    public int Frames { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _source = new byte[Frames * 4 * Periods];
        _target = new byte[Frames * 4];
        _substream = BenchStream.Open(new VirtualClock(), _ops, Frames, Periods, direction: PcmDirection.Capture);
        BenchStream.Done(_substream.StartAsync());
        BenchStream.Require(Read() == Frames && Read() == Frames);
    }

    [Benchmark(Baseline = true, Description = "memcpy of the same bytes")]
    public int Memcpy()
    {
        _source.AsSpan(_offset, _target.Length).CopyTo(_target);
        _offset = (_offset + _target.Length) % _source.Length;
        return _offset;
    }

    [Benchmark(Description = "Read, after the interrupt of a period")]
    public int Read()
    {
        _ops.Advance(Frames);
        _substream.Read(_target, out int read);
        return read;
    }
}
