namespace Pcm;

/// <summary>
/// Copies from any capture substream to any playback substream of the same format, frame for frame and without conversion.
/// <para>
/// Nothing is resampled: the slower of the two clocks sets the pace. A faster source overruns in the end, a faster sink underruns; both are counted and
/// recovered from, and the drift that causes them is measured. Half a ring of cushion lets 100 ppm of drift go on for a quarter of an hour at 200 ms.
/// </para>
/// </summary>
/// <remarks>
/// Both substreams are open when it is made and stay open. They may be of different cards with clocks of their own; time is measured by the source's.
/// Thread safety: <see cref="ConfigureAsync"/>, then <see cref="RunAsync"/>, once, one after the other; <see cref="Report"/> from any thread between two pieces.
/// </remarks>
public sealed partial class PcmBridge
{
    private const int MaxFruitlessRecoveries = 3;

    private readonly PcmSubstream _source;
    private readonly PcmSubstream _sink;
    private readonly PcmBridgeOptions _options;
    private PcmDriftMeter _drift;
    private PcmDriftMeter _longest;
    private long _read;
    private long _written;
    private long _lost;
    private int _sourceXRuns;
    private int _sinkXRuns;
    private int _fruitless;

    /// <summary>A bridge between two open substreams.</summary>
    /// <param name="source">A capture substream.</param>
    /// <param name="sink">A playback substream.</param>
    /// <param name="options">Settings; null: the defaults.</param>
    /// <exception cref="ArgumentException">A direction is wrong, or a substream is closed.</exception>
    public PcmBridge(PcmSubstream source, PcmSubstream sink, PcmBridgeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(sink);
        Check(source, PcmDirection.Capture, nameof(source));
        Check(sink, PcmDirection.Playback, nameof(sink));
        _source = source;
        _sink = sink;
        _options = options ?? new PcmBridgeOptions();
    }

    /// <summary>What was done so far.</summary>
    public PcmBridgeReport Report { get; private set; }

    /// <summary>Copies until it is done, cancelled, or a side fails. At the end the playback is drained, the capture dropped; cancelled or failed, both are dropped.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The final <see cref="Report"/>.</returns>
    /// <exception cref="PcmException">A side failed otherwise than by an xrun or a suspend; the operation names it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="InvalidOperationException"><see cref="ConfigureAsync"/> has not succeeded.</exception>
    public async ValueTask<PcmBridgeReport> RunAsync(CancellationToken cancellationToken = default)
    {
        if (_source.State != PcmState.Prepared || _sink.State != PcmState.Prepared)
        {
            throw new InvalidOperationException($"The bridge is not configured: the source is {_source.State}, the sink {_sink.State}.");
        }

        try
        {
            await CopyAsync(cancellationToken);
            (await DrainSinkAsync(cancellationToken)).ThrowIfError("drain of the sink");
            Observe();
            return Report;
        }
        finally
        {
            await _source.DropAsync(CancellationToken.None); // fails only when the card is gone, and then there is nothing to drop
            await _sink.DropAsync(CancellationToken.None);
        }
    }

    private static void Check(PcmSubstream substream, PcmDirection direction, string name)
    {
        if (substream.Direction != direction || !substream.IsOpen)
        {
            throw new ArgumentException($"The {name} of a bridge is an open {direction} substream, not {substream}.", name);
        }
    }

    private async ValueTask CopyAsync(CancellationToken cancellationToken)
    {
        PcmRuntime runtime = _source.Runtime!;
        int frameBytes = (int)runtime.FramesToBytes(1);
        byte[] piece = new byte[runtime.PeriodFrames * frameBytes];
        bool more = true;
        while (more && !(_written >= _options.Frames))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int wanted = (int)Math.Min(runtime.PeriodFrames, (_options.Frames - _written) ?? long.MaxValue);
            PcmTransfer transfer = await _source.ReadAsync(piece.AsMemory(0, wanted * frameBytes), cancellationToken);
            _read += transfer.Frames;
            _fruitless = transfer.Frames > 0 ? 0 : _fruitless;

            // Behind the end of its source a stream is silent, and that silence is not the source's.
            long left = _options.EndOfSource?.Invoke() is { } end ? Math.Max(0, end - _lost - _written) : long.MaxValue;
            int frames = (int)Math.Min(transfer.Frames, left);
            more = left > transfer.Frames;
            await WriteAsync(piece.AsMemory(0, frames * frameBytes), frameBytes, cancellationToken);
            if (transfer.Error != PcmError.None)
            {
                await RecoverAsync(_source, "read of the source", transfer, cancellationToken);
            }

            Observe();
            _options.OnProgress?.Invoke(Report);
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> rest, int frameBytes, CancellationToken cancellationToken)
    {
        while (!rest.IsEmpty)
        {
            PcmTransfer transfer = await _sink.WriteAsync(rest, cancellationToken);
            _written += transfer.Frames;
            rest = rest[(transfer.Frames * frameBytes)..];
            _fruitless = transfer.Frames > 0 ? 0 : _fruitless;
            if (transfer.Error != PcmError.None)
            {
                await RecoverAsync(_sink, "write to the sink", transfer, cancellationToken);
            }
        }
    }

    /// <summary>Gets a side going again.</summary>
    private async ValueTask RecoverAsync(PcmSubstream side, string operation, PcmTransfer transfer, CancellationToken cancellationToken)
    {
        if (transfer.Error is not (PcmError.XRun or PcmError.Suspended) || ++_fruitless > MaxFruitlessRecoveries)
        {
            throw new PcmException(transfer.Error, operation);
        }

        BeginStretch();
        if (transfer.Error == PcmError.Suspended && await side.ResumeAsync(cancellationToken) == PcmError.None)
        {
            return;
        }

        Count(side, transfer.Error);
        (await side.PrepareAsync(cancellationToken)).ThrowIfError($"prepare after a failed {operation}");
    }

    /// <summary>A new stretch begins; the drift of the longest one counts.</summary>
    private void BeginStretch()
    {
        _longest = _drift.SpanSeconds > _longest.SpanSeconds ? _drift : _longest;
        _drift = default;
    }

    private void Count(PcmSubstream side, PcmError error)
    {
        bool isSource = side == _source;
        if (isSource && side.GetStatus(out PcmStatus status) == PcmError.None)
        {
            _lost += status.Avail; // what was in the ring; what came after it nobody knows
        }

        _sourceXRuns += isSource && error == PcmError.XRun ? 1 : 0;
        _sinkXRuns += !isSource && error == PcmError.XRun ? 1 : 0;
    }

    private async ValueTask<PcmError> DrainSinkAsync(CancellationToken cancellationToken) =>
        _written == 0 ? PcmError.None : await _sink.DrainAsync(cancellationToken); // nothing was queued, so nothing ever ran

    /// <summary>Looks at both positions at one time.</summary>
    private void Observe()
    {
        long delay = 0;
        if (_source.GetStatus(out PcmStatus source) == PcmError.None && _sink.GetStatus(out PcmStatus sink) == PcmError.None)
        {
            delay = source.Delay + sink.Delay;
            if (source.State == PcmState.Running && sink.State == PcmState.Running)
            {
                long captured = _read + source.Avail, played = _written - (_sink.Runtime!.BufferFrames - sink.Avail);
                _drift.Add(_source.Services.NowNs, captured - played);
            }
        }

        double? slope = (_drift.SpanSeconds >= _longest.SpanSeconds ? _drift : _longest).FramesPerSecond;
        Report = new PcmBridgeReport
        {
            Frames = _written,
            SourceXRuns = _sourceXRuns,
            SinkXRuns = _sinkXRuns,
            LostFrames = _lost,
            DelayFrames = delay,
            DriftPpm = slope * 1e6 / _source.Runtime?.Rate,
        };
    }
}
