using BenchmarkDotNet.Attributes;
using Pcm.Testing;

namespace Pcm.Bench;

/// <summary>Verbs on hardware that answers at once: what the core itself takes.</summary>
public class LifecycleBench
{
    private readonly ManualOps _ops = new();
    private PcmSubstream _prepared = null!;
    private PcmSubstream _cycled = null!;

    [GlobalSetup]
    public void Setup()
    {
        var clock = new VirtualClock();
        _prepared = BenchStream.Open(clock, new ManualOps(), 256, 4);
        _cycled = BenchStream.Open(clock, _ops, 256, 4);
        BenchStream.Require(_cycled.Write(new byte[4], out int written) == PcmError.None && written == 1 && _cycled.State == PcmState.Running);
    }

    [Benchmark(Baseline = true, Description = "Prepare")]
    public PcmError Prepare() => BenchStream.Done(_prepared.PrepareAsync());

    [Benchmark(Description = "Drop, Prepare, fill, Start")]
    public PcmError Cycle()
    {
        _ops.Commands.Clear(); // the recording of the fake must not grow
        PcmError error = BenchStream.Done(_cycled.DropAsync());
        error = error == PcmError.None ? BenchStream.Done(_cycled.PrepareAsync()) : error;
        return error == PcmError.None ? _cycled.Write("0000"u8, out _) : error; // the start threshold is one frame
    }
}
