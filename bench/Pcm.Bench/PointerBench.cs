using BenchmarkDotNet.Attributes;
using Pcm.Testing;

namespace Pcm.Bench;

/// <summary>Looking at a running stream: each call takes the lock and asks the hardware for its position.</summary>
public class PointerBench
{
    private PcmSubstream _substream = null!;

    [GlobalSetup]
    public void Setup()
    {
        _substream = BenchStream.Open(new VirtualClock(), new ManualOps(), 256, 4);
        BenchStream.Fill(_substream);
        BenchStream.Require(_substream.State == PcmState.Running);
    }

    [Benchmark(Baseline = true)]
    public long GetAvail()
    {
        _substream.GetAvail(out long frames);
        return frames;
    }

    [Benchmark]
    public long GetDelay()
    {
        _substream.GetDelay(out long frames);
        return frames;
    }

    [Benchmark]
    public long GetStatus()
    {
        _substream.GetStatus(out PcmStatus status);
        return status.Avail;
    }

    [Benchmark]
    public long SyncPointer()
    {
        _substream.SyncPointer(new PcmSyncPointer { HwSync = true }, out PcmPointers pointers);
        return pointers.HardwarePosition;
    }
}
