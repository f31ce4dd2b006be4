using Pcm.Backends;

namespace Pcm.Cli.Sessions;

/// <summary>The WAV file that a recording goes to. What was recorded is a complete file whatever ends the recording.</summary>
internal sealed class WavSink : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly WavWriter _writer;

    /// <exception cref="CliException">The file cannot be written.</exception>
    public WavSink(string path, StreamFormat format)
    {
        _path = path;
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
            _writer = new WavWriter(stream, new WavFormat(format.Format, format.Channels, format.Rate));
            _stream = stream;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw Failure(e);
        }
    }

    /// <summary>Stores frames.</summary>
    /// <exception cref="CliException">The file cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> frames)
    {
        try
        {
            _writer.Write(frames);
        }
        catch (IOException e)
        {
            throw Failure(e);
        }
    }

    /// <summary>Completes the file.</summary>
    /// <exception cref="CliException">The file cannot be written.</exception>
    public void Dispose()
    {
        try
        {
            using (_stream)
            {
                _writer.Dispose();
            }
        }
        catch (IOException e)
        {
            throw Failure(e);
        }
    }

    private CliException Failure(Exception e) =>
        CliException.Failure($"'{_path}' cannot be written{(_writer is null ? "" : $" beyond {_writer.Frames} frames")}: {e.Message}");
}
