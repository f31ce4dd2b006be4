using BenchmarkDotNet.Attributes;
using Pcm.Backends.Null;
using Pcm.Testing;

namespace Pcm.Bench;

/// <summary>hw_refine and hw_params on the null card. The baseline is copying the request, which each of the others does too.</summary>
public class ParametersBench
{
    private readonly PcmHwParams _open = new();
    private readonly PcmHwParams _typical = BenchStream.Request(1024, 4);
    private readonly PcmHwParams _work = new();
    private PcmSubstream _substream = null!;

    [GlobalSetup]
    public void Setup()
    {
        var clock = new VirtualClock();
        PcmCard card = new NullBackend("null").CreateCard(new PcmServices(clock, clock.Scheduler));
        _substream = BenchStream.Open(clock, card.Devices[0], 1024, 4);
        BenchStream.Require(RefineOpen() == PcmError.None && RefineTypical() == PcmError.None && Configure() == PcmError.None);
    }

    [Benchmark(Baseline = true, Description = "Copy a request")]
    public void Copy() => _work.CopyFrom(_typical);

    [Benchmark(Description = "HwRefine, everything open")]
    public PcmError RefineOpen()
    {
        _work.CopyFrom(_open);
        return _substream.HwRefine(_work);
    }

    [Benchmark(Description = "HwRefine, a typical request")]
    public PcmError RefineTypical()
    {
        _work.CopyFrom(_typical);
        return _substream.HwRefine(_work);
    }

    [Benchmark(Description = "HwParams of it: refine, choose, ring")]
    public PcmError Configure()
    {
        _work.CopyFrom(_typical);
        return BenchStream.Done(_substream.HwParamsAsync(_work)); // the null card answers at once
    }
}
