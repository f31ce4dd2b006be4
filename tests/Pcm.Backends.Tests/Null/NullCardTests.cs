using Microsoft.Extensions.DependencyInjection;
using Pcm.Backends.Null;
using Pcm.Testing;

namespace Pcm.Backends.Tests.Null;

public class NullCardTests
{
    private readonly VirtualClock _clock = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)] // a frame begun counts
    [InlineData(1000, 48)]
    [InlineData(1001, 49)]
    [InlineData(21334, 1025)] // the ring of 1024 once round
    public void GetPointer_SoManyMicrosecondsAfterStart_IsRoundedUp(int microseconds, int frame)
    {
        PcmSubstream substream = Start(PcmDirection.Capture, StreamSetup.Request(256, 1024));
        _clock.AdvanceTo(_clock.NowNs + (microseconds * 1000L));

        Assert.Equal(PcmError.None, substream.HwSync());
        Assert.Equal(frame, substream.HardwarePosition());
    }

    [Fact]
    public void Interrupts_OddPeriod_DoNotDrift()
    {
        // 1000 frames at 44.1 kHz are 22675.7 us: rounding each period alone would be 0.3 us off, after 10,000 periods 3 ms.
        PcmSubstream substream = Start(PcmDirection.Capture, StreamSetup.Request(1000, 4000, rate: 44100));
        long start = _clock.NowNs;
        _clock.AdvanceTo(start + (10_000L * 1000 * 1_000_000_000 / 44100) + 100_000);

        Assert.InRange(substream.HardwarePosition(), 10_000_000, 10_000_001); // as the last interrupt saw it
    }

    [Fact]
    public void Interrupts_WithLatency_SeeTheFrameBegun()
    {
        PcmCard card = new NullBackend("n", new NullOptions { InterruptLatency = TimeSpan.FromMicroseconds(20) }).CreateCard(StreamSetup.Services(_clock));
        PcmSubstream substream = Start(card, PcmDirection.Capture, StreamSetup.Request(800, 3200, rate: 8000));
        _clock.Advance(TimeSpan.FromMilliseconds(350));

        Assert.Equal(2401, substream.HardwarePosition());
    }

    [Fact]
    public void Periods_SteadyState_AllocateNothing()
    {
        Start(PcmDirection.Capture, StreamSetup.Request(256, 1024));
        _clock.Advance(TimeSpan.FromSeconds(1));
        long before = GC.GetAllocatedBytesForCurrentThread();
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Read_AnyFormat_IsItsSilence()
    {
        PcmSubstream substream = Start(PcmDirection.Capture, StreamSetup.Request(256, 1024, format: PcmFormat.U8));
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        byte[] frames = new byte[400];

        Assert.Equal(PcmError.None, substream.Read(frames, out int read));
        Assert.Equal(200, read);
        Assert.All(frames, static b => Assert.Equal(0x80, b));
    }

    [Fact]
    public void Write_ToTheEnd_UnderrunsWhenTheRingIsPlayed()
    {
        PcmCard card = new NullBackend("n").CreateCard(StreamSetup.Services(_clock));
        PcmSubstream substream = _clock.Prepare(card.Devices[0].Playback[0], StreamSetup.Request(256, 1024));
        Assert.Equal(PcmError.None, substream.Write(new byte[4096], out _));
        Assert.Equal(PcmState.Running, substream.State);
        _clock.Advance(TimeSpan.FromMilliseconds(21));
        Assert.Equal(PcmState.Running, substream.State);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(PcmState.XRun, substream.State);
    }

    [Fact]
    public void Resume_AfterSuspend_CountsFromZero()
    {
        PcmSubstream substream = Start(PcmDirection.Capture, StreamSetup.Request(256, 1024));
        _clock.Advance(TimeSpan.FromMilliseconds(3));
        Assert.Equal(PcmError.None, _clock.Run(() => substream.SuspendAsync()));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, substream.HardwarePosition()); // no interrupt came
        Assert.Equal(PcmError.None, _clock.Run(() => substream.ResumeAsync()));
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(PcmError.None, substream.HwSync());
        Assert.Equal(48, substream.HardwarePosition());
    }

    [Fact]
    public void Pause_NotSupported_IsNotImplemented()
    {
        PcmSubstream substream = Start(PcmDirection.Capture, StreamSetup.Request(256, 1024));

        Assert.Equal(PcmError.NotImplemented, _clock.Run(() => substream.PauseAsync(enable: true)));
    }

    [Fact]
    public async Task AddNull_ByModel_MakesTheCard()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddSingleton<TimeProvider>(_clock).AddSingleton(_clock.Scheduler)
            .AddPcm().AddNull("first").AddNull("second", static o => (o.Model, o.SubstreamsPerDirection) = ("AC97", 2))
            .Services.BuildServiceProvider();

        PcmCard card = await provider.GetRequiredService<PcmCards>().GetCardAsync("second", TestContext.Current.CancellationToken);

        Assert.Equal(2, card.Devices[0].Playback.Count);
        Assert.Equal("Null card (ac97)", card.Name);
    }

    [Theory]
    [InlineData("nothing", null, 0, "Model is 'nothing'; it must be one of dummy, emu10k1, rme9652, ice1712, uda1341, ac97, ca0106, qemu.")]
    [InlineData("dummy", 0, 0, "SubstreamsPerDirection is 0; it must be 1 .. 128.")]
    [InlineData("dummy", null, -1, "InterruptLatency is -00:00:00.0010000; it must be 0 .. 1 s.")]
    public void NullBackend_OptionOutOfRange_SaysWhich(string model, int? substreams, int latencyMilliseconds, string problem)
    {
        var options = new NullOptions { Model = model, SubstreamsPerDirection = substreams, InterruptLatency = TimeSpan.FromMilliseconds(latencyMilliseconds) };

        Assert.StartsWith(problem, Assert.Throws<ArgumentException>(() => new NullBackend("n", options)).Message, StringComparison.Ordinal);
    }

    private PcmSubstream Start(PcmDirection direction, PcmHwParams request) =>
        Start(new NullBackend("n").CreateCard(StreamSetup.Services(_clock)), direction, request);

    private PcmSubstream Start(PcmCard card, PcmDirection direction, PcmHwParams request)
    {
        PcmSubstream substream = _clock.Prepare(card.Devices[0].Stream(direction)[0], request, StreamSetup.FreeRunning);
        Assert.Equal(PcmError.None, _clock.Run(() => substream.StartAsync()));
        return substream;
    }
}
