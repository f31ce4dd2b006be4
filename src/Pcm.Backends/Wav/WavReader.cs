namespace Pcm.Backends;

/// <summary>
/// Reads a WAV from any stream, forwards only: RIFF, RF64 and BW64; every coding of <see cref="WavFormat.CarriedFormats"/>.
/// </summary>
/// <remarks>
/// <para>
/// The stream is borrowed: it is read from where it stands, never beyond the data, never seeked and never disposed here. Each read goes to
/// the stream directly, so give it a buffered one when reading few frames at a time.
/// </para>
/// <para>
/// A header written into a pipe has no size for the data: 0 in a RIFF that claims nothing after it, 0xFFFFFFFF, or one of the "2 GiB"
/// that SoX, arecord and others put there ([0x7FFF0000 .. 0x80000000], unless the file is known to have that many). The data
/// then goes on to the end of the stream, and <see cref="DataBytes"/> is null.
/// </para>
/// Thread safety: none; one thread at a time.
/// </remarks>
public sealed class WavReader
{
    private readonly WavSource _source;
    private bool _ended;

    /// <summary>Reads the header, up to the first byte of the data.</summary>
    /// <param name="stream">Readable, at the first byte of the WAV; borrowed as long as this reader is used.</param>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="WavException">This is no WAV, or none that can be carried.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public WavReader(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead)
        {
            throw new ArgumentException("The stream cannot be read.", nameof(stream));
        }

        _source = new WavSource(stream);
        WavHeader header = WavHeader.Read(_source);
        Format = header.Format;
        DataBytes = header.DataBytes;
    }

    /// <summary>What a frame is.</summary>
    public WavFormat Format { get; }

    /// <summary>Bytes of audio that the header declares, a whole number of frames; null when it does not know.</summary>
    public long? DataBytes { get; }

    /// <summary>Frames that the header declares; null when it does not know.</summary>
    public long? Frames => DataBytes / Format.FrameBytes;

    /// <summary>Frames that <see cref="Read"/> has returned.</summary>
    public long FramesRead => DataBytesRead / Format.FrameBytes;

    private long DataBytesRead { get; set; }

    /// <summary>Reads frames; returns fewer than asked for only at the end of the data.</summary>
    /// <param name="frames">Filled from its start; a whole number of frames long.</param>
    /// <returns>Frames read; 0 at the end of the data.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="frames"/> is no whole number of frames.</exception>
    /// <exception cref="WavException">The stream ended inside the declared data or inside a frame; every whole frame before was returned.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public int Read(Span<byte> frames)
    {
        int frameBytes = Format.FrameBytes;
        if (frames.Length % frameBytes != 0)
        {
            throw new ArgumentException($"{frames.Length} bytes are no whole number of {frameBytes}-byte frames.", nameof(frames));
        }

        int wanted = DataBytes is { } dataBytes ? (int)Math.Min(frames.Length, dataBytes - DataBytesRead) : frames.Length;
        int bytes = _ended ? 0 : _source.ReadUpTo(frames[..wanted]);
        DataBytesRead += bytes;
        if (bytes < wanted)
        {
            _ended = true;
            if (bytes < frameBytes)
            {
                ThrowIfTruncated();
            }
        }

        return bytes / frameBytes;
    }

    private void ThrowIfTruncated()
    {
        if (DataBytes is { } dataBytes)
        {
            throw new WavException(_source.Offset, $"the file ends after {DataBytesRead} bytes of data", $"the {dataBytes} that its header declares");
        }

        long stray = DataBytesRead % Format.FrameBytes;
        if (stray != 0)
        {
            throw new WavException(_source.Offset, $"the file ends {stray} bytes into a frame", $"whole frames of {Format.FrameBytes} bytes");
        }
    }
}
