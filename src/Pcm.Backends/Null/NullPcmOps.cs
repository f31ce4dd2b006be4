namespace Pcm.Backends.Null;

/// <summary>
/// Hardware that is nothing but a clock, as Linux's snd-dummy: the position is the time since START, playback vanishes, capture is silence.
/// Lifetime: the timer is made by the first START or RESUME and disposed by close, or by a sync_stop that meets its callback; nothing else is
/// allocated after open.
/// </summary>
/// <remarks>Thread safety: the core serialises the ops; the timer's thread only reads what START wrote before arming it.</remarks>
internal sealed class NullPcmOps(NullCardModel model, PcmDirection direction, TimeSpan interruptLatency) : PcmOps
{
    private readonly long _latencyNs = interruptLatency.Ticks * 100;
    private PcmRuntime? _runtime;
    private ITimer? _timer;
    private volatile bool _running;
    private int _callbacks; // under way
    private long _startNs;
    private long _periodNs;
    private long _nextNs;

    public override PcmHardware Hardware => model.Hardware;

    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        _runtime = runtime;
        return new ValueTask<PcmError>(model.AddConstraints?.Invoke(runtime.Constraints, direction) ?? PcmError.None);
    }

    public override async ValueTask<PcmError> CloseAsync()
    {
        await DisposeTimerAsync();
        return PcmError.None;
    }

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        _periodNs = CeilingDivide(_runtime!.PeriodFrames * 1_000_000_000L, _runtime.Rate);
        return default;
    }

    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case PcmCommand.Start or PcmCommand.Resume: // both count from 0
                Start(_runtime!);
                return default;
            case PcmCommand.Stop or PcmCommand.Suspend:
                _running = false;
                _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return default;
            default:
                return new ValueTask<PcmError>(PcmError.InvalidArgument);
        }
    }

    public override ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken)
    {
        // Race: a callback says that it is there and then looks whether the stream runs; STOP said that it does not, and we look for a callback. Each
        // has a full fence in between, so a callback that is not seen here sees the stop, and touches nothing.
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _callbacks) > 0 ? WaitForCallbackAsync() : default;
    }

    public override PcmPosition GetPointer()
    {
        ulong microseconds = (ulong)(_runtime!.Services.NowNs - _startNs) / 1000;
        ulong frames = ((microseconds * (ulong)_runtime.Rate) + 999_999) / 1_000_000; // a frame begun counts
        return new PcmPosition((long)(frames % (ulong)_runtime.BufferFrames));
    }

    public override PcmError CopyToRing(PcmRuntime runtime, int byteOffset, ReadOnlySpan<byte> source) => PcmError.None;

    public override PcmError CopyFromRing(PcmRuntime runtime, int byteOffset, Span<byte> destination) => runtime.Format.FillSilence(destination);

    public override PcmError FillSilence(PcmRuntime runtime, int byteOffset, int byteCount) => PcmError.None;

    private void Start(PcmRuntime runtime)
    {
        _startNs = runtime.Services.NowNs;
        _nextNs = _startNs + _periodNs;
        _running = true;
        _timer ??= runtime.Services.CreateSharedTimer(static ops => ((NullPcmOps)ops!).OnTimer(), this);
        Arm(runtime, _startNs);
    }

    private void OnTimer()
    {
        Interlocked.Increment(ref _callbacks); // a full fence, see SyncStopAsync
        if (_running)
        {
            Look(_runtime!);
        }

        Interlocked.Decrement(ref _callbacks);
    }

    private void Look(PcmRuntime runtime)
    {
        long now = runtime.Services.NowNs;
        if (now >= _nextNs) // a coarse timer may come early; the period is then not over
        {
            runtime.PeriodElapsed();
            while (_nextNs <= now)
            {
                _nextNs += _periodNs; // from START, not from now: lateness does not add up
            }
        }

        if (_running) // the period may have ended in an xrun
        {
            Arm(runtime, now);
        }
    }

    private void Arm(PcmRuntime runtime, long now)
    {
        if (!runtime.NoPeriodWakeup)
        {
            _timer?.Change(TimeSpan.FromTicks(CeilingDivide(_nextNs + _latencyNs - now, 100)), Timeout.InfiniteTimeSpan);
        }
    }

    private async ValueTask<PcmError> WaitForCallbackAsync()
    {
        await DisposeTimerAsync();
        return PcmError.None;
    }

    private async ValueTask DisposeTimerAsync()
    {
        if (Interlocked.Exchange(ref _timer, null) is { } timer)
        {
            await timer.DisposeAsync(); // waits for a callback under way
        }
    }

    private static long CeilingDivide(long dividend, long divisor) => (dividend + divisor - 1) / divisor;
}
