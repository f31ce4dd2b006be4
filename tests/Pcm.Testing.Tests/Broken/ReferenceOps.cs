namespace Pcm.Testing.Tests.Broken;

/// <summary>
/// Hardware that keeps every law: a clock, a sink that remembers what was played, a source whose audio is known. The broken backends are subclasses
/// with one defect each; what they override is virtual here.
/// </summary>
internal class ReferenceOps(PcmDirection direction, byte[] audio) : PcmOps
{
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private long _anchorNs;
    private long _anchorFrames;
    private long _queued;
    private int _periodsSignalled;

    public override PcmHardware Hardware => s_hardware;

    /// <summary>Frames that went to the sink, or came from the source, since the first prepare.</summary>
    public int AudioFrames { get; private set; }

    protected PcmRuntime? Runtime { get; private set; }

    protected Lock Lock => _lock;

    protected bool IsRunning { get; set; }

    /// <summary>Frames passed since prepare, as of the last look.</summary>
    protected long Played { get; set; }

    protected int Rate { get; set; }

    protected int PeriodFrames { get; set; }

    protected long NowNs => Runtime!.Services.NowNs;

    private static readonly PcmHardware s_hardware = new()
    {
        Info = PcmInfo.Interleaved | PcmInfo.NonInterleaved | PcmInfo.Mmap | PcmInfo.MmapValid | PcmInfo.Pause | PcmInfo.Resume | PcmInfo.NoPeriodWakeup,
        Formats = [PcmFormat.S16LE, PcmFormat.S32LE],
        Rates = PcmRates.Continuous,
        RateMin = 8000,
        RateMax = 96000,
        ChannelsMin = 1,
        ChannelsMax = 4,
        BufferBytesMax = 1 << 20,
        PeriodBytesMin = 64,
        PeriodBytesMax = 1 << 18,
        PeriodsMin = 2,
        PeriodsMax = 64,
    };

    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        Runtime = runtime;
        return new ValueTask<PcmError>(runtime.Constraints.Integer(PcmHwParameter.Periods));
    }

    public override async ValueTask<PcmError> CloseAsync()
    {
        await RestAsync();
        return PcmError.None;
    }

    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken)
    {
        Rate = hwParams.Rate;
        PeriodFrames = hwParams.PeriodFrames;
        return default;
    }

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Played = _anchorFrames = _queued = 0;
            _periodsSignalled = 0;
        }

        return default;
    }

    public override ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Advance_NeedsLock();
            long laps = Played - (Played % Runtime!.BufferFrames);
            Played -= laps;
            _anchorFrames -= laps;
            _queued = Played;
            _periodsSignalled = (int)(Played / PeriodFrames);
        }

        return default;
    }

    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case PcmCommand.Start or PcmCommand.PauseRelease or PcmCommand.Resume:
                Start();
                return default;
            case PcmCommand.Stop or PcmCommand.Suspend or PcmCommand.PausePush:
                Stop();
                return default;
            default:
                return new ValueTask<PcmError>(PcmError.InvalidArgument);
        }
    }

    public override async ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken)
    {
        await RestAsync();
        return PcmError.None;
    }

    public override PcmPosition GetPointer()
    {
        lock (_lock)
        {
            Advance_NeedsLock();
            return new PcmPosition(Played % Runtime!.BufferFrames);
        }
    }

    public override PcmError Ack()
    {
        lock (_lock)
        {
            Advance_NeedsLock();
            _queued = Runtime!.ApplicationPosition;
            return PcmError.None;
        }
    }

    /// <summary>The hardware's clock, nanoseconds.</summary>
    protected virtual long ClockNs => NowNs;

    protected virtual void Start()
    {
        lock (_lock)
        {
            if (!IsRunning)
            {
                _anchorNs = ClockNs;
                _anchorFrames = Played;
                IsRunning = true;
            }

            Arm_NeedsLock();
        }
    }

    protected virtual void Stop()
    {
        lock (_lock)
        {
            Advance_NeedsLock();
            IsRunning = false;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    protected virtual ValueTask RestAsync()
    {
        ITimer? timer;
        lock (_lock)
        {
            (timer, _timer) = (_timer, null);
        }

        return timer?.DisposeAsync() ?? default;
    }

    /// <summary>The interrupt of a period: the position has moved; no lock is held.</summary>
    protected virtual void Interrupt() => Runtime!.PeriodElapsed();

    /// <summary>Moves frames between the ring and the audio.</summary>
    protected virtual void Move(Span<byte> ring, Span<byte> sound)
    {
        if (direction == PcmDirection.Playback)
        {
            ring.CopyTo(sound);
        }
        else
        {
            sound.CopyTo(ring);
        }
    }

    /// <summary>Where the hardware is now, since prepare.</summary>
    protected virtual long FramesNow_NeedsLock() => _anchorFrames + ((ClockNs - _anchorNs) * Rate / 1_000_000_000);

    protected void Advance_NeedsLock()
    {
        if (!IsRunning || Runtime?.Buffer is not { } buffer)
        {
            return;
        }

        long to = FramesNow_NeedsLock();
        long audible = direction == PcmDirection.Playback ? Math.Min(to, _queued) : to;
        int frameBytes = (int)Runtime.FramesToBytes(1), ring = Runtime.BufferFrames;
        for (long at = Played; at < audible;)
        {
            int piece = (int)Math.Min(audible - at, ring - (at % ring)), first = AudioFrames * frameBytes, bytes = piece * frameBytes;
            if (first + bytes <= audio.Length)
            {
                Move(buffer.Span.Slice((int)(at % ring) * frameBytes, bytes), audio.AsSpan(first, bytes));
            }

            AudioFrames += piece;
            at += piece;
        }

        Played = Math.Max(Played, to);
    }

    protected virtual void Arm_NeedsLock()
    {
        if (Runtime!.NoPeriodWakeup)
        {
            return;
        }

        _timer ??= Runtime.Time.CreateTimer(static o => ((ReferenceOps)o!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        long next = (_periodsSignalled + 1L) * PeriodFrames;
        long dueNs = _anchorNs + ((((next - _anchorFrames) * 1_000_000_000) + Rate - 1) / Rate);
        _timer.Change(TimeSpan.FromTicks(Math.Max(0, dueNs - ClockNs + 99) / 100), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        bool elapsed;
        lock (_lock)
        {
            Advance_NeedsLock();
            int periods = (int)(Played / PeriodFrames);
            elapsed = IsRunning && periods > _periodsSignalled;
            _periodsSignalled = Math.Max(periods, _periodsSignalled);
        }

        if (elapsed)
        {
            Interrupt();
        }

        lock (_lock)
        {
            if (IsRunning)
            {
                Arm_NeedsLock();
            }
        }
    }
}
