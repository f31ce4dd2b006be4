namespace Pcm.Backends;

/// <summary>
/// The sink: writes a WAV file at the rate of the stream.
/// <para>
/// The file is opened at open, which so fails when it cannot be written, but it begins, and loses what it had before, at the first prepare.
/// A session that never prepared leaves no trace. Later sessions of one open append; they cannot change the format any more.
/// </para>
/// </summary>
/// <param name="path">The file.</param>
/// <param name="open">Opens it for writing, from its first byte; another one only in tests of failing disks.</param>
internal sealed class WavPlaybackOps(string path, Func<string, Stream> open) : WavPcmOps(path)
{
    private const int MinRate = 4000;
    private const int MaxRate = 768_000;
    private const int MaxChannels = 32;
    private const int MaxBufferBytes = 4 * 1024 * 1024;
    private const int MaxPeriods = 1024;
    private const int ScratchBytes = 4096;

    private byte[]? _scratch;   // for the one format that is stored otherwise than it arrives
    private Stream? _stream;
    private WavWriter? _writer;
    private WavFormat? _format;
    private bool _isNew;

    /// <summary>A sink that writes a real file.</summary>
    public WavPlaybackOps(string path)
        : this(path, static p => new FileStream(p, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None))
    {
    }

    /// <inheritdoc/>
    public override PcmHardware Hardware { get; } = new()
    {
        Info = PcmInfo.Mmap | PcmInfo.MmapValid | PcmInfo.Interleaved | PcmInfo.BlockTransfer | PcmInfo.Batch
            | PcmInfo.Pause | PcmInfo.Resume | PcmInfo.DrainTrigger | PcmInfo.PerfectDrain,
        Formats = PcmFormats.Create(WavFormat.CarriedFormats) | PcmFormats.Create([PcmFormat.S8]),
        Rates = PcmRates.Continuous,
        RateMin = MinRate,
        RateMax = MaxRate,
        ChannelsMin = 1,
        ChannelsMax = MaxChannels,
        BufferBytesMax = MaxBufferBytes,
        PeriodBytesMin = 16,
        PeriodBytesMax = MaxBufferBytes / 2,
        PeriodsMin = 2,
        PeriodsMax = MaxPeriods,
    };

    /// <inheritdoc/>
    protected override PcmError OpenPeer(PcmRuntime runtime)
    {
        Status = default;
        try
        {
            _isNew = !File.Exists(Path);
            _stream = open(Path);
            return PcmError.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            WavLog.CannotOpen(Log, Path, e.Message);
            Status = new WavFileStatus(0, IsAtEnd: false, e.Message);
            return WavErrors.FromOpen(e);
        }
    }

    /// <inheritdoc/>
    protected override PcmError ClosePeer()
    {
        PcmError error = Try(static ops =>
        {
            using (ops._stream)
            {
                ops._writer?.Dispose();
            }
        });
        if (_writer is not null)
        {
            WavLog.Finished(Log, Path, _writer.Frames);
        }
        else if (_isNew)
        {
            error = Try(static ops => File.Delete(ops.Path)); // ours, and empty
        }

        _writer = null;
        _stream = null;
        _format = null;
        return error;
    }

    /// <inheritdoc/>
    protected override PcmError Configure(PcmHwParams hwParams)
    {
        bool flipped = hwParams.Format == PcmFormat.S8;
        var format = new WavFormat(flipped ? PcmFormat.U8 : hwParams.Format, hwParams.Channels, hwParams.Rate);
        if (_writer is not null && _writer.Format != format)
        {
            WavLog.OtherFormat(Log, Path, Describe(_writer.Format), Describe(format));
            return PcmError.Busy;
        }

        _format = format;
        _scratch = flipped ? _scratch ?? new byte[ScratchBytes] : null;
        return PcmError.None;
    }

    /// <inheritdoc/>
    protected override PcmError Begin() => _writer is not null ? PcmError.None : Try(static ops =>
    {
        if (ops._stream!.CanSeek)
        {
            ops._stream.SetLength(0);
        }

        ops._writer = new WavWriter(ops._stream, ops._format!);
    });

    /// <inheritdoc/>
    protected override PcmError Finish() => Try(static ops => ops._writer?.Flush());

    /// <inheritdoc/>
    protected override long LimitAhead(long queuedFrames) => queuedFrames;

    /// <inheritdoc/>
    protected override PcmError Move(Span<byte> ring)
    {
        try
        {
            if (_scratch is null)
            {
                _writer!.Write(ring);
            }
            else
            {
                WriteFlipped(ring, _scratch);
            }

            Status = Status with { Frames = _writer!.Frames };
            return PcmError.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(e);
            return PcmError.IO;
        }
    }

    // A WAV has no signed 8 bit. The two differ in the top bit of every sample, so nothing is lost.
    private void WriteFlipped(ReadOnlySpan<byte> ring, Span<byte> scratch)
    {
        int pieceBytes = scratch.Length - (scratch.Length % _writer!.Format.FrameBytes);
        while (!ring.IsEmpty)
        {
            Span<byte> piece = scratch[..Math.Min(ring.Length, pieceBytes)];
            for (int i = 0; i < piece.Length; i++)
            {
                piece[i] = (byte)(ring[i] ^ 0x80);
            }

            _writer.Write(piece);
            ring = ring[piece.Length..];
        }
    }

    private PcmError Try(Action<WavPlaybackOps> step)
    {
        try
        {
            step(this);
            return PcmError.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(e);
            return PcmError.IO;
        }
    }

    private void Failed(Exception e)
    {
        WavLog.WriteFailed(Log, Path, _writer?.Frames ?? 0, e.Message);
        Status = Status with { Problem = e.Message };
    }

    private static string Describe(WavFormat format) => $"{format.SampleFormat.AlsaName()}, {format.Channels} channels, {format.Rate} Hz";
}
