using Pcm.Backends.Null;

namespace Pcm.Interop.Tests.Contracts;

/// <summary>A virtio-sound device with two streams, behind each kind of transport.</summary>
internal static class Machines
{
    public static async ValueTask<VirtioTransport> InProcessAsync()
    {
        PcmCard back = (await new NullBackend("null").ProbeAsync(new PcmServices(), CancellationToken.None))[0];
        var device = new VirtioSoundDevice(new VirtioSoundDeviceOptions
        {
            Streams =
            [
                await VirtioSoundStreamOptions.DescribeAsync(back.Devices[0].Playback[0]),
                await VirtioSoundStreamOptions.DescribeAsync(back.Devices[0].Capture[0]),
            ],
        });
        return new InProcessTransport(device, PcmScheduler.ThreadPool);
    }

    public static async ValueTask<VirtioTransport> QemuAsync(QemuOptions options)
    {
        await Peers.RequireQemuAsync();
        return (await QemuDevice.StartAsync(options)).Transport;
    }
}
