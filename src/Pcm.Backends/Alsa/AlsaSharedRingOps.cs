using Microsoft.Extensions.Logging;

namespace Pcm.Backends.Alsa;

/// <summary>
/// A stream of a PCM with a clock of its own. The ring is libasound's memory-mapped area: the application's frames are copied into it (or out of it) by the
/// core's transfer and nowhere else; ack commits them, and the position is libasound's. A thread waits on the PCM's descriptors while the stream runs.
/// </summary>
/// <remarks>
/// Locks: <c>_native</c> is a leaf under the stream lock: it keeps the calls of one PCM apart and guards the fields below it.
/// Lifetime: the PCM lives from open to close; its area, and so <c>_ring</c>, from hw_params to hw_free, when nobody copies. The thread lives from START
/// (or RESUME) until STOP or SUSPEND; sync_stop waits for its end.
/// </remarks>
internal sealed partial class AlsaSharedRingOps(AlsaEndpoint endpoint, PcmHardware hardware) : PcmOps
{
    private static readonly TimeSpan s_resumeInterval = TimeSpan.FromMilliseconds(100);
    private const int ResumeAttempts = 50;

    private readonly Lock _native = new();
    private ILogger _log = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;
    private AlsaPcm? _pcm;
    private PcmRuntime? _runtime;
    private PcmEvent? _threadEnded;
    private bool _awaitsThread;
    private int _frameBytes;
    private int _bufferFrames;
    private int _periodFrames;
    private int _rate;
    private nint _ring;
    private long _wanted;       // frames since prepare that the application has written or read
    private long _committed;    // those that libasound knows of; fewer than wanted only while its ring was full
    private long _position;     // where the hardware was seen last, frames since prepare
    private long _latency;      // frames behind the ring
    private bool _running;
    private bool _paused;       // by us, for a suspend that is not the system's
    private bool _draining;

    /// <inheritdoc/>
    public override PcmHardware Hardware { get; } = hardware;

    /// <summary>What sharing its ring gives to every PCM.</summary>
    public static PcmInfo Info => PcmInfo.DrainTrigger | PcmInfo.HasLinkEstimatedAudioTime;

    private bool IsPlayback => endpoint.Direction == PcmDirection.Playback;

    /// <summary>Nothing: the ring is libasound's own memory, which comes with its parameters.</summary>
    public override PcmBuffer AllocateBuffer(int bytes) => PcmBuffer.OnHeap(0);

    /// <inheritdoc/>
    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        _log = runtime.Services.LoggerFactory.CreateLogger<AlsaSharedRingOps>();
        if (runtime.Time != TimeProvider.System)
        {
            AlsaLog.NeedsRealTime(_log, endpoint.Name);
            return new ValueTask<PcmError>(PcmError.NotSupported);
        }

        PcmError error = endpoint.TryOpen(_log, out _pcm);
        if (error == PcmError.None)
        {
            _runtime = runtime;
            _threadEnded = new PcmEvent(runtime.Services);
            error = AlsaHardware.AddRules(runtime.Constraints, _pcm!);
            if (error != PcmError.None)
            {
                ClosePcm();
            }
        }

        return new ValueTask<PcmError>(error);
    }

    /// <inheritdoc/>
    public override async ValueTask<PcmError> CloseAsync()
    {
        await SyncStopAsync(CancellationToken.None);
        ClosePcm();
        return PcmError.None;
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken)
    {
        lock (_native)
        {
            _ring = 0;
            PcmError error = _pcm!.SetHwParams(hwParams);
            if (error == PcmError.None)
            {
                _frameBytes = hwParams.FrameBits / 8;
                _bufferFrames = hwParams.BufferFrames;
                _periodFrames = hwParams.PeriodFrames;
                _rate = hwParams.Rate;
                error = FindRing_NeedsNative();
            }

            return new ValueTask<PcmError>(error);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwFreeAsync()
    {
        lock (_native)
        {
            _ring = 0;
            return new ValueTask<PcmError>(_pcm!.HwFree());
        }
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        bool isGone;
        PcmError error;
        lock (_native)
        {
            error = _pcm!.Prepare();
            isGone = error == PcmError.NoDevice;
            error = error != PcmError.None ? error : _pcm.SetSwParams(_periodFrames, stopsOnXRun: !_runtime!.IsFreeRunning);
            if (error == PcmError.None)
            {
                (_wanted, _committed, _position, _latency) = (0, 0, 0, 0);
                (_paused, _draining) = (false, false);
            }
        }

        if (isGone)
        {
            ReportGone(_runtime!);
        }

        return new ValueTask<PcmError>(error);
    }

    /// <inheritdoc/>
    /// <remarks>After a prepare there is nothing to do. While running: queued frames are taken back, captured ones are given back unread.</remarks>
    public override ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken)
    {
        lock (_native)
        {
            if (!_running || Update_NeedsNative() < 0)
            {
                return new ValueTask<PcmError>(PcmError.None); // what is wrong, the thread finds and says
            }

            _wanted = _position;
            return new ValueTask<PcmError>(Commit_NeedsNative());
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        if (command == PcmCommand.Resume)
        {
            return await ResumeAsync(cancellationToken);
        }

        lock (_native)
        {
            switch (command)
            {
                case PcmCommand.Start:
                    PcmError error = _pcm!.Start();
                    if (error == PcmError.None)
                    {
                        StartThread_NeedsNative();
                    }

                    return error;
                case PcmCommand.Stop:
                    StopThread_NeedsNative();
                    return _pcm!.State is PcmState.Open or PcmState.Disconnected ? PcmError.None : _pcm.Drop();
                case PcmCommand.Suspend:
                    StopThread_NeedsNative();
                    _paused = _pcm!.State == PcmState.Running && _pcm.Info.HasFlag(PcmInfo.Pause) && _pcm.Pause(enable: true) == PcmError.None;
                    return _paused || _pcm.State != PcmState.Running ? PcmError.None : _pcm.Drop();
                case PcmCommand.PausePush or PcmCommand.PauseRelease:
                    PcmError paused = _pcm!.Pause(command == PcmCommand.PausePush);
                    _pcm.Wake();
                    return paused;
                case PcmCommand.Drain:
                    _draining = true;
                    _pcm!.Wake(); // the thread drains: a sound server's drain waits
                    return PcmError.None;
                default:
                    return PcmError.InvalidArgument;
            }
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken)
    {
        if (_awaitsThread)
        {
            await _threadEnded!.WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);
            _awaitsThread = false;
        }

        return PcmError.None;
    }

    /// <inheritdoc/>
    public override PcmPosition GetPointer()
    {
        lock (_native)
        {
            if (Update_NeedsNative() == (int)PcmError.XRun)
            {
                return PcmPosition.XRun;
            }

            _runtime!.DelayFrames = (int)_latency;
            return new PcmPosition(_position % _bufferFrames);
        }
    }

    /// <inheritdoc/>
    /// <remarks>EINVAL: a rewind into frames that libasound does not give back. EIO, ENODEV: libasound's.</remarks>
    public override PcmError Ack()
    {
        PcmRuntime runtime = _runtime!;
        long ahead = IsPlayback
            ? runtime.BufferFrames - PcmRing.PlaybackAvail(runtime.HardwarePosition, runtime.ApplicationPosition, runtime.BufferFrames, runtime.Boundary)
            : -PcmRing.CaptureAvail(runtime.HardwarePosition, runtime.ApplicationPosition, runtime.Boundary);
        lock (_native)
        {
            // The core's position is the one it last asked for: less than a ring behind ours.
            long behind = (_position - runtime.HardwarePosition) % _bufferFrames;
            _wanted = _position - (behind < 0 ? behind + _bufferFrames : behind) + ahead;
            return Commit_NeedsNative();
        }
    }

    /// <inheritdoc/>
    public override unsafe PcmError CopyToRing(PcmRuntime runtime, int byteOffset, ReadOnlySpan<byte> source)
    {
        source.CopyTo(Ring(byteOffset, source.Length));
        return PcmError.None;
    }

    /// <inheritdoc/>
    public override PcmError CopyFromRing(PcmRuntime runtime, int byteOffset, Span<byte> destination)
    {
        Ring(byteOffset, destination.Length).CopyTo(destination);
        return PcmError.None;
    }

    /// <inheritdoc/>
    public override PcmError FillSilence(PcmRuntime runtime, int byteOffset, int byteCount)
    {
        PcmFormatInfo.FillSilence(runtime.Format, Ring(byteOffset, byteCount));
        return PcmError.None;
    }

    /// <inheritdoc/>
    /// <remarks>The sound at the end of the wire, estimated: the position when the driver last stamped it, less the delay behind the ring.</remarks>
    public override bool TryGetTimeInfo(ref PcmTimeInfo info)
    {
        lock (_native)
        {
            if (info.Type != PcmAudioTimestampType.LinkEstimated || !_pcm!.TryGetTimestamp(out long stampNs))
            {
                return false;
            }

            long frames = IsPlayback ? _position - _latency : _position + _latency;
            info.SystemNs = stampNs;
            info.AudioNs = (long)((Int128)Math.Max(0, frames) * 1_000_000_000 / _rate);
            info.AccuracyNs = 1_000_000_000U / (uint)_rate;
            return true;
        }
    }

    // SAFETY: the area has BufferFrames frames and stays until hw_free, which the core keeps away from transfers; the bounds are checked here.
    private unsafe Span<byte> Ring(int byteOffset, int byteCount) => new Span<byte>((void*)_ring, _bufferFrames * _frameBytes).Slice(byteOffset, byteCount);

    /// <summary>Where the area is. Its first frame must be the core's too.</summary>
    private PcmError FindRing_NeedsNative()
    {
        int frames = 1, offset = 0;
        long avail = _pcm!.Avail();
        int error = avail < 0 ? (int)avail : _pcm.Begin(ref frames, out _ring, out offset);
        if (error < 0)
        {
            _pcm.Log("mmap", error);
            return (PcmError)error;
        }

        if (offset == 0)
        {
            return PcmError.None;
        }

        AlsaLog.LostPosition(_log, endpoint.Name, offset, 0);
        return PcmError.IO;
    }

    private void ClosePcm()
    {
        lock (_native)
        {
            _pcm!.Dispose();
            _pcm = null;
            _ring = 0;
        }
    }

    private async ValueTask<PcmError> ResumeAsync(CancellationToken cancellationToken)
    {
        var pause = new PcmEvent(_runtime!.Services);
        for (int attempt = 0; attempt < ResumeAttempts; attempt++)
        {
            PcmError error = TryResume();
            if (error != PcmError.Again)
            {
                return error;
            }

            pause.Arm();
            await pause.WaitAsync(s_resumeInterval, cancellationToken); // nobody sets it: the hardware needs this time
        }

        return PcmError.TimedOut;
    }

    private PcmError TryResume()
    {
        lock (_native)
        {
            PcmError error = _paused ? _pcm!.Pause(enable: false)
                : _pcm!.State == PcmState.Suspended ? _pcm.Resume()
                : PcmError.NotImplemented; // stopped, because it cannot pause: prepare
            if (error == PcmError.None)
            {
                _paused = false;
                StartThread_NeedsNative();
            }

            return error;
        }
    }
}
