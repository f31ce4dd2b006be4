using System.Buffers.Binary;

namespace Pcm.Samples.CustomBackend;

/// <summary>
/// A playback card that is a level meter: it "plays" a period by measuring its peak, and takes as long for it as a loudspeaker would.
/// Lifetime: the timer is made by START and disposed by sync_stop, or by close; nothing else is allocated.
/// </summary>
/// <remarks>Thread safety: the core serialises the ops; <c>_lock</c> guards what the timer's thread shares with them.</remarks>
internal sealed class MeterOps(Action<MeterReading> onReading) : PcmOps
{
    private const long NsPerSecond = 1_000_000_000;

    // Below the stream lock, which Ack and GetPointer are called under: nothing of the core is called while it is held.
    private readonly Lock _lock = new();
    private PcmRuntime? _runtime;
    private ITimer? _timer;
    private bool _running;
    private long _startNs;
    private long _periodsSinceStart;
    private long _played;
    private long _queued;

    #region hardware
    public override PcmHardware Hardware { get; } = new()
    {
        Info = PcmInfo.Interleaved | PcmInfo.BlockTransfer | PcmInfo.Batch,
        Formats = [PcmFormat.S16LE],
        Rates = PcmRates.Continuous,
        RateMin = 8000,
        RateMax = 192_000,
        ChannelsMin = 1,
        ChannelsMax = 8,
        BufferBytesMax = 256 * 1024,
        PeriodBytesMin = 64,
        PeriodBytesMax = 64 * 1024,
        PeriodsMin = 2,
        PeriodsMax = 32,
    };
    #endregion

    #region open
    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        _runtime = runtime;
        return new ValueTask<PcmError>(runtime.Constraints.Integer(PcmHwParameter.Periods)); // a period never wraps
    }
    #endregion

    #region prepare
    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _played = 0;
            _queued = 0;
        }

        return default;
    }

    public override ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _played = _running ? _played % _runtime!.BufferFrames : 0;
            _queued = _played; // the application is where the hardware is: what was queued is forgotten
        }

        return default;
    }
    #endregion

    #region trigger
    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case PcmCommand.Start:
                Start(_runtime!);
                return default;
            case PcmCommand.Stop or PcmCommand.Suspend:
                lock (_lock)
                {
                    _running = false;
                }

                return default;
            default:
                return new ValueTask<PcmError>(PcmError.InvalidArgument);
        }
    }

    private void Start(PcmRuntime runtime)
    {
        lock (_lock)
        {
            _startNs = runtime.Services.NowNs;
            _periodsSinceStart = 0;
            _running = true;
            _timer ??= runtime.Time.CreateTimer(static ops => ((MeterOps)ops!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Arm_NeedsLock(runtime);
        }
    }
    #endregion

    #region positions
    public override PcmPosition GetPointer()
    {
        lock (_lock)
        {
            return new PcmPosition(_played % _runtime!.BufferFrames);
        }
    }

    public override PcmError Ack()
    {
        lock (_lock)
        {
            _queued = _runtime!.ApplicationPosition;
        }

        return PcmError.None;
    }
    #endregion

    #region timer
    private void OnTimer()
    {
        PcmRuntime runtime = _runtime!;
        bool elapsed = false;
        while (TryPlayPeriod(runtime, out MeterReading reading))
        {
            elapsed = true;
            if (reading.Frames > 0)
            {
                onReading(reading);
            }
        }

        if (elapsed)
        {
            runtime.PeriodElapsed(); // the position has moved already; no lock of ours is held
        }

        lock (_lock)
        {
            Arm_NeedsLock(runtime);
        }
    }

    private bool TryPlayPeriod(PcmRuntime runtime, out MeterReading reading)
    {
        lock (_lock)
        {
            if (!_running || runtime.Services.NowNs < NextPeriodNs_NeedsLock(runtime))
            {
                reading = default;
                return false; // stopped meanwhile, or a coarse timer that came early
            }

            int frames = (int)Math.Clamp(QueuedFrames_NeedsLock(runtime), 0, runtime.PeriodFrames);
            int offset = (int)runtime.FramesToBytes(_played % runtime.BufferFrames);
            reading = new MeterReading(frames, Peak(runtime.Buffer!.Span.Slice(offset, (int)runtime.FramesToBytes(frames))));
            _played = (_played + runtime.PeriodFrames) % runtime.Boundary;
            _periodsSinceStart++;
            return true;
        }
    }
    #endregion

    #region stop
    public override async ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken)
    {
        await DisposeTimerAsync();
        return PcmError.None;
    }

    public override async ValueTask<PcmError> CloseAsync()
    {
        await DisposeTimerAsync();
        return PcmError.None;
    }

    private ValueTask DisposeTimerAsync()
    {
        ITimer? timer;
        lock (_lock)
        {
            (timer, _timer) = (_timer, null);
        }

        return timer?.DisposeAsync() ?? default; // waits for a callback under way
    }
    #endregion

    // Behind the application, the meter hears nothing. Both positions wrap at the boundary, and the shorter way round is meant.
    private long QueuedFrames_NeedsLock(PcmRuntime runtime)
    {
        long frames = _queued - _played;
        return frames < -(runtime.Boundary / 2) ? frames + runtime.Boundary : frames;
    }

    // From START, not from the last period: lateness does not add up.
    private long NextPeriodNs_NeedsLock(PcmRuntime runtime)
    {
        var frames = (Int128)(_periodsSinceStart + 1) * runtime.PeriodFrames;
        return _startNs + (long)(((frames * NsPerSecond) + runtime.Rate - 1) / runtime.Rate);
    }

    private void Arm_NeedsLock(PcmRuntime runtime)
    {
        if (_running)
        {
            long ticks = (NextPeriodNs_NeedsLock(runtime) - runtime.Services.NowNs + 99) / 100;
            _timer?.Change(TimeSpan.FromTicks(Math.Max(0, ticks)), Timeout.InfiniteTimeSpan);
        }
    }

    private static double Peak(ReadOnlySpan<byte> samples)
    {
        int peak = 0;
        for (; samples.Length >= sizeof(short); samples = samples[sizeof(short)..])
        {
            peak = Math.Max(peak, Math.Abs((int)BinaryPrimitives.ReadInt16LittleEndian(samples)));
        }

        return peak / 32768.0;
    }
}
