using Pcm.Backends.Null;
using Pcm.Backends.Tests.Wav;
using Pcm.Testing;

namespace Pcm.Backends.Tests.Bridge;

public sealed class PcmBridgeTests
{
    [Theory]
    [InlineData(PcmFormat.S16LE, 2, 48000, 20_011)]
    [InlineData(PcmFormat.S24In3LE, 5, 44100, 1)]
    [InlineData(PcmFormat.Float32LE, 1, 8000, 3999)]
    public void Run_FromWavToWav_CopiesEveryFrameAndNoMore(PcmFormat format, int channels, int rate, int frames)
    {
        using var input = new TempFile();
        using var output = new TempFile();
        byte[] data = WavCard.Noise(frames * channels * format.PhysicalWidthBits() / 8);
        WavCard.WriteFile(input.Path, new WavFormat(format, channels, rate), data);
        var clock = new VirtualClock();
        PcmBridgeReport report = clock.Run(async () =>
        {
            var services = new PcmServices(clock, clock.Scheduler);
            var wav = new WavBackend(new WavOptions { CapturePath = input.Path });
            await using PcmCard from = (await wav.ProbeAsync(services, CancellationToken.None))[0];
            await using PcmCard to = (await new WavBackend(new WavOptions { PlaybackPath = output.Path }).ProbeAsync(services, CancellationToken.None))[0];
            var bridge = new PcmBridge(await OpenAsync(from, PcmDirection.Capture), await OpenAsync(to, PcmDirection.Playback), new PcmBridgeOptions
            {
                EndOfSource = () => wav.CaptureStatus is { IsAtEnd: true, Frames: var end } ? end : null,
            });
            await bridge.ConfigureAsync();
            return await bridge.RunAsync();
        });
        Assert.Equal((frames, 0, 0, 0L), ((int)report.Frames, report.SourceXRuns, report.SinkXRuns, report.LostFrames));
        Assert.Equal(data, WavCard.ReadFile(output.Path, out WavFormat stored));
        Assert.Equal(new WavFormat(format, channels, rate), stored);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(-250)]
    public void Run_BetweenTwoClocks_MeasuresTheirDrift(int sinkPpm)
    {
        PcmBridgeReport report = Bridge(sinkPpm, new PcmBridgeOptions { Frames = 48000 * 60 });
        Assert.Equal((48000L * 60, 0, 0), (report.Frames, report.SourceXRuns, report.SinkXRuns));
        Assert.NotNull(report.DriftPpm);
        Assert.InRange(report.DriftPpm.Value, -sinkPpm - 5, -sinkPpm + 5); // the sink's clock runs faster, so the source's runs slower
    }

    [Fact]
    public void Run_IntoMuchFasterClock_CountsUnderrunsAndGoesOn()
    {
        PcmBridgeReport report = Bridge(20_000, new PcmBridgeOptions { Frames = 48000 * 60 });
        Assert.Equal((48000L * 60, 0), (report.Frames, report.SourceXRuns));

        // 960 frames a second too many, against a cushion of half a ring of 9600.
        Assert.InRange(report.SinkXRuns, 60 * 960 / 9600, 60 * 960 / 4800 * 3);
        Assert.InRange(report.DriftPpm!.Value, -20_000 - 1500, -20_000 + 1500);
    }

    [Fact]
    public void Run_IntoMuchSlowerClock_CountsOverrunsAndLosesFrames()
    {
        PcmBridgeReport report = Bridge(-20_000, new PcmBridgeOptions { Frames = 48000 * 60 });
        Assert.Equal((48000L * 60, 0), (report.Frames, report.SinkXRuns));
        Assert.InRange(report.SourceXRuns, 1, 60);
        Assert.InRange(report.LostFrames, report.SourceXRuns, long.MaxValue);
    }

    [Fact]
    public void Configure_WithNothingInCommon_IsRefused()
    {
        using var input = new TempFile();
        WavCard.WriteFile(input.Path, new WavFormat(PcmFormat.MuLaw, 1, 8000), new byte[100]); // the null card has no mu-law
        var clock = new VirtualClock();
        PcmException e = Assert.Throws<PcmException>(() => clock.Run(async () =>
        {
            var services = new PcmServices(clock, clock.Scheduler);
            await using PcmCard from = (await new WavBackend(new WavOptions { CapturePath = input.Path }).ProbeAsync(services, CancellationToken.None))[0];
            await using PcmCard to = new NullBackend("to").CreateCard(services);
            await new PcmBridge(await OpenAsync(from, PcmDirection.Capture), await OpenAsync(to, PcmDirection.Playback)).ConfigureAsync();
        }));
        Assert.Equal((PcmError.InvalidArgument, "hw_params of source and sink together"), (e.Error, e.Operation));
    }

    [Fact]
    public void Run_OfUnpluggedSink_ThrowsAndStopsTheSource()
    {
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            var services = new PcmServices(clock, clock.Scheduler);
            await using PcmCard from = new NullBackend("from").CreateCard(services);
            await using PcmCard to = new NullBackend("to").CreateCard(services);
            PcmSubstream capture = await OpenAsync(from, PcmDirection.Capture);
            var bridge = new PcmBridge(capture, await OpenAsync(to, PcmDirection.Playback));
            await bridge.ConfigureAsync();
            Task<PcmBridgeReport> run = bridge.RunAsync().AsTask();
            await Task.Delay(TimeSpan.FromSeconds(1), clock);
            await to.DisconnectAsync();
            await Assert.ThrowsAsync<PcmException>(() => run);
            Assert.Equal(PcmState.Setup, capture.State);
        });
    }

    [Fact]
    public void Run_Cancelled_DropsBothSides()
    {
        var clock = new VirtualClock();
        using var stop = new CancellationTokenSource();
        clock.Run(async () =>
        {
            var services = new PcmServices(clock, clock.Scheduler);
            await using PcmCard from = new NullBackend("from").CreateCard(services);
            await using PcmCard to = new NullBackend("to").CreateCard(services);
            PcmSubstream capture = await OpenAsync(from, PcmDirection.Capture), playback = await OpenAsync(to, PcmDirection.Playback);
            var bridge = new PcmBridge(capture, playback);
            await bridge.ConfigureAsync();
            Task<PcmBridgeReport> run = bridge.RunAsync(stop.Token).AsTask();
            await Task.Delay(TimeSpan.FromSeconds(1), clock);
            stop.Cancel(); // not CancelAsync: it would leave the virtual clock's thread
            await Assert.ThrowsAsync<OperationCanceledException>(() => run);
            Assert.Equal((PcmState.Setup, PcmState.Setup), (capture.State, playback.State));
            Assert.InRange(bridge.Report.Frames, 40_000, 48_000);
        });
    }

    [Fact]
    public void Ctor_OfWrongDirectionOrClosed_Throws()
    {
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            await using PcmCard card = new NullBackend("card").CreateCard(new PcmServices(clock, clock.Scheduler));
            PcmSubstream playback = await OpenAsync(card, PcmDirection.Playback);
            Assert.Throws<ArgumentException>(() => new PcmBridge(playback, playback));
            Assert.Throws<ArgumentException>(() => new PcmBridge(card.Devices[0].Capture[0], playback));
        });
    }

    /// <summary>A null card on the simulation's clock to one on a clock that drifts.</summary>
    private static PcmBridgeReport Bridge(double sinkPpm, PcmBridgeOptions options)
    {
        var clock = new VirtualClock();
        return clock.Run(async () =>
        {
            await using PcmCard from = new NullBackend("from").CreateCard(new PcmServices(clock, clock.Scheduler));
            await using PcmCard to = new NullBackend("to").CreateCard(new PcmServices(new SkewedTime(clock, sinkPpm), clock.Scheduler));
            var bridge = new PcmBridge(await OpenAsync(from, PcmDirection.Capture), await OpenAsync(to, PcmDirection.Playback), options);
            await bridge.ConfigureAsync();
            return await bridge.RunAsync();
        });
    }

    private static async Task<PcmSubstream> OpenAsync(PcmCard card, PcmDirection direction) => (await card.Devices[0].OpenAsync(direction)).GetOrThrow();
}
