using Pcm.Backends.Null;
using Pcm.Testing;
using Pcm.Virtio.Tests.EndToEnd;

namespace Pcm.Virtio.Tests.Lifetime;

/// <summary>A driver on a device that plays into nothing and records silence, for tests of resets and removals: made in little time.</summary>
internal sealed class LifetimeRig : IAsyncDisposable
{
    public const int Period = 480;
    public const int FrameBytes = 4;

    private readonly PcmCard _back;

    private LifetimeRig(VirtualClock clock, PcmCard back, MutableDevice model, InProcessTransport transport, VirtioSoundDriver driver)
    {
        Clock = clock;
        _back = back;
        Model = model;
        Transport = transport;
        Driver = driver;
    }

    public VirtualClock Clock { get; }

    public MutableDevice Model { get; }

    public InProcessTransport Transport { get; }

    public VirtioSoundDriver Driver { get; }

    public static async Task<LifetimeRig> CreateAsync(VirtualClock clock, VirtioSoundOptions? options = null, Action<InProcessTransport>? made = null)
    {
        var services = new PcmServices(clock, clock.Scheduler);
        PcmCard back = new NullBackend("null", new NullOptions { SubstreamsPerDirection = 1 }).CreateCard(services);
        var device = new VirtioSoundDevice(new VirtioSoundDeviceOptions
        {
            Streams =
            [
                await VirtioSoundStreamOptions.DescribeAsync(back.Devices[0].Playback[0]),
                await VirtioSoundStreamOptions.DescribeAsync(back.Devices[0].Capture[0]),
            ],
        });
        var model = new MutableDevice(device);
        var transport = new InProcessTransport(model, clock.Scheduler);
        made?.Invoke(transport);
        try
        {
            return new LifetimeRig(clock, back, model, transport, await VirtioSoundDriver.ProbeAsync(transport, "virtio", services, options));
        }
        catch
        {
            await back.DisposeAsync();
            throw;
        }
    }

    public async Task<PcmSubstream> OpenAsync(PcmDirection direction)
    {
        PcmSubstream substream = (await Driver.Card.Devices[0].OpenAsync(direction)).GetOrThrow();
        (await substream.HwParamsAsync(Request())).ThrowIfError("hw_params");
        return substream;
    }

    /// <summary>A playback stream that runs with half a ring of data, or a capture stream that runs.</summary>
    public async Task<PcmSubstream> RunningAsync(PcmDirection direction)
    {
        PcmSubstream substream = await OpenAsync(direction);
        (await substream.PrepareAsync()).ThrowIfError("prepare");
        if (direction == PcmDirection.Playback)
        {
            (await substream.WriteAsync(new byte[4 * Period * FrameBytes])).Error.ThrowIfError("write");
        }
        else
        {
            (await substream.StartAsync()).ThrowIfError("start");
        }

        return substream;
    }

    /// <summary>What must hold when everything is closed and gone: nothing is leaked, nothing is out of use.</summary>
    public void AssertNothingLeaked()
    {
        Assert.Equal(0, Driver.QuarantinedBytes);
        Assert.Equal(0, Driver.Control.AbandonedSlots);
        Assert.All(Driver.Streams, static s => Assert.Equal(0, s!.InFlight));
        Assert.Equal(0, Transport.Dma.LiveBytes);
    }

    public static PcmHwParams Request() => new()
    {
        Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = 48000, PeriodFrames = Period, BufferFrames = 8 * Period,
    };

    public async ValueTask DisposeAsync()
    {
        await Driver.DisposeAsync();
        await _back.DisposeAsync();
    }
}
