namespace Pcm.Testing.Conformance;

/// <summary>
/// Watches the ops of one stream for the laws that hold at any time, notes everything in the trace, and lets a law answer in the backend's place.
/// </summary>
/// <remarks>Thread safety: as the wrapped ops; what a law sets is set between calls.</remarks>
internal sealed partial class CheckingOps(PcmOps inner, LawTrace trace) : DelegatingOps(inner)
{
    private readonly Lock _lock = new();
    private readonly List<LawViolation> _violations = [];
    private bool _isOpen;
    private bool _atRest = true;
    private bool _stopped;

    /// <summary>Asked before each op that may wait, by the op's text (<c>prepare</c>, <c>trigger(START)</c>): an answer keeps the call from the backend.</summary>
    public Func<string, PcmError?>? AnswerInstead { get; set; }

    /// <summary>Asked after each op that may wait: an answer replaces the backend's.</summary>
    public Func<string, PcmError?>? AnswerAfter { get; set; }

    /// <summary>Asked before each ack, as <see cref="AnswerInstead"/>.</summary>
    public Func<PcmError?>? AckInstead { get; set; }

    /// <summary>Runs before each op that may wait.</summary>
    public Action<string>? Before { get; set; }

    /// <summary>Hears each signal that reaches the core.</summary>
    public Action<PcmSignal>? Signalled { get; set; }

    /// <summary>Period interrupts since open.</summary>
    public int Periods { get; private set; }

    /// <summary>The ring and the format that the last hw_params chose; 0 before.</summary>
    public int BufferFrames { get; private set; }

    /// <summary>The wrapped ops, for what a law asks of the backend directly.</summary>
    public PcmOps Backend => Inner;

    /// <summary>What was seen broken.</summary>
    public IReadOnlyList<LawViolation> Violations
    {
        get
        {
            lock (_lock)
            {
                return [.. _violations];
            }
        }
    }

    private long NowNs => Runtime?.Services.NowNs ?? 0;

    public override PcmBuffer AllocateBuffer(int bytes)
    {
        PcmBuffer buffer = base.AllocateBuffer(bytes);
        Law(buffer.Length >= bytes, MonitorLaws.BufferFits, $"AllocateBuffer({bytes}) gave {buffer.Length} bytes");
        return buffer;
    }

    public override async ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        Periods = 0;
        BufferFrames = 0;
        _isOpen = _atRest = true;
        _stopped = false;
        PcmHardware before = Inner.Hardware;
        PcmError error = await WaitingAsync("open", "", (ops, ct) => base.OpenAsync(runtime, ct), cancellationToken);
        Law(before == Inner.Hardware, MonitorLaws.HardwareStable, "Hardware was another one after open than before");
        _isOpen = error >= PcmError.None;
        return error;
    }

    public override async ValueTask<PcmError> CloseAsync()
    {
        PcmError error = await WaitingAsync("close", "", static (ops, _) => ops.CloseAsync(), CancellationToken.None);
        _isOpen = false;
        return error;
    }

    public override async ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken)
    {
        PcmHwParams before = hwParams.Clone();
        PcmError error = await WaitingAsync("hw_params", OpText.Of(hwParams), (ops, ct) => ops.HwParamsAsync(hwParams, ct), cancellationToken);
        Law(before.HasSameContents(hwParams), MonitorLaws.ParametersUntouched, "HwParamsAsync changed its argument");
        BufferFrames = hwParams.BufferFrames;
        ForgetPosition();
        return error;
    }

    public override ValueTask<PcmError> HwFreeAsync() => WaitingAsync("hw_free", "", static (ops, _) => ops.HwFreeAsync(), CancellationToken.None);

    public override async ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        PcmError error = await WaitingAsync("prepare", "", static (ops, ct) => ops.PrepareAsync(ct), cancellationToken);
        if (error >= PcmError.None)
        {
            _atRest = true;
            RestartPosition();
        }

        return error;
    }

    public override async ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken)
    {
        PcmError error = await WaitingAsync("reset", "", static (ops, ct) => ops.ResetAsync(ct), cancellationToken);
        ForgetApplication();
        return error;
    }

    public override async ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        if (command is PcmCommand.Start or PcmCommand.Resume or PcmCommand.PauseRelease)
        {
            _atRest = _stopped = false; // the first interrupt may come before the op has returned
            ForgetTime(resumes: command == PcmCommand.Resume);
        }

        PcmError error = await WaitingAsync("trigger", OpText.Of(command), (ops, ct) => ops.TriggerAsync(command, ct), cancellationToken);
        if (command is PcmCommand.Stop or PcmCommand.Suspend)
        {
            Law(error == PcmError.None, MonitorLaws.StopCannotFail, $"{OpText.Of(command)} answered {error.ErrnoName()}");
            _stopped = true;
        }

        return error;
    }

    public override async ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken)
    {
        PcmError error = await WaitingAsync("sync_stop", "", static (ops, ct) => ops.SyncStopAsync(ct), cancellationToken);
        Law(error == PcmError.None, MonitorLaws.SyncStopSucceeds, $"sync_stop answered {error.ErrnoName()}");
        _atRest |= _stopped && error == PcmError.None;
        return error;
    }

    protected override bool OnSignal(PcmRuntime runtime, PcmSignal signal)
    {
        trace.Op(NowNs, OpText.Of(signal), "", 0);
        string what = OpText.Of(signal);
        Law(_plainThread != Environment.CurrentManagedThreadId, MonitorLaws.SignalContext, $"{what} from inside GetPointer or Ack");
        Law(runtime == Runtime && _isOpen, MonitorLaws.NoSignalAfterClose, $"{what} of a session that was closed");
        Law(!_atRest || signal == PcmSignal.Disconnect, MonitorLaws.NoSignalAtRest, $"{what} of a stream that is not started, or was stopped and synchronized");
        if (signal == PcmSignal.PeriodElapsed)
        {
            Periods++;
        }

        Signalled?.Invoke(signal);
        return true;
    }

    private async ValueTask<PcmError> WaitingAsync(
        string op, string detail, Func<PcmOps, CancellationToken, ValueTask<PcmError>> call, CancellationToken cancellationToken)
    {
        string text = op == "trigger" ? $"trigger({detail})" : op;
        Before?.Invoke(text);
        PcmError error = PcmError.IO;
        try
        {
            error = AnswerInstead?.Invoke(text) ?? await call(Inner, cancellationToken);
            error = AnswerAfter?.Invoke(text) ?? error;
            Law(error <= PcmError.None && Enum.IsDefined(error), MonitorLaws.AnswersAreErrnos, $"{text} answered {(int)error}");
            Law(op is not ("hw_free" or "close") || error == PcmError.None, MonitorLaws.FreeingSucceeds, $"{text} answered {error.ErrnoName()}");
            return error;
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            Law(false, MonitorLaws.WaitingOpsDoNotThrow, $"{text} threw {e.GetType().Name}: {e.Message}");
            throw;
        }
        finally
        {
            trace.Op(NowNs, op, detail, (long)error);
        }
    }

    private void Law(bool holds, string law, string evidence)
    {
        if (holds)
        {
            return;
        }

        lock (_lock)
        {
            _violations.Add(new LawViolation(law, evidence));
        }
    }
}
