using BenchmarkDotNet.Attributes;
using Pcm.Testing;
using Pcm.Virtio;

namespace Pcm.Bench;

/// <summary>
/// A control request to the device in this process and its answer: slot, ring, kick, answer, interrupt, the waiter resumed, all on one thread. The
/// baseline is what any awaited exchange takes here: to schedule the other side, and to be resumed by it.
/// </summary>
public class ControlBench
{
    private readonly VirtualClock _clock = new();
    private readonly PcmEvent _answered;
    private VirtioSoundDriver? _driver;
    private VirtioSoundControl _control = null!;

    public ControlBench() => _answered = new PcmEvent(new PcmServices(_clock, _clock.Scheduler));

    [Params(false, true)]
    public bool Packed { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _driver = _clock.Run(async () =>
        {
            var volume = new VirtioSoundControlOptions { Name = "Volume", Type = VirtioSoundControlType.Integer, Maximum = 100 };
            var transport = new InProcessTransport(
                new VirtioSoundDevice(new VirtioSoundDeviceOptions { Controls = [volume] }),
                _clock.Scheduler,
                new InProcessTransportOptions { RingFeatures = Packed ? VirtioFeatures.RingBits : VirtioFeatures.RingBits & ~VirtioFeatures.RingPacked });
            return await VirtioSoundDriver.ProbeAsync(transport, "virtio", new PcmServices(_clock, _clock.Scheduler));
        });
        _control = _driver.Controls[0];
        BenchStream.Require(RoundTrip() == PcmError.None && Exchange());
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        VirtioSoundDriver driver = _driver!;
        _clock.Run(() => driver.DisposeAsync().AsTask());
    }

    [Benchmark(Baseline = true, Description = "An awaited exchange without a device")]
    public bool Exchange() => _clock.Run(async () =>
    {
        _answered.Arm();
        _clock.Scheduler.Schedule(static answered => ((PcmEvent)answered!).TrySet(), _answered);
        return await _answered.WaitAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
    });

    [Benchmark(Description = "Read a control element")]
    public PcmError RoundTrip() => _clock.Run(async () => (await _control.ReadAsync()).Error);
}
