namespace Pcm;

/// <content>How a group stops: the states move at once, and the backend is told after.</content>
public sealed partial class PcmSubstream
{
    private ValueTask<PcmError> DropNeedsGateAsync(PcmStreamGroup group, PcmRuntime runtime)
    {
        PcmState state = runtime.Lifecycle.State;
        if (state is PcmState.Open or PcmState.Disconnected)
        {
            return new ValueTask<PcmError>(PcmError.BadState);
        }

        if (state == PcmState.Paused)
        {
            return ReleaseAndDropAsync(group);
        }

        StopGroup(PcmTrigger.Stop);
        ValueTask paying = PayOwedAsync(group);
        return paying.IsCompletedSuccessfully ? default : DroppedAsync(paying);
    }

    private async ValueTask<PcmError> ReleaseAndDropAsync(PcmStreamGroup group)
    {
        await ActAsync(group, PcmAction.Unpause, CancellationToken.None); // a failing release is ignored: the stop then triggers nothing
        StopGroup(PcmTrigger.Stop);
        return await DroppedAsync(PayOwedAsync(group));
    }

    private static async ValueTask<PcmError> DroppedAsync(ValueTask paying)
    {
        await paying;
        return PcmError.None;
    }

    /// <summary>On close: a linked stream in OPEN made the group's stop fail, as in the kernel, but hardware that runs must not be freed.</summary>
    private async ValueTask StopIfStillMovingAsync(PcmStreamGroup group, PcmRuntime runtime)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            if (runtime.IsMoving)
            {
                StopOne_NeedsLock(runtime, PcmTrigger.Stop, payingVerb: true);
            }
        }
        finally
        {
            held.Exit();
        }

        await PayOwedAsync(group);
    }

    /// <summary>Stops every member in a verb, which holds the gate and pays what is owed right after.</summary>
    private PcmError StopGroup(PcmTrigger trigger)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            return StopGroup_NeedsLock(trigger, payingVerb: true);
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>
    /// Stops every member: the state moves at once and STOP is owed to the backend, for it cannot fail and may have to wait.
    /// </summary>
    /// <param name="trigger">What the states do.</param>
    /// <param name="payingVerb">The caller pays what is owed itself, right after; otherwise the scheduler does.</param>
    private PcmError StopGroup_NeedsLock(PcmTrigger trigger, bool payingVerb = false)
    {
        foreach (PcmSubstream member in _group.Members)
        {
            if (member._runtime!.Lifecycle.State == PcmState.Open)
            {
                return PcmError.BadState;
            }
        }

        foreach (PcmSubstream member in _group.Members)
        {
            member.StopOne_NeedsLock(member._runtime!, trigger, payingVerb);
        }

        return PcmError.None;
    }

    private void StopOne_NeedsLock(PcmRuntime runtime, PcmTrigger trigger, bool payingVerb = false)
    {
        if (runtime.IsMoving)
        {
            runtime.OwedTrigger = PcmCommand.Stop;
        }

        PcmState before = runtime.Lifecycle.State;
        if (runtime.Lifecycle.Permits(trigger))
        {
            runtime.Lifecycle.Commit(trigger);
        }

        if (runtime.Lifecycle.State != before)
        {
            runtime.TriggerMaster = runtime;
            StampTrigger_NeedsLock(runtime, Services.NowNs);
        }

        runtime.PollQueue.WakeAll();
        runtime.TransferQueue.WakeAll();
        if (runtime.OwedTrigger is not null && !payingVerb)
        {
            SchedulePay();
        }
    }

    private void XRun_NeedsLock(PcmRuntime runtime)
    {
        if (runtime.SwParams.Timestamps)
        {
            runtime.TimestampNs = Services.NowNs;
        }

        PcmLog.XRun(_log, this, runtime.Avail);
        PcmMetrics.XRun(Direction);
        StopGroup_NeedsLock(PcmTrigger.XRun);
    }
}
