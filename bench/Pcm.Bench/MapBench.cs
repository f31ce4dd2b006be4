using BenchmarkDotNet.Attributes;
using Pcm.Testing;

namespace Pcm.Bench;

/// <summary>
/// A period the way of memory mapping: ask what is free, put the frames into the ring itself, tell where the application is now; against copying the
/// same bytes, and against a write.
/// </summary>
public class MapBench
{
    private const int Periods = 4;

    private readonly ManualOps _ops = new();
    private byte[] _source = [];
    private byte[] _target = [];
    private int _offset;
    private PcmSubstream _substream = null!;
    private PcmRuntime _runtime = null!;

    [Params(64, 256, 1024)]
    public int Frames { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _source = new byte[Frames * 4];
        _target = new byte[_source.Length * Periods];
        _substream = BenchStream.Open(new VirtualClock(), _ops, Frames, Periods);
        _runtime = _substream.Runtime!;
        BenchStream.Fill(_substream);
        BenchStream.Require(Map() == Frames && Map() == Frames && Write() == Frames);
    }

    [Benchmark(Baseline = true, Description = "memcpy of the same bytes")]
    public int Memcpy()
    {
        _source.CopyTo(_target.AsSpan(_offset));
        _offset = (_offset + _source.Length) % _target.Length;
        return _offset;
    }

    [Benchmark(Description = "Begin, fill in place, commit; and the interrupt of a period")]
    public int Map()
    {
        _ops.Advance(Frames);
        _substream.GetAvail(out long avail);
        int frames = (int)Math.Min(avail, Frames);
        long position = _runtime.ApplicationPosition;
        _source.CopyTo(_runtime.Buffer!.Span[(int)_runtime.FramesToBytes(position % _runtime.BufferFrames)..]);
        PcmError error = _substream.SyncPointer(new PcmSyncPointer { ApplicationPosition = (position + frames) % _runtime.Boundary }, out _);
        return error == PcmError.None ? frames : 0;
    }

    [Benchmark(Description = "Write; and the interrupt of a period")]
    public int Write()
    {
        _ops.Advance(Frames);
        _substream.Write(_source, out int written);
        return written;
    }
}
