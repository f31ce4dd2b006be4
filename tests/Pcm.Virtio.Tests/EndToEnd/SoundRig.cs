using Microsoft.Extensions.Logging;
using Pcm.Backends;
using Pcm.Testing;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>The whole way on a virtual clock: a WAV card behind the device, the device behind the in-process transport, the driver in front.</summary>
internal sealed class SoundRig : IAsyncDisposable
{
    private readonly PcmCard _back;
    private readonly MutableDevice _model;

    private SoundRig(
        VirtualClock clock, PcmCard back, VirtioSoundDevice device, MutableDevice model, WavBackend wav, InProcessTransport transport, VirtioSoundDriver driver)
    {
        Model = device;
        Clock = clock;
        _back = back;
        _model = model;
        Wav = wav;
        Transport = transport;
        Driver = driver;
    }

    public VirtualClock Clock { get; }

    /// <summary>The device.</summary>
    public VirtioSoundDevice Model { get; }

    public WavBackend Wav { get; }

    public InProcessTransport Transport { get; private set; }

    public VirtioSoundDriver Driver { get; private set; }

    public PcmDevice Device => Driver.Card.Devices[0];

    public static async Task<SoundRig> CreateAsync(
        VirtualClock clock,
        string? sink,
        string? source = null,
        InProcessTransportOptions? transportOptions = null,
        VirtioSoundOptions? options = null,
        VirtioSoundDeviceOptions? with = null,
        ILoggerFactory? loggers = null)
    {
        var services = new PcmServices(clock, clock.Scheduler, loggers);
        var wav = new WavBackend(new WavOptions { PlaybackPath = sink, CapturePath = source });
        PcmCard back = (await wav.ProbeAsync(services, CancellationToken.None))[0];
        var streams = new List<VirtioSoundStreamOptions>();
        foreach (PcmSubstream substream in back.Devices.SelectMany(static d => d.Playback.Concat(d.Capture)))
        {
            streams.Add(await VirtioSoundStreamOptions.DescribeAsync(substream));
        }

        var device = new VirtioSoundDevice((with ?? new VirtioSoundDeviceOptions()) with { Streams = streams });
        var model = new MutableDevice(device);
        var transport = new InProcessTransport(model, clock.Scheduler, transportOptions);
        VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(transport, "virtio", services, options);
        return new SoundRig(clock, back, device, model, wav, transport, driver);
    }

    /// <summary>Unloads the driver, whatever it is doing, and loads it anew before the same device.</summary>
    public async Task ReloadAsync(VirtioSoundOptions? options = null)
    {
        await Driver.DisposeAsync();
        Transport = new InProcessTransport(_model, Clock.Scheduler);
        Driver = await VirtioSoundDriver.ProbeAsync(Transport, "virtio", new PcmServices(Clock, Clock.Scheduler), options);
    }

    /// <summary>Makes the device stop looking at its queues, or look again.</summary>
    public void Silence(bool silent) => _model.Silence(silent);

    public async ValueTask DisposeAsync()
    {
        await Driver.DisposeAsync();
        await _back.DisposeAsync();
    }
}
