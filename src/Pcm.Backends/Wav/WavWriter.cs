namespace Pcm.Backends;

/// <summary>Writes a WAV to any stream as the frames come.</summary>
/// <remarks>
/// <para>
/// Into a stream that can seek, the header is written again with its sizes by <see cref="Dispose"/>; a <c>JUNK</c> chunk of 28 bytes after
/// the RIFF header keeps the place of a <c>ds64</c>, and a file that outgrows 4 GiB becomes an RF64 (EBU Tech 3306) at no cost.
/// Until then, and for ever in a stream that cannot seek, the sizes are 0xFFFFFFFF, which readers take for "to the end of the file": a
/// recording that was cut off is still read. Such a stream gets no <c>JUNK</c> and no pad byte, which would be read as a sample.
/// </para>
/// <para>
/// The header is WAVE_FORMAT_EXTENSIBLE when there are more than two channels, more than 16 bits of PCM, fewer valid bits than the
/// container has, or a channel mask; otherwise WAVE_FORMAT_PCM, IEEE_FLOAT, ALAW or MULAW. All but PCM get a <c>fact</c> chunk.
/// </para>
/// <para>The stream is borrowed: it is left after the last byte and not disposed. Thread safety: none; one thread at a time.</para>
/// </remarks>
public sealed class WavWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly WavHeaderWriter _header;
    private readonly long _start;
    private readonly bool _canPatch;
    private bool _disposed;

    /// <summary>Writes the header, without sizes yet.</summary>
    /// <param name="stream">Writable; borrowed until this writer is disposed. The WAV starts where it stands.</param>
    /// <param name="format">What the frames will be.</param>
    /// <exception cref="ArgumentException">The stream cannot be written.</exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public WavWriter(Stream stream, WavFormat format)
        : this(stream, format, WavHeaderWriter.RiffLimit)
    {
    }

    // maxRiffBytes: so that a test sees an RF64 without writing 4 GiB.
    internal WavWriter(Stream stream, WavFormat format, uint maxRiffBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(format);
        if (!stream.CanWrite)
        {
            throw new ArgumentException("The stream cannot be written.", nameof(stream));
        }

        _stream = stream;
        Format = format;
        _canPatch = stream.CanSeek;
        _start = _canPatch ? stream.Position : 0;
        _header = new WavHeaderWriter(format, roomForSizes64: _canPatch, maxRiffBytes);
        Span<byte> header = stackalloc byte[WavHeaderWriter.MaxBytes];
        stream.Write(header[.._header.WriteUnsized(header)]);
    }

    /// <summary>What a frame is.</summary>
    public WavFormat Format { get; }

    /// <summary>Bytes of audio written.</summary>
    public long DataBytes { get; private set; }

    /// <summary>Frames written.</summary>
    public long Frames => DataBytes / Format.FrameBytes;

    /// <summary>Writes frames.</summary>
    /// <param name="frames">A whole number of frames.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="frames"/> is no whole number of frames.</exception>
    /// <exception cref="IOException">
    /// The stream failed: what it took of these frames is not counted, the sizes will leave it out, and only <see cref="Dispose"/> is of use.
    /// </exception>
    /// <exception cref="ObjectDisposedException">After <see cref="Dispose"/>.</exception>
    public void Write(ReadOnlySpan<byte> frames)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (frames.Length % Format.FrameBytes != 0)
        {
            throw new ArgumentException($"{frames.Length} bytes are no whole number of {Format.FrameBytes}-byte frames.", nameof(frames));
        }

        _stream.Write(frames);
        DataBytes += frames.Length;
    }

    /// <summary>
    /// Makes what was written so far a complete file, when the stream can seek, and flushes the stream; writing may go on afterwards.
    /// </summary>
    /// <exception cref="IOException">The stream failed: the sizes may be those of an earlier flush, or none.</exception>
    /// <exception cref="ObjectDisposedException">After <see cref="Dispose"/>.</exception>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_canPatch)
        {
            int headerBytes = PatchHeader();
            _stream.Position = _start + headerBytes + DataBytes; // before the pad byte, which the next frames replace
        }

        _stream.Flush();
    }

    /// <summary>Pads the data, writes the sizes into the header when the stream can seek, and flushes. Does not dispose the stream.</summary>
    /// <exception cref="IOException">The stream failed, so the header has no sizes; readers take all that was written.</exception>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_canPatch)
        {
            PatchHeader();
        }

        _stream.Flush();
    }

    private int PatchHeader()
    {
        Span<byte> header = stackalloc byte[WavHeaderWriter.MaxBytes];
        header = header[.._header.WriteSized(header, DataBytes)];

        // Not simply where the stream stands: a write that failed may have left a part of its frames behind.
        _stream.Position = _start + header.Length + DataBytes;
        if (DataBytes % 2 != 0)
        {
            _stream.WriteByte(0);
        }

        long end = _stream.Position;
        _stream.Position = _start;
        _stream.Write(header);
        _stream.Position = end;
        return header.Length;
    }
}
