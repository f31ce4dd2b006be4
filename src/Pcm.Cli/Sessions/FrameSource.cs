using Pcm.Backends;

namespace Pcm.Cli.Sessions;

/// <summary>Where the frames to play come from: a WAV file, or raw bytes.</summary>
internal abstract class FrameSource(StreamFormat format) : IDisposable
{
    /// <summary>What a frame is.</summary>
    public StreamFormat Format { get; } = format;

    /// <summary>How many frames there are; null when it is not known.</summary>
    public virtual long? Frames => null;

    /// <summary>Why the frames ended before they should have; null when they did not.</summary>
    public string? Problem { get; protected set; }

    /// <summary>A WAV file.</summary>
    /// <exception cref="CliException">It cannot be read, or is no WAV.</exception>
    public static FrameSource OfWav(string path)
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return new Wav(stream, new WavReader(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw CliException.Failure($"'{path}' cannot be played: {e.Message}");
        }
    }

    /// <summary>Frames without a header.</summary>
    /// <exception cref="CliException">The frames of this format are no whole bytes.</exception>
    public static FrameSource OfRaw(Stream stream, StreamFormat format)
    {
        if (format.FrameBytes > 0)
        {
            return new Raw(stream, format);
        }

        stream.Dispose();
        throw CliException.Usage($"frames of {format} are no whole number of bytes");
    }

    /// <summary>Reads frames; fewer than asked for at the end only.</summary>
    /// <param name="frames">A whole number of frames long.</param>
    /// <returns>Frames read; 0 at the end, see <see cref="Problem"/>.</returns>
    public abstract int Read(Span<byte> frames);

    /// <inheritdoc/>
    public abstract void Dispose();

    private sealed class Wav(FileStream stream, WavReader reader)
        : FrameSource(new StreamFormat(reader.Format.SampleFormat, reader.Format.Channels, reader.Format.Rate))
    {
        public override long? Frames => reader.Frames;

        public override int Read(Span<byte> frames)
        {
            try
            {
                return reader.Read(frames);
            }
            catch (IOException e)
            {
                Problem = e.Message; // every whole frame before it was returned; they are played, and then the user hears of it
                return 0;
            }
        }

        public override void Dispose() => stream.Dispose();
    }

    private sealed class Raw(Stream stream, StreamFormat format) : FrameSource(format)
    {
        public override int Read(Span<byte> frames)
        {
            int bytes;
            try
            {
                bytes = stream.ReadAtLeast(frames, frames.Length, throwOnEndOfStream: false);
            }
            catch (IOException e)
            {
                Problem = e.Message;
                return 0;
            }

            int stray = bytes % Format.FrameBytes;
            if (stray != 0)
            {
                Problem = $"the input ends {stray} bytes into a frame of {Format.FrameBytes}";
            }

            return bytes / Format.FrameBytes;
        }

        public override void Dispose() => stream.Dispose();
    }
}
