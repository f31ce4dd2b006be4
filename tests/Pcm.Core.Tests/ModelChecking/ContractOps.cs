using Pcm.Testing;

namespace Pcm.Core.Tests.ModelChecking;

/// <summary>
/// Hardware that throws when the core breaks a law of the ops contract, and whose next answer, and what happens while it answers, the explorer chooses.
/// </summary>
internal sealed class ContractOps : PcmOps
{
    private PcmRuntime? _runtime;
    private bool _inOp;
    private bool _open;
    private bool _configured;
    private bool _prepared;
    private bool _started;
    private bool _paused;
    private bool _half;
    private bool _stopped;
    private long _frames;

    public override PcmHardware Hardware => ManualOps.DefaultHardware;

    /// <summary>A law that was broken; the explorer fails with it.</summary>
    public string? Violation { get; private set; }

    /// <summary>What the next op that can fail answers; then success again.</summary>
    public PcmError NextAnswer { get; set; }

    /// <summary>What happens in the middle of the next trigger.</summary>
    public Action<PcmRuntime>? During { get; set; }

    /// <summary>What tells two hardware states apart.</summary>
    public string Fingerprint => $"{(_configured ? 'c' : '-')}{(_prepared ? 'p' : '-')}{(_started ? 's' : '-')}{(_paused ? 'P' : '-')}{(_stopped ? 'S' : '-')}";

    public bool IsMoving => _started && !_paused;

    public void Advance(long frames)
    {
        if (IsMoving)
        {
            _frames += frames;
            _runtime!.PeriodElapsed();
        }
    }

    public void LoseSync() => _runtime?.SignalXRun();

    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        Law(!_open, "open of an open substream");
        _open = true;
        _runtime = runtime;
        return default;
    }

    public override ValueTask<PcmError> CloseAsync()
    {
        Law(_open && !_configured, "close without hw_free");
        Law(!IsMoving, "close of running hardware");
        Law(!_stopped, "close without sync_stop");
        _open = false;
        return default;
    }

    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken) => Op("hw_params", () =>
    {
        Law(!_stopped, "hw_params without sync_stop");
        Law(!IsMoving, "hw_params of running hardware");
        _configured = true;
        _prepared = false;
    });

    public override ValueTask<PcmError> HwFreeAsync()
    {
        Law(!_stopped, "hw_free without sync_stop");
        Law(!IsMoving, "hw_free of running hardware");
        _configured = _prepared = _started = _paused = _half = false; // idempotent: may come with nothing configured
        return default;
    }

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken) => Op("prepare", () =>
    {
        Law(_configured, "prepare without hw_params");
        Law(!_stopped, "prepare without sync_stop");
        Law(!IsMoving, "prepare of running hardware"); // paused it may be: a linked stream's xrun takes it along without a STOP
        _prepared = true;
        _started = _paused = _half = false;
        _frames = 0;
    });

    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        PcmError answer = NextAnswer;
        NextAnswer = PcmError.None;
        switch (command)
        {
            case PcmCommand.Start or PcmCommand.Resume:
                Law(_prepared, $"{command} without prepare");
                Law(!_started, $"{command} of running hardware");
                _started = answer == PcmError.None;
                _half = !_started; // may be half started; a stream on its own gets a STOP for that, a member of a group does not
                break;
            case PcmCommand.Stop or PcmCommand.Suspend:
                Law(_started || _half, $"{command} of hardware that was not started, or a second one");
                _started = _paused = _half = false;
                _stopped = true;
                answer = PcmError.None;
                break;
            case PcmCommand.PausePush:
                Law(_started, "PAUSE_PUSH of hardware that was not started");
                _paused = answer == PcmError.None;
                break;
            case PcmCommand.PauseRelease:
                Law(_started, "PAUSE_RELEASE of hardware that was not started");
                _paused = _paused && answer != PcmError.None;
                break;
        }

        Action<PcmRuntime>? during = During;
        During = null;
        during?.Invoke(_runtime!);
        return new ValueTask<PcmError>(answer);
    }

    public override ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken)
    {
        Law(_stopped, "sync_stop without a stop, or a second one");
        _stopped = false;
        return default;
    }

    public override PcmPosition GetPointer()
    {
        Law(_started || _half, "pointer of hardware that was not started"); // half: drain ignores a START that failed, as the kernel does
        Law(!_inOp, "pointer inside an op");
        return new PcmPosition(_frames % Math.Max(1, _runtime!.BufferFrames));
    }

    private ValueTask<PcmError> Op(string name, Action effect)
    {
        Law(_open, name + " of a closed substream");
        Law(!_inOp, name + " inside another op");
        PcmError answer = NextAnswer;
        NextAnswer = PcmError.None;
        _inOp = true;
        if (answer == PcmError.None)
        {
            effect();
        }

        _inOp = false;
        return new ValueTask<PcmError>(answer);
    }

    private void Law(bool holds, string broken)
    {
        if (!holds)
        {
            Violation ??= broken;
        }
    }
}
