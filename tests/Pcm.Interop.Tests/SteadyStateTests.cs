using Pcm.Backends;
using Pcm.Backends.Alsa;
using Pcm.Backends.Loopback;
using Pcm.Backends.Null;
using Pcm.Interop.Tests.Qemu;
using Pcm.Testing;

namespace Pcm.Interop.Tests;

/// <summary>
/// The steady state of every backend of ours, and of a bridge between two, allocates nothing for a period. The virtual clock runs everything on one
/// thread, so nothing can hide on another; but QEMU's answers are read on a thread of their own, which is not counted.
/// </summary>
public sealed class SteadyStateTests : IDisposable
{
    private const int PeriodFrames = 96; // 2 ms
    private const int Periods = 4;
    private const int FrameBytes = 4;
    private const int QemuPeriods = 500; // each takes the real time of some system calls

    /// <summary>Every backend once, and virtio over each kind of transport. A new backend belongs here; <see cref="Table_HasEveryBackend"/> says so.</summary>
    private static readonly Dictionary<string, (Type Backend, Func<SteadyStateTests, PcmServices, PcmDirection, Task<PcmCard>> Create)> s_backends = new()
    {
        ["null"] = (typeof(NullBackend), static (_, services, _) => ProbeAsync(new NullBackend("null"), services)),
        ["loopback"] = (typeof(LoopbackBackend), static (_, services, _) => ProbeAsync(new LoopbackBackend("loopback"), services)),
        ["wav"] = (typeof(WavBackend), static (tests, services, direction) => ProbeAsync(tests.CreateWav(direction), services)),
        ["alsa:null"] = (typeof(AlsaBackend), static (_, services, _) => ProbeAsync(new AlsaBackend(new AlsaOptions { Pcm = "null", Configuration = "pcm.null { type null }" }), services)),
        ["virtio"] = (typeof(VirtioSoundBackend), static (_, services, _) => InProcessAsync(services)),
        ["virtio,transport=qemu-pci"] = (typeof(VirtioSoundBackend), static (_, services, _) => QemuAsync(QemuBus.Pci, services)),
        ["virtio,transport=qemu-mmio"] = (typeof(VirtioSoundBackend), static (_, services, _) => QemuAsync(QemuBus.Mmio, services)),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("pcm-steady-").FullName;
    private readonly VirtualClock _clock = new();

    public static TheoryData<string, PcmDirection> Streams =>
        [.. from name in s_backends.Keys from direction in Enum.GetValues<PcmDirection>() select (name, direction)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Table_HasEveryBackend() => Assert.Equal(
        new[] { typeof(WavBackend).Assembly, typeof(VirtioSoundBackend).Assembly, typeof(PcmOps).Assembly }
            .SelectMany(static a => a.GetTypes())
            .Where(static t => t.IsSubclassOf(typeof(PcmBackend)) && !t.IsAbstract)
            .Select(static t => t.Name)
            .Order(),
        s_backends.Values.Select(static b => b.Backend.Name).Distinct().Order());

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Period_OfABackend_AllocatesNothing(string backend, PcmDirection direction)
    {
        int periods = await RequireAsync(backend);
        PcmSubstream stream = _clock.Run(() => OpenAsync(backend, direction));
        _clock.Run(async () =>
        {
            await ConfigureAsync(stream);
            if (direction == PcmDirection.Playback)
            {
                Assert.Equal(PcmError.None, stream.Write(new byte[PeriodFrames * Periods * FrameBytes], out _));
            }

            Assert.Equal(PcmError.None, await stream.StartAsync());
        });
        TimeSpan period = TimeSpan.FromTicks(TimeSpan.TicksPerSecond * PeriodFrames / 48000);
        byte[] ring = new byte[PeriodFrames * Periods * FrameBytes];
        long began = _clock.NowNs, frames = 0;
        AllocationMeter.AssertNothing(
            () =>
            {
                _clock.Advance(period);
                PcmError error = direction == PcmDirection.Playback ? stream.Write(ring, out int done) : stream.Read(ring, out done);
                frames += done;
                return error is PcmError.None or PcmError.Again && stream.State == PcmState.Running;
            },
            periods);
        long passed = (_clock.NowNs - began) * 48 / 1_000_000;
        Assert.InRange(frames, passed - (PeriodFrames * Periods), passed + PeriodFrames);
        _clock.Run(async () => await stream.Device.Card.DisposeAsync());
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData("wav", "wav")]
    [InlineData("null", "virtio")]
    [InlineData("virtio", "null")]
    [InlineData("alsa:null", "virtio")]
    public async Task Period_OfABridge_AllocatesNothing(string from, string to)
    {
        await RequireAsync(from);
        await RequireAsync(to);
        (PcmSubstream source, PcmSubstream sink) = _clock.Run(async () => (await OpenAsync(from, PcmDirection.Capture), await OpenAsync(to, PcmDirection.Playback)));
        var bridge = new PcmBridge(source, sink, new PcmBridgeOptions { Format = PcmFormat.S16LE, Channels = 2, Rate = 48000, BufferTime = TimeSpan.FromMilliseconds(8) });
        _clock.Run(async () => await bridge.ConfigureAsync());
        using var end = new CancellationTokenSource();
        Task<PcmBridgeReport> run = bridge.RunAsync(end.Token).AsTask(); // without a synchronization context, as the meter is
        TimeSpan period = TimeSpan.FromTicks(TimeSpan.TicksPerSecond * source.Runtime!.PeriodFrames / 48000);
        long began = _clock.NowNs;
        AllocationMeter.AssertNothing(() =>
        {
            _clock.Advance(period);
            return !run.IsCompleted;
        });
        PcmBridgeReport report = bridge.Report;
        Assert.Equal((0, 0), (report.SourceXRuns, report.SinkXRuns));
        Assert.InRange(report.Frames, ((_clock.NowNs - began) * 48 / 1_000_000) - source.Runtime.BufferFrames, long.MaxValue);
        end.Cancel();
        Assert.True(SpinWait.SpinUntil(() => HasEnded(run), TimeSpan.FromSeconds(10))); // some of its end comes from the thread pool
        Assert.True(run.IsCanceled);
        _clock.Run(async () =>
        {
            await source.Device.Card.DisposeAsync();
            await sink.Device.Card.DisposeAsync();
        });
    }

    private bool HasEnded(Task run)
    {
        _clock.RunUntilIdle();
        return run.IsCompleted;
    }

    private static async Task<int> RequireAsync(string backend)
    {
        if (backend.Contains("qemu", StringComparison.Ordinal))
        {
            await Peers.RequireQemuAsync();
            return QemuPeriods;
        }

        if (backend.StartsWith("alsa", StringComparison.Ordinal))
        {
            Peers.RequireLibAsound();
        }

        return AllocationMeter.Periods;
    }

    private async Task<PcmSubstream> OpenAsync(string backend, PcmDirection direction)
    {
        PcmCard card = await s_backends[backend].Create(this, new PcmServices(_clock, _clock.Scheduler), direction);
        return (await card.Devices[0].OpenAsync(direction)).GetOrThrow();
    }

    private static async Task ConfigureAsync(PcmSubstream stream)
    {
        (await stream.HwParamsAsync(new PcmHwParams
        {
            Access = PcmAccess.ReadWriteInterleaved,
            Format = PcmFormat.S16LE,
            Channels = 2,
            Rate = 48000,
            PeriodFrames = PeriodFrames,
            Periods = Periods,
        })).ThrowIfError("hw_params");
        (await stream.PrepareAsync()).ThrowIfError("prepare");
        stream.SetSwParams(stream.GetSwParams() with { StartThreshold = long.MaxValue }).ThrowIfError("sw_params");
    }

    /// <summary>Capture reads a minute of noise: longer than any of the tests.</summary>
    private WavBackend CreateWav(PcmDirection direction)
    {
        string path = Path.Combine(_folder, $"{direction}.wav");
        if (direction == PcmDirection.Playback)
        {
            return new WavBackend(new WavOptions { PlaybackPath = path });
        }

        using (FileStream file = File.Create(path))
        using (var writer = new WavWriter(file, new WavFormat(PcmFormat.S16LE, 2, 48000)))
        {
            writer.Write(StreamExtensions.Noise(60 * 48000 * FrameBytes));
        }

        return new WavBackend(new WavOptions { CapturePath = path });
    }

    private static async Task<PcmCard> InProcessAsync(PcmServices services)
    {
        PcmCard back = await ProbeAsync(new NullBackend("back"), services);
        var device = new VirtioSoundDevice(new VirtioSoundDeviceOptions
        {
            Streams =
            [
                await VirtioSoundStreamOptions.DescribeAsync(back.Devices[0].Playback[0]),
                await VirtioSoundStreamOptions.DescribeAsync(back.Devices[0].Capture[0]),
            ],
        });
        return await ProbeAsync(Backend((s, _) => new ValueTask<VirtioTransport>(new InProcessTransport(device, s.Scheduler))), services);
    }

    private static Task<PcmCard> QemuAsync(QemuBus bus, PcmServices services) => ProbeAsync(
        Backend((s, _) => new ValueTask<VirtioTransport>(VirtualClock.StandStill(
            () => QemuDevice.StartAsync(new QemuOptions { Bus = bus, Clock = QemuClock.Stepped }, s.Time).AsTask()).Transport)),
        services);

    private static VirtioSoundBackend Backend(Func<PcmServices, CancellationToken, ValueTask<VirtioTransport>> connect) => new("virtio", connect, QemuRig.WideLimits);

    private static async Task<PcmCard> ProbeAsync(PcmBackend backend, PcmServices services) => (await backend.ProbeAsync(services, CancellationToken.None))[0];
}
