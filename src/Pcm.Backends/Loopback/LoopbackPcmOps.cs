namespace Pcm.Backends.Loopback;

/// <summary>
/// One end of a cable as a substream.
/// Lifetime: the timer is made by START or RESUME and disposed by sync_stop, or by close; nothing else is allocated after open, except by prepare,
/// which may narrow the cable.
/// </summary>
/// <remarks>Thread safety: the core serialises the ops; what the timer's thread shares with them is under the cable's lock.</remarks>
internal sealed class LoopbackPcmOps(LoopbackCable cable, PcmDirection direction) : PcmOps
{
    private LoopbackEnd? _end;
    private ITimer? _timer;
    private long _firingTick;

    public override PcmHardware Hardware => cable.Hardware;

    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        // Rules and not static limits, because the other end may narrow the cable later.
        PcmConstraints constraints = runtime.Constraints;
        PcmError error = constraints.Integer(PcmHwParameter.Periods);
        if (error == PcmError.None)
        {
            error = constraints.AddRule(LimitedBy(PcmHwParameter.Format, p => p.Refine(PcmHwParameter.Format, new PcmMask(cable.Hardware.Formats.Bits))));
        }

        if (error == PcmError.None)
        {
            error = constraints.AddRule(LimitedBy(
                PcmHwParameter.Rate, p => p.Refine(PcmHwParameter.Rate, PcmInterval.Closed(cable.Hardware.RateMin, cable.Hardware.RateMax))));
        }

        if (error == PcmError.None)
        {
            error = constraints.AddRule(LimitedBy(
                PcmHwParameter.Channels, p => p.Refine(PcmHwParameter.Channels, PcmInterval.Closed(cable.Hardware.ChannelsMin, cable.Hardware.ChannelsMax))));
        }

        if (error == PcmError.None)
        {
            _end = new LoopbackEnd(runtime);
            cable.Plug(_end);
        }

        return new ValueTask<PcmError>(error);
    }

    public override async ValueTask<PcmError> CloseAsync()
    {
        await DisposeTimerAsync();
        cable.Unplug(_end!);
        return PcmError.None;
    }

    public override ValueTask<PcmError> HwFreeAsync()
    {
        cable.Free(_end!);
        return default;
    }

    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        cable.Prepare(_end!);
        return default;
    }

    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case PcmCommand.Start:
                return new ValueTask<PcmError>(Start());
            case PcmCommand.Stop:
                cable.Stop(_end!);
                Disarm();
                return default;
            case PcmCommand.PausePush or PcmCommand.Suspend:
                cable.Pause(_end!);
                Disarm();
                return default;
            case PcmCommand.PauseRelease or PcmCommand.Resume:
                Arm(cable.Release(_end!));
                return default;
            default:
                return new ValueTask<PcmError>(PcmError.InvalidArgument);
        }
    }

    public override async ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken)
    {
        await DisposeTimerAsync();
        return PcmError.None;
    }

    public override PcmPosition GetPointer() => new(cable.GetPosition(_end!));

    /// <inheritdoc/>
    public override string ToString() => $"loopback {direction}";

    private static PcmRule LimitedBy(PcmHwParameter parameter, Func<PcmHwParams, int> apply) => new(apply) { Variable = parameter, Dependencies = [parameter] };

    private PcmError Start()
    {
        PcmError error = cable.Start(_end!, out long firingTick, out PcmRuntime? lostSource);
        if (error == PcmError.None)
        {
            lostSource?.SignalSourceLost();
            Arm(firingTick);
        }

        return error;
    }

    private void Arm(long firingTick)
    {
        _timer ??= cable.Clock.Time.CreateTimer(static ops => ((LoopbackPcmOps)ops!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Volatile.Write(ref _firingTick, firingTick);
        _timer.Change(cable.Clock.Until(firingTick), Timeout.InfiniteTimeSpan);
    }

    private void Disarm() => _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void OnTimer()
    {
        LoopbackEnd end = _end!;
        bool periodElapsed = false;
        long? next = Volatile.Read(ref _firingTick);
        if (cable.Clock.NowTick >= next) // a coarse timer may come early
        {
            periodElapsed = cable.OnTimer(end, out next);
        }

        if (next is { } firingTick && !end.Runtime.NoPeriodWakeup)
        {
            Volatile.Write(ref _firingTick, firingTick);
            _timer?.Change(cable.Clock.Until(firingTick), Timeout.InfiniteTimeSpan);
        }

        if (periodElapsed)
        {
            end.Runtime.PeriodElapsed();
        }
    }

    private async ValueTask DisposeTimerAsync()
    {
        if (Interlocked.Exchange(ref _timer, null) is { } timer)
        {
            await timer.DisposeAsync(); // waits for a callback under way
        }
    }
}
