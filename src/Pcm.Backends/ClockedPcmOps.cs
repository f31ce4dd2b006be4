using Microsoft.Extensions.Logging;

namespace Pcm.Backends;

/// <summary>
/// A PCM stream clocked by a timer, whose other side, a file or the like, has no clock of its own but may take its time.
/// <para>
/// Time passes in whole periods on an absolute schedule from START: the timer of period n is due at n periods after START however late the one
/// before was. At each, the frames that passed go to or come from the other side, then the position moves, then the core hears of it. The other
/// side is therefore never touched under the stream lock, and <see cref="GetPointer"/> reads one word.
/// </para>
/// <para>
/// The position never passes the application's, so no frame is played that was not written, and none is overwritten that was not read. A stream
/// that an xrun stops has still moved every frame up to it. One that no xrun can stop (stop_threshold above the buffer) waits for the application
/// instead, and its schedule begins anew when it goes on; a capture stream that runs free does not wait.
/// </para>
/// </summary>
/// <remarks>
/// Locks: <c>_lock</c> is taken under the stream lock by <see cref="Ack"/>, held for arithmetic only, never while the other side or the core is called.
/// </remarks>
internal abstract class ClockedPcmOps : PcmOps
{
    private static readonly TimeSpan s_coarseGrain = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private PcmRuntime? _runtime;
    private ITimer? _timer;
    private FrameClock _clock;
    private PcmGate? _ticks;    // held by a tick, and by who waits for one to be over
    private int _rate;
    private int _periodFrames;
    private int _bufferFrames;
    private long _claimed;      // frames since prepare that the other side has taken over, or is about to have moved
    private long _published;    // frames since prepare that GetPointer knows of
    private long _limit;        // frames since prepare up to which the application lets us go
    private bool _running;
    private bool _draining;
    private bool _failed;       // frames were lost: every later prepare and hw_free says so

    /// <summary>What a tick takes over: <paramref name="Frames"/> frames from <paramref name="From"/>.</summary>
    private readonly record struct Claim(long From, int Frames);

    /// <summary>The session's log.</summary>
    protected ILogger Log { get; private set; } = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    /// <summary>The frames of the ring; set by hw_params.</summary>
    protected int BufferFrames => _bufferFrames;

    /// <inheritdoc/>
    public sealed override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        Log = runtime.Services.LoggerFactory.CreateLogger(GetType());
        PcmError error = OpenPeer(runtime);
        if (error == PcmError.None)
        {
            _runtime = runtime;
            _failed = false;
            _ticks = new PcmGate(runtime.Services);
            _timer = runtime.Time.CreateTimer(static ops => ((ClockedPcmOps)ops!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        return new ValueTask<PcmError>(error);
    }

    /// <inheritdoc/>
    public sealed override async ValueTask<PcmError> CloseAsync()
    {
        await _ticks!.EnterAsync(CancellationToken.None);
        await _timer!.DisposeAsync();
        PcmError error = ClosePeer();
        _runtime = null;
        _ticks.Exit();
        return error;
    }

    /// <inheritdoc/>
    public sealed override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken)
    {
        PcmError error = Configure(hwParams);
        if (error == PcmError.None)
        {
            _rate = hwParams.Rate;
            _periodFrames = hwParams.PeriodFrames;
            _bufferFrames = hwParams.BufferFrames;
        }

        return new ValueTask<PcmError>(error);
    }

    /// <inheritdoc/>
    /// <remarks>EIO: the other side failed since open; the frames that it should have taken are lost.</remarks>
    public sealed override async ValueTask<PcmError> HwFreeAsync()
    {
        await IdleAsync(CancellationToken.None); // also when a sync_stop was cancelled: the ring goes away after this
        PcmError error = Finish();
        return _failed ? PcmError.IO : error;
    }

    /// <inheritdoc/>
    public sealed override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        if (_failed)
        {
            return new ValueTask<PcmError>(PcmError.IO); // the log has said why
        }

        lock (_lock)
        {
            _claimed = 0;
            _limit = 0;
            _draining = false;
            Volatile.Write(ref _published, 0);
        }

        return new ValueTask<PcmError>(Begin());
    }

    /// <inheritdoc/>
    public sealed override async ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken)
    {
        await _ticks!.EnterAsync(cancellationToken);
        lock (_lock)
        {
            // The core sets the application's position to ours without an ack.
            _limit = _claimed + LimitAhead(queuedFrames: 0);
        }

        LeaveTicks(idle: false);
        return PcmError.None;
    }

    /// <inheritdoc/>
    public sealed override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        PcmError error = command == PcmCommand.Start ? StartPeer() : PcmError.None;
        if (error != PcmError.None)
        {
            return new ValueTask<PcmError>(error);
        }

        PcmRuntime runtime = _runtime!;
        long nowNs = runtime.Services.NowNs;
        bool isDrained = false;
        lock (_lock)
        {
            switch (command)
            {
                case PcmCommand.Start:
                    _clock.Restart(_rate, nowNs, _claimed);
                    _running = true;
                    break;
                case PcmCommand.PauseRelease or PcmCommand.Resume:
                    _clock.Release(nowNs);
                    _running = true;
                    break;
                case PcmCommand.PausePush or PcmCommand.Suspend:
                    _clock.Pause(nowNs);
                    _running = false;
                    break;
                case PcmCommand.Drain when Hardware.Info.HasFlag(PcmInfo.DrainTrigger):
                    _draining = true;
                    break;
                case PcmCommand.Stop:
                    isDrained = _draining && _claimed >= _limit;
                    _running = false;
                    _draining = false;
                    break;
                default:
                    return new ValueTask<PcmError>(PcmError.InvalidArgument);
            }

            Arm_NeedsLock(nowNs, idle: false);
        }

        if (command == PcmCommand.Stop)
        {
            StopPeer(isDrained);
        }

        return new ValueTask<PcmError>(PcmError.None);
    }

    /// <inheritdoc/>
    public sealed override async ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken)
    {
        await IdleAsync(cancellationToken);
        return PcmError.None;
    }

    /// <inheritdoc/>
    public sealed override PcmPosition GetPointer() => new(Volatile.Read(ref _published) % _bufferFrames);

    /// <inheritdoc/>
    /// <remarks>EINVAL: a rewind into frames that a tick took over since <see cref="GetRewindable"/>.</remarks>
    public sealed override PcmError Ack()
    {
        PcmRuntime runtime = _runtime!;
        long queued = runtime.Direction == PcmDirection.Playback
            ? runtime.BufferFrames - PcmRing.PlaybackAvail(runtime.HardwarePosition, runtime.ApplicationPosition, runtime.BufferFrames, runtime.Boundary)
            : PcmRing.CaptureAvail(runtime.HardwarePosition, runtime.ApplicationPosition, runtime.Boundary);
        lock (_lock)
        {
            // The core's position is the one it last asked for: less than a ring behind ours.
            long behind = (_published - runtime.HardwarePosition) % _bufferFrames;
            long limit = _published - (behind < 0 ? behind + _bufferFrames : behind) + LimitAhead(queued);
            if (limit < _claimed && !RunsFree(runtime))
            {
                return PcmError.InvalidArgument;
            }

            _limit = limit;
            return PcmError.None;
        }
    }

    /// <inheritdoc/>
    public sealed override long GetRewindable(PcmRuntime runtime)
    {
        lock (_lock)
        {
            return Math.Max(0, _limit - _claimed);
        }
    }

    /// <summary>Opens the other side of a new session; constraints are added here.</summary>
    protected abstract PcmError OpenPeer(PcmRuntime runtime);

    /// <summary>Ends the session: the other side is finished and closed, whatever came before.</summary>
    protected abstract PcmError ClosePeer();

    /// <summary>Looks at the parameters that were chosen.</summary>
    protected abstract PcmError Configure(PcmHwParams hwParams);

    /// <summary>prepare: the first frame may come after this.</summary>
    protected abstract PcmError Begin();

    /// <summary>hw_free: no frame comes until the next prepare. Idempotent.</summary>
    protected abstract PcmError Finish();

    /// <summary>START: before the first frame moves.</summary>
    protected virtual PcmError StartPeer() => PcmError.None;

    /// <summary>STOP: perhaps beside a <see cref="Move(Span{byte})"/> under way, perhaps without a start.</summary>
    /// <param name="isDrained">Every frame that the application wrote before it drained has been moved.</param>
    protected virtual void StopPeer(bool isDrained)
    {
    }

    /// <summary>How far past the core's position the other side may go, when so many frames are queued (playback) or unread (capture).</summary>
    protected abstract long LimitAhead(long queuedFrames);

    /// <summary>Moves a piece that does not wrap between the ring and the other side.</summary>
    /// <returns>
    /// EPIPE: the other side had an xrun, prepare recovers. ENODEV: it is gone. Anything else: it failed, and so will every later prepare. It was logged.
    /// </returns>
    protected abstract PcmError Move(Span<byte> ring);

    /// <summary>Frames of this direction may be taken over whether or not the application comes along.</summary>
    private static bool RunsFree(PcmRuntime runtime) => runtime.Direction == PcmDirection.Capture && runtime.IsFreeRunning;

    /// <summary>Returns when no tick is under way.</summary>
    private async ValueTask IdleAsync(CancellationToken cancellationToken)
    {
        await _ticks!.EnterAsync(cancellationToken);
        LeaveTicks(idle: false);
    }

    private void LeaveTicks(bool idle)
    {
        lock (_lock)
        {
            Arm_NeedsLock(_runtime!.Services.NowNs, idle); // first: a tick that found the gate taken has left the timer unset
        }

        _ticks!.Exit();
    }

    /// <summary>The timer's callback. Context: the timer's thread, no lock held; may wait for the file.</summary>
    private void Tick()
    {
        if (!_ticks!.TryEnter())
        {
            return; // who has the gate sets the timer
        }

        if (_runtime is not { } runtime)
        {
            _ticks.Exit(); // closed while the timer was on its way
            return;
        }

        bool idle = true;
        PcmError error = PcmError.None;
        while (error == PcmError.None && TryClaim(runtime, out Claim claim))
        {
            idle = false;
            error = Move(runtime, claim);
            if (error == PcmError.None)
            {
                Volatile.Write(ref _published, claim.From + claim.Frames);
                runtime.PeriodElapsed();
            }
            else
            {
                Fail(runtime, error);
            }
        }

        LeaveTicks(idle);
    }

    private void Fail(PcmRuntime runtime, PcmError error)
    {
        lock (_lock)
        {
            _failed = error != PcmError.XRun;
            _running = false;
        }

        if (error == PcmError.NoDevice)
        {
            runtime.SignalDisconnect();
        }
        else
        {
            runtime.SignalXRun();
        }
    }

    private bool TryClaim(PcmRuntime runtime, out Claim claim)
    {
        lock (_lock)
        {
            claim = default;
            long nowNs = runtime.Services.NowNs;
            if (!_running || _clock.FrameAt(nowNs) < NextStop_NeedsLock())
            {
                return false;
            }

            long boundary = NextBoundary_NeedsLock();
            long to = RunsFree(runtime) ? boundary : Math.Min(boundary, _limit);
            if (to < boundary)
            {
                _clock.Restart(_rate, nowNs, to); // the application is behind: the time that we wait for it does not count
            }

            claim = new Claim(_claimed, (int)(to - _claimed));
            _claimed = to;
            return claim.Frames > 0;
        }
    }

    private PcmError Move(PcmRuntime runtime, Claim claim)
    {
        int first = (int)Math.Min(claim.Frames, _bufferFrames - (claim.From % _bufferFrames));
        PcmError error = MovePiece(runtime, claim.From % _bufferFrames, first);
        return error != PcmError.None ? error : MovePiece(runtime, 0, claim.Frames - first);
    }

    private PcmError MovePiece(PcmRuntime runtime, long fromFrame, int frames) =>
        frames == 0 ? PcmError.None : Move(runtime.Buffer!.Span.Slice((int)runtime.FramesToBytes(fromFrame), (int)runtime.FramesToBytes(frames)));

    private long NextBoundary_NeedsLock() => (_claimed / _periodFrames * _periodFrames) + _periodFrames;

    /// <summary>The frame that the next tick is for: the end of the period, or of the data when they end sooner and no more will come.</summary>
    private long NextStop_NeedsLock()
    {
        long boundary = NextBoundary_NeedsLock();
        return _draining && _limit > _claimed ? Math.Min(boundary, _limit) : boundary;
    }

    private void Arm_NeedsLock(long nowNs, bool idle)
    {
        if (!_running)
        {
            _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        // Rounded up to the 100 ns of a TimeSpan, so that no tick comes before its frame. A clock whose timers are coarser may fire early all
        // the same; after such an idle tick it is asked for no less than its grain, not for nothing again and again.
        long waitNs = _clock.DueNs(NextStop_NeedsLock()) - nowNs;
        TimeSpan wait = TimeSpan.FromTicks((Math.Max(waitNs, 0) + 99) / 100);
        _timer!.Change(idle && wait < s_coarseGrain ? s_coarseGrain : wait, Timeout.InfiniteTimeSpan);
    }
}
