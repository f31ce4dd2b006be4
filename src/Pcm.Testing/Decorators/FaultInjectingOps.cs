namespace Pcm.Testing;

/// <summary>
/// Ops that go wrong as a plan says, around ops that work. An op that answers an errno does not reach the backend; where a call must not be missed
/// (stop, suspend, sync_stop, hw_free, close) the backend is called and only its answer is replaced.
/// Lifetime: the timer of early interrupts is disposed by sync_stop and by close.
/// </summary>
/// <remarks>Calls are counted over the life of the ops, not per session. Thread safety: as the wrapped ops.</remarks>
public sealed class FaultInjectingOps : DelegatingOps
{
    private static readonly HashSet<string> s_neverMissed = ["stop", "suspend", "sync_stop", "hw_free", "close"];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _calls = [];
    private readonly PcmFault[] _faults;
    private readonly SkewedTimeProvider? _clock;
    private ITimer? _earlyTimer;
    private PcmPosition _last;
    [ThreadStatic]
    private static bool t_isOwnSignal;

    /// <summary>Wraps ops.</summary>
    /// <param name="inner">The ops that work; owned.</param>
    /// <param name="plan">What goes wrong.</param>
    /// <param name="clock">The card's clock, for clock jumps; null: there are none.</param>
    /// <exception cref="ArgumentException">The plan has clock jumps and there is no clock.</exception>
    public FaultInjectingOps(PcmOps inner, PcmFaultPlan plan, SkewedTimeProvider? clock = null)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (clock is null && plan.NeedsClock)
        {
            throw new ArgumentException("The plan disturbs the clock, so the card must be made with a SkewedTimeProvider.", nameof(clock));
        }

        _faults = [.. plan.Faults];
        _clock = clock;
    }

    /// <summary>How often an op was called so far.</summary>
    /// <param name="op">Its name, as in <see cref="PcmFault.Op"/>.</param>
    public int Calls(string op)
    {
        lock (_lock)
        {
            return _calls.GetValueOrDefault(op);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken) =>
        DisturbAsync("open", runtime, () => base.OpenAsync(runtime, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<PcmError> CloseAsync()
    {
        await DisposeTimerAsync();
        return await DisturbAsync("close", Runtime!, base.CloseAsync, CancellationToken.None);
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken) =>
        DisturbAsync("hw_params", Runtime!, () => base.HwParamsAsync(hwParams, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwFreeAsync() => DisturbAsync("hw_free", Runtime!, base.HwFreeAsync, CancellationToken.None);

    /// <inheritdoc/>
    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken) =>
        DisturbAsync("prepare", Runtime!, () => base.PrepareAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken) =>
        DisturbAsync("reset", Runtime!, () => base.ResetAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken) =>
        DisturbAsync(NameOf(command), Runtime!, () => base.TriggerAsync(command, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken)
    {
        await DisposeTimerAsync();
        return await DisturbAsync("sync_stop", Runtime!, () => base.SyncStopAsync(cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public override PcmPosition GetPointer()
    {
        PcmFault? fault = Next("pointer");
        if (fault?.Kind == PcmFaultKind.Stuck)
        {
            return _last;
        }

        PcmPosition position = base.GetPointer();
        long ring = Runtime!.BufferFrames;
        return _last = fault?.Kind switch
        {
            PcmFaultKind.XRun => PcmPosition.XRun,
            PcmFaultKind.OutOfRange => new PcmPosition(ring),
            PcmFaultKind.Offset => new PcmPosition((((position.Frame + fault.Amount) % ring) + ring) % ring),
            _ => position,
        };
    }

    /// <inheritdoc/>
    public override PcmError Ack() => Next("ack")?.Error ?? base.Ack();

    /// <inheritdoc/>
    public override PcmError CopyToRing(PcmRuntime runtime, int byteOffset, ReadOnlySpan<byte> source) =>
        Next("copy")?.Error ?? base.CopyToRing(runtime, byteOffset, source);

    /// <inheritdoc/>
    public override PcmError CopyFromRing(PcmRuntime runtime, int byteOffset, Span<byte> destination) =>
        Next("copy")?.Error ?? base.CopyFromRing(runtime, byteOffset, destination);

    /// <inheritdoc/>
    public override PcmError FillSilence(PcmRuntime runtime, int byteOffset, int byteCount) =>
        Next("silence")?.Error ?? base.FillSilence(runtime, byteOffset, byteCount);

    /// <inheritdoc/>
    protected override bool OnSignal(PcmRuntime runtime, PcmSignal signal)
    {
        if (signal != PcmSignal.PeriodElapsed || t_isOwnSignal)
        {
            return true;
        }

        int call = Count("period");
        if (Find("clock", call) is { Kind: PcmFaultKind.Jump } jump)
        {
            _clock!.Jump(jump.Time);
        }

        switch (Find("period", call)?.Kind)
        {
            case PcmFaultKind.Lost:
                return false;
            case PcmFaultKind.XRun:
                runtime.SignalXRun();
                return false;
            case PcmFaultKind.Disconnect:
                runtime.SignalDisconnect();
                return false;
            case PcmFaultKind.Early:
                InterruptSoon(runtime);
                return true;
            default:
                return true;
        }
    }

    private static string NameOf(PcmCommand command) => command switch
    {
        PcmCommand.PausePush => "pause",
        PcmCommand.PauseRelease => "release",
        _ => command.ToString().ToLowerInvariant(),
    };

    private async ValueTask<PcmError> DisturbAsync(string op, PcmRuntime runtime, Func<ValueTask<PcmError>> call, CancellationToken cancellationToken)
    {
        int number = Count(op);
        foreach (PcmFault fault in _faults)
        {
            if (fault.Op == op && fault.Kind == PcmFaultKind.Delay && fault.Hits(number))
            {
                await PcmDelay.ForAsync(runtime.Time, fault.Time, cancellationToken);
            }
        }

        PcmError? error = Find(op, number)?.Error;
        if (error is null || s_neverMissed.Contains(op))
        {
            PcmError answer = await call();
            return error ?? answer;
        }

        return error.Value;
    }

    private PcmFault? Next(string op) => Find(op, Count(op));

    private int Count(string op)
    {
        lock (_lock)
        {
            return _calls[op] = _calls.GetValueOrDefault(op) + 1;
        }
    }

    private PcmFault? Find(string op, int call)
    {
        foreach (PcmFault fault in _faults)
        {
            if (fault.Op == op && fault.Kind != PcmFaultKind.Delay && fault.Hits(call))
            {
                return fault;
            }
        }

        return null;
    }

    private void InterruptSoon(PcmRuntime runtime)
    {
        TimeSpan half = TimeSpan.FromSeconds(0.5 * runtime.PeriodFrames / runtime.Rate);
        lock (_lock)
        {
            _earlyTimer ??= runtime.Time.CreateTimer(static o => ((FaultInjectingOps)o!).Interrupt(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _earlyTimer.Change(half, Timeout.InfiniteTimeSpan);
        }
    }

    private void Interrupt()
    {
        t_isOwnSignal = true; // one of ours is not counted and not disturbed
        try
        {
            Runtime!.PeriodElapsed();
        }
        finally
        {
            t_isOwnSignal = false;
        }
    }

    private ValueTask DisposeTimerAsync()
    {
        ITimer? timer;
        lock (_lock)
        {
            (timer, _earlyTimer) = (_earlyTimer, null);
        }

        return timer?.DisposeAsync() ?? default;
    }
}
