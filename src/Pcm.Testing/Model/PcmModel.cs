namespace Pcm.Testing;

/// <summary>
/// An independent model of one substream, written from the kernel's state x operation table and not from the core's code: state, positions and
/// the answer of each operation. A property test runs it beside the real thing and compares.
/// </summary>
/// <remarks>
/// The hardware it assumes moves only when told and finishes every command at once. Positions do not wrap here (64 bits do not in a test).
/// Thread safety: none.
/// </remarks>
public sealed partial class PcmModel
{
    private readonly bool _playback;
    private readonly bool _canPause;
    private readonly bool _canResume;
    private bool _infoKnown;
    private PcmState _suspended;
    private long _lap;

    /// <summary>A model of a substream that was just opened.</summary>
    /// <param name="direction">Its direction.</param>
    /// <param name="info">What its hardware can do.</param>
    /// <param name="periodFrames">The period that hw_params will choose.</param>
    /// <param name="bufferFrames">The ring that hw_params will choose.</param>
    public PcmModel(PcmDirection direction, PcmInfo info, int periodFrames, int bufferFrames)
    {
        _playback = direction == PcmDirection.Playback;
        _canPause = info.HasFlag(PcmInfo.Pause);
        _canResume = info.HasFlag(PcmInfo.Resume);
        PeriodFrames = periodFrames;
        BufferFrames = bufferFrames;
    }

    /// <summary>Frames of a period.</summary>
    public int PeriodFrames { get; }

    /// <summary>Frames of the ring.</summary>
    public int BufferFrames { get; }

    /// <summary>The state.</summary>
    public PcmState State { get; private set; } = PcmState.Open;

    /// <summary>Where the application is.</summary>
    public long Application { get; private set; }

    /// <summary>Where the hardware is, as the core knows it.</summary>
    public long Hardware { get; private set; }

    /// <summary>Queued frames that start a playback by themselves.</summary>
    public long StartThreshold { get; private set; } = 1;

    /// <summary>Whether the hardware moves.</summary>
    public bool IsMoving => State == PcmState.Running || (State == PcmState.Draining && _playback);

    /// <summary>Frames that can be transferred.</summary>
    public long Avail => _playback ? Hardware + BufferFrames - Application : Hardware - Application;

    /// <summary>hw_params with a request that the hardware accepts.</summary>
    public PcmError HwParams()
    {
        if (State is not (PcmState.Open or PcmState.Setup or PcmState.Prepared))
        {
            return PcmError.BadState;
        }

        _infoKnown = true;
        StartThreshold = 1;
        State = PcmState.Setup;
        return PcmError.None;
    }

    /// <summary>hw_params with a request that nothing satisfies.</summary>
    public PcmError HwParamsRefused()
    {
        if (State is not (PcmState.Open or PcmState.Setup or PcmState.Prepared))
        {
            return PcmError.BadState;
        }

        State = PcmState.Open;
        return PcmError.InvalidArgument;
    }

    /// <summary>sw_params with another start threshold; a running stream looks at its state by it.</summary>
    /// <param name="frames">The threshold.</param>
    public PcmError SwParams(long frames)
    {
        if (State == PcmState.Open)
        {
            return PcmError.BadState;
        }

        StartThreshold = frames;
        return IsMoving ? UpdateState() : PcmError.None;
    }

    /// <summary>hw_free.</summary>
    public PcmError HwFree() => From(PcmState.Open, PcmState.Setup, PcmState.Prepared);

    /// <summary>prepare.</summary>
    public PcmError Prepare()
    {
        switch (State)
        {
            case PcmState.Open:
                return PcmError.BadState;
            case PcmState.Running:
            case PcmState.Draining when _playback:
                return PcmError.Busy;
        }

        State = PcmState.Prepared;
        Application = Hardware = _lap = 0;
        return PcmError.None;
    }

    /// <summary>start.</summary>
    public PcmError Start()
    {
        if (State != PcmState.Prepared)
        {
            return PcmError.BadState;
        }

        if (_playback && Avail >= BufferFrames)
        {
            return PcmError.XRun;
        }

        State = PcmState.Running;
        return PcmError.None;
    }

    /// <summary>drop.</summary>
    public PcmError Drop()
    {
        if (State == PcmState.Open)
        {
            return PcmError.BadState;
        }

        State = PcmState.Setup;
        return PcmError.None;
    }

    /// <summary>drain on a non-blocking substream: the state moves and the answer is EAGAIN.</summary>
    public PcmError DrainNonBlocking()
    {
        if (State is PcmState.Open or PcmState.Suspended)
        {
            return PcmError.BadState;
        }

        if (State == PcmState.Paused)
        {
            State = PcmState.Running;
        }

        State = State switch
        {
            PcmState.Prepared when _playback => Avail < BufferFrames ? PcmState.Draining : PcmState.Setup,
            PcmState.Running when _playback => PcmState.Draining,
            PcmState.Running => Avail > 0 ? PcmState.Draining : PcmState.Setup,
            PcmState.XRun when _playback => PcmState.Setup,
            _ => State,
        };
        return PcmError.Again;
    }

    /// <summary>pause or release.</summary>
    /// <param name="enable">Pause.</param>
    public PcmError Pause(bool enable)
    {
        if (!_infoKnown || !_canPause)
        {
            return PcmError.NotImplemented;
        }

        return enable ? From(PcmState.Paused, PcmState.Running) : From(PcmState.Running, PcmState.Paused);
    }

    /// <summary>System suspend.</summary>
    public PcmError Suspend()
    {
        if (State is PcmState.Open or PcmState.Setup or PcmState.Suspended)
        {
            return PcmError.Busy;
        }

        _suspended = State;
        State = PcmState.Suspended;
        return PcmError.None;
    }

    /// <summary>resume.</summary>
    public PcmError Resume()
    {
        if (State != PcmState.Suspended)
        {
            return PcmError.BadState;
        }

        if (!_canResume)
        {
            return PcmError.NotImplemented;
        }

        State = _suspended;
        return PcmError.None;
    }

    /// <summary>The xrun ioctl.</summary>
    public PcmError XRun()
    {
        switch (State)
        {
            case PcmState.XRun:
                return PcmError.None;
            case PcmState.Running:
                State = PcmState.XRun;
                return PcmError.None;
            default:
                return PcmError.BadState;
        }
    }

    /// <summary>reset.</summary>
    public PcmError Reset()
    {
        if (State is not (PcmState.Running or PcmState.Prepared or PcmState.Paused or PcmState.Suspended))
        {
            return PcmError.BadState;
        }

        // The hardware's own position in the ring stays while it runs; elsewhere both positions are 0.
        Hardware = State == PcmState.Running ? Hardware % BufferFrames : 0;
        _lap = 0;
        Application = Hardware;
        return PcmError.None;
    }

    /// <summary>A transfer that does not wait, in the substream's own direction.</summary>
    /// <param name="frames">Frames asked for.</param>
    /// <param name="done">Frames transferred.</param>
    public PcmError Transfer(int frames, out int done)
    {
        done = 0;
        if (State == PcmState.Open)
        {
            return PcmError.BadState;
        }

        if (frames == 0)
        {
            return PcmError.None;
        }

        switch (State)
        {
            case PcmState.XRun:
                return PcmError.XRun;
            case PcmState.Suspended:
                return PcmError.Suspended;
            case not (PcmState.Prepared or PcmState.Running or PcmState.Paused):
                return PcmError.BadState;
        }

        if (!_playback && State == PcmState.Prepared && frames >= StartThreshold)
        {
            State = PcmState.Running;
        }

        done = (int)Math.Min(frames, Avail);
        Application += done;
        if (_playback && State == PcmState.Prepared && BufferFrames - Avail >= StartThreshold && done > 0)
        {
            State = PcmState.Running;
        }

        return done == 0 ? PcmError.Again : PcmError.None;
    }

    /// <summary>rewind.</summary>
    /// <param name="frames">Frames asked for.</param>
    /// <param name="moved">Frames moved.</param>
    public PcmError Rewind(long frames, out long moved) => Move(frames, back: true, out moved);

    /// <summary>forward.</summary>
    /// <param name="frames">Frames asked for.</param>
    /// <param name="moved">Frames moved.</param>
    public PcmError Forward(long frames, out long moved) => Move(frames, back: false, out moved);

    /// <summary>delay.</summary>
    /// <param name="frames">The delay.</param>
    public PcmError Delay(out long frames)
    {
        frames = 0;
        PcmError error = HwSync();
        if (error == PcmError.None)
        {
            frames = _playback ? BufferFrames - Avail : Avail;
        }

        return error;
    }

    /// <summary>The hardware moves and reports a period; less than a ring at a time.</summary>
    /// <param name="frames">How far.</param>
    public void Advance(int frames)
    {
        if (!IsMoving)
        {
            return;
        }

        Hardware += frames;
        _lap = Hardware / BufferFrames;
        if (frames == 0 && State != PcmState.Draining)
        {
            return; // a position that stands still changes nothing; but a drain with nothing left ends
        }

        UpdateState();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{State} appl {Application} hw {Hardware} avail {Avail} lap {_lap}";

    /// <summary>End of a drain, or an xrun.</summary>
    private PcmError UpdateState()
    {
        if (Avail < BufferFrames)
        {
            return PcmError.None;
        }

        State = State == PcmState.Draining ? PcmState.Setup : PcmState.XRun;
        return PcmError.XRun;
    }

    private PcmError HwSync() => State switch
    {
        PcmState.Prepared or PcmState.Paused or PcmState.Running => PcmError.None,
        PcmState.Draining when _playback => PcmError.None,
        PcmState.XRun => PcmError.XRun,
        PcmState.Suspended => PcmError.Suspended,
        _ => PcmError.BadState,
    };

    private PcmError Move(long frames, bool back, out long moved)
    {
        moved = 0;
        if (frames == 0)
        {
            return PcmError.None;
        }

        PcmError error = HwSync();
        if (error != PcmError.None)
        {
            return error;
        }

        moved = Math.Max(0, Math.Min(frames, back ? BufferFrames - Avail : Avail));
        Application += back ? -moved : moved;
        return PcmError.None;
    }

    private PcmError From(PcmState to, params ReadOnlySpan<PcmState> from)
    {
        if (!from.Contains(State))
        {
            return PcmError.BadState;
        }

        State = to;
        return PcmError.None;
    }
}
