using Pcm.Backends;

namespace Pcm.Cli.Devices;

/// <summary><c>wav:PATH</c>: playback writes the file, capture reads it.</summary>
internal sealed class WavDeviceFactory : DeviceFactory
{
    /// <inheritdoc/>
    public override string Name => "wav";

    /// <inheritdoc/>
    public override string Syntax => "wav:PATH";

    /// <inheritdoc/>
    public override string Description => "a WAV file: playback writes it, capture reads it";

    /// <inheritdoc/>
    public override string ArgumentName => "PATH";

    /// <inheritdoc/>
    public override bool IsArgumentRequired => true;

    /// <inheritdoc/>
    public override async ValueTask<OpenedDevice> OpenAsync(DeviceString device, DeviceContext context, CancellationToken cancellationToken)
    {
        // To be looked at: a file that is there is a source, one that is not is a sink.
        bool isSource = context.Direction is { } direction ? direction == PcmDirection.Capture : File.Exists(device.Argument);
        var backend = new WavBackend(isSource ? new WavOptions { CapturePath = device.Argument } : new WavOptions { PlaybackPath = device.Argument });
        return new OpenedDevice(await ProbeOneAsync(backend, context, cancellationToken))
        {
            EndOfSource = isSource ? () => backend.CaptureStatus is { IsAtEnd: true, Frames: var frames } ? frames : null : null,
            OneFormat = "a WAV file has one format",
            ReadPlayed = isSource ? null : () => ReadPlayed(device.Argument!),
        };
    }

    private static byte[] ReadPlayed(string path)
    {
        using FileStream file = File.OpenRead(path);
        var reader = new WavReader(file);
        byte[] bytes = new byte[reader.DataBytes ?? 0];
        reader.Read(bytes);
        return bytes;
    }
}
