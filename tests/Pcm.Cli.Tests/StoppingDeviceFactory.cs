using Pcm.Backends;
using Pcm.Cli.Devices;

namespace Pcm.Cli.Tests;

/// <summary><c>stopping:PATH</c>: a WAV device during which somebody presses Ctrl-C.</summary>
internal sealed class StoppingDeviceFactory(CancellationTokenSource stop, int afterFrames) : DeviceFactory
{
    public override string Name => "stopping";

    public override string Syntax => "stopping:PATH";

    public override string Description => "a WAV device and an impatient user";

    public override string ArgumentName => "PATH";

    public override bool IsArgumentRequired => true;

    public override async ValueTask<OpenedDevice> OpenAsync(DeviceString device, DeviceContext context, CancellationToken cancellationToken)
    {
        var backend = new WavBackend(context.Direction == PcmDirection.Playback
            ? new WavOptions { PlaybackPath = device.Argument }
            : new WavOptions { CapturePath = device.Argument });
        ITimer? watch = null;
        watch = context.Services.Time.CreateTimer(
            _ =>
            {
                if (backend.PlaybackStatus.Frames + backend.CaptureStatus.Frames >= afterFrames)
                {
                    stop.Cancel();
                    watch!.Dispose();
                }
            },
            null,
            TimeSpan.FromMilliseconds(10),
            TimeSpan.FromMilliseconds(10));
        return new OpenedDevice(await ProbeOneAsync(backend, context, cancellationToken));
    }
}
