using BenchmarkDotNet.Attributes;
using Pcm.Testing;
using Pcm.Virtio;

namespace Pcm.Bench;

/// <summary>
/// A period through the whole stack on one thread: the application writes it, the driver hands it over, the device copies it into its audio side,
/// that plays one, the device completes the message, the driver takes it back and wakes the application. The baseline is the two copies alone.
/// </summary>
public class VirtioPeriodBench
{
    private const int Periods = 4;

    private readonly VirtualClock _clock = new();
    private readonly ManualOps _audio = new();
    private byte[] _source = [];
    private byte[] _first = [];
    private byte[] _second = [];
    private int _offset;
    private VirtioSoundDriver? _driver;
    private PcmSubstream _substream = null!;

    [Params(64, 256, 1024)]
    public int Frames { get; set; }

    [Params(false, true)]
    public bool Packed { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _source = new byte[Frames * 4];
        _first = new byte[_source.Length * Periods];
        _second = new byte[_source.Length * Periods];
        var services = new PcmServices(_clock, _clock.Scheduler);
        var card = new PcmCard("back", "Back", services);
        PcmDevice back = card.AddDevice(new PcmDeviceDescription { Name = "back", Playback = [_audio] });
        _driver = _clock.Run(async () =>
        {
            var device = new VirtioSoundDevice(new VirtioSoundDeviceOptions { Streams = [await VirtioSoundStreamOptions.DescribeAsync(back.Playback[0])] });
            var transport = new InProcessTransport(device, _clock.Scheduler, new InProcessTransportOptions
            {
                RingFeatures = Packed ? VirtioFeatures.RingBits : VirtioFeatures.RingBits & ~VirtioFeatures.RingPacked,
            });
            return await VirtioSoundDriver.ProbeAsync(transport, "virtio", services);
        });
        _substream = BenchStream.Open(_clock, _driver.Card.Devices[0], Frames, Periods);
        _substream.SetSwParams(_substream.GetSwParams() with { StartThreshold = Frames * Periods }).ThrowIfError("sw_params");
        BenchStream.Fill(_substream);
        _clock.RunUntilIdle();
        BenchStream.Require(_substream.State == PcmState.Running && _audio.IsMoving);
        BenchStream.Require(Period() == Frames && Period() == Frames);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        VirtioSoundDriver driver = _driver!;
        _clock.Run(() => driver.DisposeAsync().AsTask());
    }

    [Benchmark(Baseline = true, Description = "memcpy of the same bytes, twice")]
    public int Memcpy()
    {
        _source.CopyTo(_first.AsSpan(_offset));
        _first.AsSpan(_offset, _source.Length).CopyTo(_second.AsSpan(_offset));
        _offset = (_offset + _source.Length) % _first.Length;
        return _offset;
    }

    [Benchmark(Description = "Play a period, complete it, write the next")]
    public int Period()
    {
        _audio.Advance(Frames);
        _clock.RunUntilIdle();
        _substream.Write(_source, out int written);
        _clock.RunUntilIdle();
        return written;
    }
}
