namespace Pcm.Backends;

/// <summary>
/// The source: reads a WAV file at the rate of the stream, and has the file's format and no other.
/// <para>
/// A microphone does not end: after the last frame the stream goes on with silence, and <see cref="WavPcmOps.Status"/> tells. Frames stay in the file
/// while the application does not read, so an overrun costs what is in the ring at that moment and nothing else.
/// </para>
/// </summary>
internal sealed class WavCaptureOps : WavPcmOps
{
    private const int MaxBufferBytes = 4 * 1024 * 1024;
    private const int MaxPeriods = 1024;

    private readonly WavFormat _format;
    private FileStream? _stream;
    private WavReader? _reader;

    /// <summary>A source of a file whose format is known.</summary>
    public WavCaptureOps(string path, WavFormat format)
        : base(path)
    {
        _format = format;
        Hardware = new PcmHardware
        {
            Info = PcmInfo.Mmap | PcmInfo.MmapValid | PcmInfo.Interleaved | PcmInfo.BlockTransfer | PcmInfo.Batch | PcmInfo.Pause | PcmInfo.Resume,
            Formats = [format.SampleFormat],
            Rates = PcmRateTable.FromHz((uint)format.Rate),
            RateMin = (uint)format.Rate,
            RateMax = (uint)format.Rate,
            ChannelsMin = (uint)format.Channels,
            ChannelsMax = (uint)format.Channels,
            BufferBytesMax = MaxBufferBytes,
            PeriodBytesMin = (uint)Math.Max(16, format.FrameBytes),
            PeriodBytesMax = MaxBufferBytes / 2,
            PeriodsMin = 2,
            PeriodsMax = MaxPeriods,
        };
    }

    /// <inheritdoc/>
    public override PcmHardware Hardware { get; }

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="WavException">It is no WAV, or none that can be carried.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static (FileStream Stream, WavReader Reader) OpenReader(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return (stream, new WavReader(stream));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override PcmError OpenPeer(PcmRuntime runtime)
    {
        Status = default;
        try
        {
            (_stream, _reader) = OpenReader(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            WavLog.CannotOpen(Log, Path, e.Message);
            Status = new WavFileStatus(0, IsAtEnd: false, e.Message);
            return WavErrors.FromOpen(e);
        }

        if (_reader.Format == _format)
        {
            return PcmError.None;
        }

        WavLog.FileChanged(Log, Path, _reader.Format.ToString(), _format.ToString());
        ClosePeer();
        return PcmError.IO;
    }

    /// <inheritdoc/>
    protected override PcmError ClosePeer()
    {
        _stream!.Dispose(); // of reading only: there is nothing that could be lost
        _stream = null;
        _reader = null;
        return PcmError.None;
    }

    /// <inheritdoc/>
    protected override PcmError Configure(PcmHwParams hwParams) => PcmError.None;

    /// <inheritdoc/>
    protected override PcmError Begin() => PcmError.None;

    /// <inheritdoc/>
    protected override PcmError Finish() => PcmError.None;

    /// <inheritdoc/>
    protected override long LimitAhead(long queuedFrames) => BufferFrames - queuedFrames;

    /// <inheritdoc/>
    protected override PcmError Move(Span<byte> ring)
    {
        int bytes = 0;
        WavFileStatus status = Status;
        try
        {
            if (!status.IsAtEnd)
            {
                bytes = ReadFile(ring, ref status);
            }
        }
        catch (IOException e)
        {
            WavLog.ReadFailed(Log, Path, status.Frames, e.Message);
            Status = status with { Problem = e.Message };
            return PcmError.IO;
        }

        _format.SampleFormat.FillSilence(ring[bytes..]);
        Status = status;
        return PcmError.None;
    }

    /// <summary>Fills from the file until it ends.</summary>
    /// <returns>Bytes that came from the file.</returns>
    private int ReadFile(Span<byte> ring, ref WavFileStatus status)
    {
        int done = 0;
        try
        {
            while (done < ring.Length && !status.IsAtEnd)
            {
                int frames = _reader!.Read(ring[done..]);
                done += frames * _format.FrameBytes;
                status = status with { Frames = status.Frames + frames, IsAtEnd = frames == 0 };
            }

            if (status.IsAtEnd)
            {
                WavLog.AtEnd(Log, Path, status.Frames);
            }
        }
        catch (WavException e)
        {
            // Every whole frame that the file has was delivered; what its header promises besides does not exist.
            WavLog.EndsEarly(Log, Path, status.Frames, e.Message);
            status = status with { IsAtEnd = true, Problem = e.Message };
        }

        return done;
    }
}
