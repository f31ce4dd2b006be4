using Pcm.Backends;
using Pcm.Cli.Sessions;
using Pcm.Virtio;

namespace Pcm.Cli.Devices;

/// <summary>
/// The file that <c>wav=PATH</c> asks for. QEMU writes one with the right samples behind a header that says S16 stereo at 44100 Hz whatever it was;
/// this makes a right one of it, when QEMU has ended.
/// </summary>
internal sealed class QemuRecording : IDisposable
{
    private const int QemuHeaderBytes = 44;

    /// <summary>QEMU 10.0's WAV voice counts in frames of its own, S16 stereo, and aborts QEMU on a message that is no multiple of them.</summary>
    public const int MessageMultiple = 4;

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

        _path = path;
        _format = new WavFormat(format.Format, format.Channels, format.Rate);
        _file = File.Create(path);
        RawPath = Path.Combine(Path.GetTempPath(), $"pcm-qemu-{Guid.NewGuid():n}.wav");
    }

    /// <summary>Where QEMU shall write.</summary>
    public string RawPath { get; }

    /// <summary>
    /// Frames that were played, when that is known: what is behind them in the file is the silence that the driver filled the last message up with
    /// (<see cref="VirtioSoundOptions.PlaybackMessageMultiple"/>), at most <see cref="MessageMultiple"/> - 1 bytes.
    /// </summary>
    public long? Frames { get; set; }

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
            long left = Frames is { } frames ? frames * _format.FrameBytes : long.MaxValue;
            while (left > 0)
            {
                Span<byte> room = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
                int read = raw.ReadAtLeast(room, room.Length, throwOnEndOfStream: false);
                if (read == 0)
                {
                    break;
                }

                writer.Write(buffer.AsSpan(0, read - (read % _format.FrameBytes)));
                left -= read;
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
