using Pcm.Backends;
using Pcm.Backends.Null;
using Pcm.Testing.Replay;
using Pcm.Virtio;

namespace Pcm.Cli.Devices;

/// <summary>The cards of the kernel traces: the reference cards, and the virtio-snd driver on a device that offers what QEMU's does.</summary>
internal static class ReplayCards
{
    /// <summary>The card that Linux's virtio driver made.</summary>
    public const string Virtio = "virtio";

    public static TraceCardRegistry Create()
    {
        TraceCardRegistry cards = new TraceCardRegistry().Add(Virtio, ProbeVirtioAsync);
        foreach (string name in ReferenceCards.Names)
        {
            cards.Add(name, ReferenceCards.Create);
        }

        return cards;
    }

    private static async ValueTask<PcmCard> ProbeVirtioAsync(string name, PcmServices services)
    {
        PcmDevice audio = new NullBackend("audio", new NullOptions { Model = NullCardModel.Qemu.Name }).CreateCard(services).Devices[0];
        var device = new VirtioSoundDevice(new VirtioSoundDeviceOptions
        {
            Streams =
            [
                (await VirtioSoundStreamOptions.DescribeAsync(audio.Playback[0])) with { Features = VirtioSoundPcmFeatures.None },
                (await VirtioSoundStreamOptions.DescribeAsync(audio.Capture[0])) with { Features = VirtioSoundPcmFeatures.None },
            ],
        });
        return (await VirtioSoundDriver.ProbeAsync(new InProcessTransport(device, services.Scheduler), name, services)).Card;
    }
}
