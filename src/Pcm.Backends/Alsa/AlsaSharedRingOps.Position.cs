namespace Pcm.Backends.Alsa;

/// <content>Positions and the thread that watches them.</content>
internal sealed partial class AlsaSharedRingOps
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);

    /// <summary>What a look at the PCM found.</summary>
    private enum Finding
    {
        Nothing,
        Period,
        XRun,
        Suspended,
        Gone,
        Failed,
        Stopped,
    }

    /// <summary>Asks libasound where the hardware is.</summary>
    /// <returns>0, or the errno it gave; the position then stays.</returns>
    private int Update_NeedsNative()
    {
        if (_draining && _pcm!.State is PcmState.Setup or PcmState.XRun)
        {
            _position = _committed; // played to the end
            _latency = 0;
            return 0;
        }

        long avail = _pcm!.Avail();
        if (avail < 0)
        {
            return (int)avail;
        }

        // Rewinds aside, neither end overtakes the other unless the stream runs free.
        long position = IsPlayback ? _committed - (_bufferFrames - avail) : _committed + avail;
        _position = Math.Max(_position, position);
        long delay = _pcm.Delay();
        _latency = delay < 0 ? _latency : IsPlayback ? Math.Max(0, delay - (_committed - _position)) : Math.Max(0, delay - (_position - _committed));
        return 0;
    }

    /// <summary>Tells libasound of frames that the application has written or read, or takes back what it rewound.</summary>
    private PcmError Commit_NeedsNative()
    {
        if (_wanted < _committed)
        {
            long back = _committed - _wanted;
            if (_pcm!.Rewind(back) != back)
            {
                return PcmError.InvalidArgument;
            }

            _committed = _wanted;
        }

        while (_committed < _wanted)
        {
            long taken = CommitSome_NeedsNative((int)Math.Min(_wanted - _committed, _bufferFrames));
            if (taken == 0)
            {
                return PcmError.None; // full: the rest at the next period
            }

            if (taken < 0)
            {
                return (PcmError)taken is PcmError.XRun ? PcmError.None : (PcmError)taken; // the thread and the next look at the position say so
            }

            _committed += taken;
        }

        return PcmError.None;
    }

    /// <summary>The frames are in the area already.</summary>
    private long CommitSome_NeedsNative(int frames)
    {
        long avail = _pcm!.Avail();
        if (avail <= 0)
        {
            return avail;
        }

        int error = _pcm.Begin(ref frames, out _, out int offset);
        if (error < 0)
        {
            return error;
        }

        int expected = (int)(_committed % _bufferFrames);
        if (offset != expected)
        {
            AlsaLog.LostPosition(_log, endpoint.Name, offset, expected);
            return (long)PcmError.IO;
        }

        return frames == 0 ? 0 : _pcm.Commit(offset, frames);
    }

    private void StartThread_NeedsNative()
    {
        _running = true;
        _awaitsThread = true;
        _threadEnded!.Arm();

        // A thread of its own, because poll blocks it for as long as the stream runs.
        new Thread(static ops => ((AlsaSharedRingOps)ops!).Watch()) { IsBackground = true, Name = $"alsa {endpoint.Name}" }.Start(this);
    }

    private void StopThread_NeedsNative()
    {
        _running = false;
        _pcm!.Wake();
    }

    /// <summary>The thread: signals periods and what goes wrong, until STOP, or until something did.</summary>
    private void Watch()
    {
        AlsaPcm pcm = _pcm!;
        PcmRuntime runtime = _runtime!;
        long nextPeriod = _position - (_position % _periodFrames) + _periodFrames; // after a resume it goes on where it was
        bool isDrained = false;
        while (true)
        {
            if (!isDrained && Volatile.Read(ref _draining))
            {
                isDrained = pcm.Drain() != PcmError.Again; // beside _native: it may wait, and positions are asked for meanwhile
            }

            Finding finding = Look(ref nextPeriod, out TimeSpan wait, out bool untilReady);
            if (finding == Finding.Stopped)
            {
                break;
            }

            if (finding == Finding.Period)
            {
                runtime.PeriodElapsed();
                continue;
            }

            if (finding != Finding.Nothing)
            {
                Report(finding, runtime);
                break; // once: a STOP or a SUSPEND follows
            }

            pcm.Wait(wait, untilReady);
        }

        _threadEnded!.TrySet(); // the last touch of this session
    }

    private Finding Look(ref long nextPeriod, out TimeSpan wait, out bool untilReady)
    {
        lock (_native)
        {
            wait = s_longestWait;
            untilReady = true;
            if (!_running)
            {
                return Finding.Stopped;
            }

            if (nextPeriod == long.MaxValue)
            {
                wait = Timeout.InfiniteTimeSpan; // until the STOP that ends the drain
                untilReady = false;
                return Finding.Nothing;
            }

            Commit_NeedsNative();
            int error = Update_NeedsNative();
            if (error < 0)
            {
                return FindingOf(error);
            }

            if (_position >= nextPeriod)
            {
                nextPeriod = ((_position / _periodFrames) + 1) * _periodFrames;
                return Finding.Period;
            }

            if (_draining && _position == _committed)
            {
                nextPeriod = long.MaxValue; // the end, seldom at a period's: heard of once
                return Finding.Period;
            }

            // A PCM with room for a period is ready all the time, until the application comes. Then the clock tells when to look again.
            long ready = IsPlayback ? _bufferFrames - (_committed - _position) : _position - _committed;
            untilReady = ready < _periodFrames;
            wait = _pcm!.State == PcmState.Paused ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds((double)(nextPeriod - _position) / _rate) * (untilReady ? 2 : 1);
            return Finding.Nothing;
        }
    }

    private static Finding FindingOf(int error) => (PcmError)error switch
    {
        PcmError.XRun => Finding.XRun,
        PcmError.Suspended => Finding.Suspended,
        PcmError.NoDevice or PcmError.UnknownOperation => Finding.Gone, // ENOTTY: alsa-lib's page of errors names both
        _ => Finding.Failed,
    };

    /// <summary>
    /// A failure that prepare heals is an xrun. One that it does not heal is the end: a sound server that died has no errno of its own for that.
    /// </summary>
    private bool IsGone()
    {
        lock (_native)
        {
            _pcm!.Log("position", _pcm.Avail());
            return _pcm.State == PcmState.Disconnected || _pcm.Prepare() != PcmError.None;
        }
    }

    private void ReportGone(PcmRuntime runtime)
    {
        AlsaLog.Gone(_log, endpoint.Name);
        runtime.SignalDisconnect();
        endpoint.Gone();
    }

    private void Report(Finding finding, PcmRuntime runtime)
    {
        switch (finding)
        {
            case Finding.Suspended:
                endpoint.Suspended();
                break;
            case Finding.Gone:
                ReportGone(runtime);
                break;
            case Finding.Failed when IsGone():
                ReportGone(runtime);
                break;
            default:
                runtime.SignalXRun();
                break;
        }
    }
}
