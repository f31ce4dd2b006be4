using Pcm.Backends;
using Pcm.Cli.Sessions;

namespace Pcm.Cli.Devices;

/// <summary>
/// The file that <c>wav=PATH</c> asks for. QEMU writes one with the right samples behind a header that says S16 stereo at 44100 Hz whatever it was;
/// this makes a right one of it, when QEMU has ended.
/// </summary>
internal sealed class QemuRecording : IDisposable
{
    private const int QemuHeaderBytes = 44;
    private const int QemuFrameBytes = 4;

    private readonly string _path;
    private readonly WavFormat _format;
    private readonly FileStream _file;

    /// <param name="path">The file to make; made at once, so that a path that cannot be is found before anything is played.</param>
    /// <param name="format">What will be played.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public QemuRecording(string path, StreamFormat format)
    {
        if (!WavFormat.CanCarry(format.Format))
        {
            throw CliException.Failure($"a WAV file cannot carry {format.Format.AlsaName()}; leave wav= out");
        }

        if (format.FrameBytes % QemuFrameBytes != 0)
        {
            // QEMU 10.0 aborts (wavaudio.c: bytes % bytes_per_frame == 0) as soon as a message is no multiple of that.
            throw CliException.Failure(
                $"QEMU's WAV voice takes multiples of {QemuFrameBytes} bytes, and a frame of {format} has {format.FrameBytes}; leave wav= out, or use more channels or a wider format");
        }

        _path = path;
        _format = new WavFormat(format.Format, format.Channels, format.Rate);
        _file = File.Create(path);
        RawPath = Path.Combine(Path.GetTempPath(), $"pcm-qemu-{Guid.NewGuid():n}.wav");
    }

    /// <summary>Where QEMU shall write.</summary>
    public string RawPath { get; }

    /// <summary>Copies what QEMU wrote. Context: QEMU has ended.</summary>
    /// <exception cref="CliException">There is nothing, or no room for it.</exception>
    public void Finish()
    {
        try
        {
            using FileStream raw = File.OpenRead(RawPath);
            raw.Position = Math.Min(QemuHeaderBytes, raw.Length);
            using var writer = new WavWriter(_file, _format);
            byte[] buffer = new byte[_format.FrameBytes * 4096];
            int read;
            while ((read = raw.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0)
            {
                writer.Write(buffer.AsSpan(0, read - (read % _format.FrameBytes)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Failure($"what QEMU recorded cannot be copied to '{_path}': {e.Message}");
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(RawPath);
    }
}
