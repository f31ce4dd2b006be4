using Pcm.Backends;
using Pcm.Backends.Loopback;
using Pcm.Testing.Conformance;
using Pcm.Virtio;

namespace Pcm.Testing.Tests.Conformance;

/// <summary>What is played on device 0 is captured on device 1.</summary>
internal sealed class LoopbackTarget : PcmConformanceTarget
{
    public override string Name => "loopback";

    public override ValueTask<PcmConformanceBench> CreateAsync(PcmServices services, PcmDirection direction, CancellationToken cancellationToken) =>
        new(new PcmConformanceBench(new LoopbackBackend("loopback").CreateCard(services)) { CaptureDevice = 1, IsCable = true });
}

/// <summary>Playback into a file that is compared.</summary>
internal sealed class WavSinkTarget : PcmConformanceTarget
{
    public override string Name => "wav, playback";

    public override async ValueTask<PcmConformanceBench> CreateAsync(PcmServices services, PcmDirection direction, CancellationToken cancellationToken)
    {
        var file = new TempWav();
        IReadOnlyList<PcmCard> cards = await new WavBackend(new WavOptions { PlaybackPath = file.Path }).ProbeAsync(services, cancellationToken);
        return new PcmConformanceBench(cards[0]) { ReadPlayed = file.ReadData, Dispose = file.DisposeAsync };
    }
}

/// <summary>Capture from a file whose audio is known.</summary>
internal sealed class WavSourceTarget : PcmConformanceTarget
{
    public override string Name => "wav, capture";

    public override async ValueTask<PcmConformanceBench> CreateAsync(PcmServices services, PcmDirection direction, CancellationToken cancellationToken)
    {
        var file = new TempWav();
        byte[] audio = file.WritePattern();
        IReadOnlyList<PcmCard> cards = await new WavBackend(new WavOptions { CapturePath = file.Path }).ProbeAsync(services, cancellationToken);
        return new PcmConformanceBench(cards[0]) { Captured = audio, Dispose = file.DisposeAsync };
    }
}

/// <summary>The virtio driver, its queues and a virtio-snd device on a WAV card: both directions, both compared.</summary>
internal sealed class VirtioTarget : PcmConformanceTarget
{
    public override string Name => "virtio";

    public override string? WhyNot(PcmCapability capability) =>
        capability == PcmCapability.ManyFormats ? "the device's sink is a WAV file, which has one format" : null;

    public override async ValueTask<PcmConformanceBench> CreateAsync(PcmServices services, PcmDirection direction, CancellationToken cancellationToken)
    {
        TempWav sink = new(), source = new();
        byte[] audio = source.WritePattern();
        var wav = new WavBackend(new WavOptions { PlaybackPath = sink.Path, CapturePath = source.Path });
        PcmCard back = (await wav.ProbeAsync(services.WithDecorators(), cancellationToken))[0];
        var streams = new List<VirtioSoundStreamOptions>();
        foreach (PcmSubstream substream in back.Devices.SelectMany(static d => d.Playback.Concat(d.Capture)))
        {
            streams.Add(await VirtioSoundStreamOptions.DescribeAsync(substream, cancellationToken));
        }

        var device = new VirtioSoundDevice(new VirtioSoundDeviceOptions { Streams = streams });
        VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(
            new InProcessTransport(device, services.Scheduler), "virtio", services, cancellationToken: cancellationToken);
        return new PcmConformanceBench(driver.Card)
        {
            ReadPlayed = sink.ReadData,
            Captured = audio,
            Dispose = async () =>
            {
                await driver.DisposeAsync();
                await back.DisposeAsync();
                await sink.DisposeAsync();
                await source.DisposeAsync();
            },
        };
    }
}
