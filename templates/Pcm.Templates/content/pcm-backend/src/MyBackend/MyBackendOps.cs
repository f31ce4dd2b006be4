using Pcm;

namespace MyBackend;

/// <summary>One playback stream, paced by the clock: at the end of each period its frames go to <see cref="Consume"/>, then the position moves.</summary>
internal sealed class MyBackendOps : PcmOps
{
    private readonly Lock _lock = new();
    private PcmRuntime? _runtime;
    private ITimer? _timer;
    private bool _running;
    private long _startNs;
    private long _periodsSinceStart;
    private long _played; // modulo the boundary, as the core counts
    private long _queued; // where the application is

    /// <summary>What your device can do. An application never sees a parameter outside of this.</summary>
    public override PcmHardware Hardware { get; } = new()
    {
        Info = PcmInfo.Interleaved | PcmInfo.BlockTransfer | PcmInfo.Batch,
        Formats = [PcmFormat.S16LE, PcmFormat.S32LE],
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

    /// <summary>Add here what a table of ranges cannot say.</summary>
    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        _runtime = runtime;
        return new ValueTask<PcmError>(runtime.Constraints.Integer(PcmHwParameter.Periods)); // a period never wraps
    }

    public override async ValueTask<PcmError> CloseAsync()
    {
        await DisposeTimerAsync();
        return PcmError.None;
    }

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
            _queued = _played; // what was queued is forgotten
        }

        return default;
    }

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
                return new ValueTask<PcmError>(PcmError.InvalidArgument); // a command that the hardware does not know
        }
    }

    public override async ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken)
    {
        await DisposeTimerAsync();
        return PcmError.None;
    }

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

    /// <summary>Your device. Context: the timer's thread, no lock held; must not allocate. May hold fewer frames than a period when the stream drains.</summary>
    private static void Consume(ReadOnlySpan<byte> frames) => _ = frames;

    private void Start(PcmRuntime runtime)
    {
        lock (_lock)
        {
            _startNs = runtime.Services.NowNs;
            _periodsSinceStart = 0;
            _running = true;
            _timer ??= runtime.Time.CreateTimer(static ops => ((MyBackendOps)ops!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Arm_NeedsLock(runtime);
        }
    }

    private void OnTimer()
    {
        PcmRuntime runtime = _runtime!;
        bool elapsed = false;
        while (TryBeginPeriod(runtime, out int offset, out int bytes))
        {
            Consume(runtime.Buffer!.Span.Slice(offset, bytes));
            EndPeriod(runtime);
            elapsed = true;
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

    private bool TryBeginPeriod(PcmRuntime runtime, out int offset, out int bytes)
    {
        lock (_lock)
        {
            (offset, bytes) = (0, 0);
            if (!_running || runtime.Services.NowNs < NextPeriodNs_NeedsLock(runtime))
            {
                return false; // stopped meanwhile, or a coarse timer that came early
            }

            long queued = _queued - _played;
            queued = queued < 0 ? queued + runtime.Boundary : queued;
            offset = (int)runtime.FramesToBytes(_played % runtime.BufferFrames);
            bytes = (int)runtime.FramesToBytes(Math.Min(queued, runtime.PeriodFrames)); // behind what is queued there is old data
            return true;
        }
    }

    private void EndPeriod(PcmRuntime runtime)
    {
        lock (_lock)
        {
            _played = (_played + runtime.PeriodFrames) % runtime.Boundary;
            _periodsSinceStart++;
        }
    }

    private long NextPeriodNs_NeedsLock(PcmRuntime runtime) =>
        _startNs + (long)((((Int128)(_periodsSinceStart + 1) * runtime.PeriodFrames * 1_000_000_000) + runtime.Rate - 1) / runtime.Rate);

    private void Arm_NeedsLock(PcmRuntime runtime)
    {
        if (_running)
        {
            long waitNs = Math.Max(0, NextPeriodNs_NeedsLock(runtime) - runtime.Services.NowNs);
            _timer?.Change(TimeSpan.FromTicks((waitNs + 99) / 100), Timeout.InfiniteTimeSpan);
        }
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
}
