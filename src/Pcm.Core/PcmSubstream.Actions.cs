namespace Pcm;

/// <content>The verbs that move the lifecycle: start, drop, pause, suspend, resume, xrun. Every one is an action on the linked group.</content>
public sealed partial class PcmSubstream
{
    private int _payScheduled;

    /// <summary>
    /// Starts the stream and those linked to it.
    /// </summary>
    /// <param name="cancellationToken">Gives up; a START under way is undone.</param>
    /// <returns>EBADFD unless PREPARED; EPIPE for playback with an empty ring; what the backend answers.</returns>
    public ValueTask<PcmError> StartAsync(CancellationToken cancellationToken = default) =>
        RunAsync(static (s, group, _, ct) => s.ActAsync(group, PcmAction.Start, ct), cancellationToken);

    /// <summary>Stops at once and drops what is queued; pointers stay until prepare.</summary>
    /// <param name="cancellationToken">Gives up waiting for its turn.</param>
    /// <returns>EBADFD in OPEN, else success.</returns>
    public ValueTask<PcmError> DropAsync(CancellationToken cancellationToken = default) =>
        RunAsync(static (s, group, runtime, _) => s.DropNeedsGateAsync(group, runtime), cancellationToken);

    /// <summary>Pauses (<paramref name="enable"/>) or goes on.</summary>
    /// <param name="enable">True: RUNNING to PAUSED; false: PAUSED to RUNNING.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>ENOSYS when the hardware cannot pause; EBADFD in another state; what the backend answers.</returns>
    public ValueTask<PcmError> PauseAsync(bool enable, CancellationToken cancellationToken = default) => enable
        ? RunAsync(static (s, group, _, ct) => s.ActAsync(group, PcmAction.Pause, ct), cancellationToken)
        : RunAsync(static (s, group, _, ct) => s.ActAsync(group, PcmAction.Unpause, ct), cancellationToken);

    /// <summary>Resumes after a suspend: back to the state before it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>EBADFD unless SUSPENDED; ENOSYS when the hardware cannot resume (prepare then); what the backend answers.</returns>
    public ValueTask<PcmError> ResumeAsync(CancellationToken cancellationToken = default) =>
        RunAsync(static (s, group, _, ct) => s.ActAsync(group, PcmAction.Resume, ct), cancellationToken);

    /// <summary>
    /// Suspends the stream and those linked to it, as power management does; <see cref="PcmCard.SuspendAsync"/> does it for a card.
    /// </summary>
    /// <returns>EBUSY when this stream or a linked one is in OPEN, SETUP or SUSPENDED; nothing changed then.</returns>
    public ValueTask<PcmError> SuspendAsync() =>
        RunAsync(
            static async (s, group, _, _) =>
            {
                PcmError error = await s.SuspendNeedsGateAsync(group);
                foreach (PcmSubstream member in group.Members)
                {
                    await member.SyncStopNeedsGateAsync(CancellationToken.None);
                }

                return error;
            },
            CancellationToken.None);

    /// <summary>Forces an xrun: RUNNING to XRUN.</summary>
    /// <param name="cancellationToken">Gives up waiting for its turn.</param>
    /// <returns>Success in XRUN too; EBADFD elsewhere.</returns>
    public ValueTask<PcmError> XRunAsync(CancellationToken cancellationToken = default) =>
        RunAsync(
            static async (s, group, runtime, _) =>
            {
                PcmError error = PcmError.None;
                PcmStreamLock held = s.EnterStream();
                try
                {
                    switch (runtime.Lifecycle.State)
                    {
                        case PcmState.XRun:
                            break;
                        case PcmState.Running:
                            s.XRun_NeedsLock(runtime);
                            break;
                        default:
                            error = PcmError.BadState;
                            break;
                    }
                }
                finally
                {
                    held.Exit();
                }

                await s.PayOwedAsync(group);
                return error;
            },
            cancellationToken);

    /// <summary>Suspends without waiting for the hardware to come to rest; the card does that once for all. Context: gate held.</summary>
    internal async ValueTask<PcmError> SuspendNeedsGateAsync(PcmStreamGroup group)
    {
        PcmError error = await ActAsync(group, PcmAction.Suspend, CancellationToken.None);
        await PayOwedAsync(group);
        return error;
    }

    /// <summary>sync_stop if a stop is outstanding; its result is ignored, as in the kernel. Context: gate held.</summary>
    internal async ValueTask SyncStopNeedsGateAsync(CancellationToken cancellationToken)
    {
        if (_runtime is { StopOperating: true } runtime)
        {
            runtime.StopOperating = false; // before the call: at most one per stop
            await GuardAsync(static (ops, _, ct) => ops.SyncStopAsync(ct), runtime, cancellationToken);
        }
    }

    /// <summary>The kernel's action framework on the group: check all, do each, undo or commit all.</summary>
    private async ValueTask<PcmError> ActAsync(PcmStreamGroup group, PcmAction action, CancellationToken cancellationToken)
    {
        PcmError error = CheckAll(group, action);
        if (error != PcmError.None)
        {
            return error;
        }

        bool single = group.Members.Count == 1;
        for (int i = 0; i < group.Members.Count; i++)
        {
            PcmSubstream member = group.Members[i];
            try
            {
                error = await member.DoAsync(action, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                await UndoAsync(group, action, i + 1);
                throw;
            }

            // A positive result is a failure on its own and a success in a group: the kernel's asymmetry.
            if (single ? error != PcmError.None : error < PcmError.None)
            {
                await UndoAsync(group, action, single ? 1 : i);
                return error;
            }
        }

        error = CommitAll(group, action);
        if (error != PcmError.None)
        {
            StopStarted(group, action);
            await PayOwedAsync(group);
        }

        return error;
    }

    /// <summary>An xrun or a disconnect came while the hardware was being set in motion: no state owns its motion, so it is stopped.</summary>
    private void StopStarted(PcmStreamGroup group, PcmAction action)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            foreach (PcmSubstream member in group.Members)
            {
                PcmRuntime runtime = member._runtime!;
                if (action.Trigger is PcmTrigger.Start or PcmTrigger.Unpause or PcmTrigger.Resume && action.Command(runtime) is not null)
                {
                    // A partner that is still PAUSED goes back to where its state says it is; the others stop.
                    bool repause = action.Trigger == PcmTrigger.Unpause && runtime.Lifecycle.State == PcmState.Paused;
                    runtime.OwedTrigger = repause ? PcmCommand.PausePush : PcmCommand.Stop;
                }

                member.EndStart_NeedsLock(replay: false);
            }
        }
        finally
        {
            held.Exit();
        }
    }

    private PcmError CheckAll(PcmStreamGroup group, PcmAction action)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            foreach (PcmSubstream member in group.Members)
            {
                PcmError error = action.Check(member._runtime!);
                if (error != PcmError.None)
                {
                    return error;
                }
            }

            foreach (PcmSubstream member in group.Members)
            {
                member._runtime!.TriggerMaster = member._runtime;
                member._runtime.Starting = action.Trigger is PcmTrigger.Start or PcmTrigger.Unpause; // both may wait while the hardware moves already
            }

            return PcmError.None;
        }
        finally
        {
            held.Exit();
        }
    }

    private async ValueTask<PcmError> DoAsync(PcmAction action, CancellationToken cancellationToken)
    {
        PcmRuntime runtime = _runtime!;
        if (action.Command(runtime) is not { } command || runtime.TriggerMaster != runtime)
        {
            return PcmError.None; // nothing to tell, or another stream's trigger covered this one
        }

        PcmError error = await TriggerAsync(runtime, command, cancellationToken);
        if (error == PcmError.XRun && action.Trigger == PcmTrigger.Start)
        {
            PcmStreamLock held = EnterStream();
            try
            {
                if (runtime.Lifecycle.Permits(PcmTrigger.XRun))
                {
                    runtime.Lifecycle.Commit(PcmTrigger.XRun); // the kernel wakes nobody here
                }
            }
            finally
            {
                held.Exit();
            }
        }

        return error;
    }

    private static async ValueTask UndoAsync(PcmStreamGroup group, PcmAction action, int count)
    {
        // The kernel leaves the partners of a stream that failed to resume running in SUSPENDED; nobody would ever stop them.
        PcmCommand? undo = action.Undo ?? (action.Trigger == PcmTrigger.Resume && group.Members.Count > 1 ? PcmCommand.Stop : null);
        for (int i = 0; i < count; i++)
        {
            PcmSubstream member = group.Members[i];
            PcmRuntime runtime = member._runtime!;
            if (undo is { } command && runtime.TriggerMaster == runtime && action.Command(runtime) is not null)
            {
                await member.TriggerAsync(runtime, command, CancellationToken.None);
                runtime.StopOperating |= command == PcmCommand.Stop;
            }
        }

        foreach (PcmSubstream member in group.Members)
        {
            member.EndStart(replay: false);
        }
    }

    /// <summary>Checks again, because an xrun or a disconnect may have landed while the ops ran, and moves every state.</summary>
    private PcmError CommitAll(PcmStreamGroup group, PcmAction action)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            foreach (PcmSubstream member in group.Members)
            {
                PcmRuntime runtime = member._runtime!;
                if (!runtime.Lifecycle.Permits(action.Trigger))
                {
                    return StateError(runtime.Lifecycle.State);
                }
            }

            foreach (PcmSubstream member in group.Members)
            {
                PcmRuntime runtime = member._runtime!;
                member.StampTrigger_NeedsLock(runtime);
                action.Commit(member, runtime);
            }

            foreach (PcmSubstream member in group.Members)
            {
                member.EndStart_NeedsLock(replay: true);
            }

            return PcmError.None;
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>What a state answers to a verb that it cuts short.</summary>
    private static PcmError StateError(PcmState state) => state switch
    {
        PcmState.XRun => PcmError.XRun,
        PcmState.Suspended => PcmError.Suspended,
        PcmState.Disconnected => PcmError.NoDevice,
        _ => PcmError.BadState,
    };

    private ValueTask<PcmError> TriggerAsync(PcmRuntime runtime, PcmCommand command, CancellationToken cancellationToken) => command switch
    {
        PcmCommand.Stop => GuardAsync(static (ops, _, ct) => ops.TriggerAsync(PcmCommand.Stop, ct), runtime, cancellationToken),
        PcmCommand.Start => GuardAsync(static (ops, _, ct) => ops.TriggerAsync(PcmCommand.Start, ct), runtime, cancellationToken),
        PcmCommand.PausePush => GuardAsync(static (ops, _, ct) => ops.TriggerAsync(PcmCommand.PausePush, ct), runtime, cancellationToken),
        PcmCommand.PauseRelease => GuardAsync(static (ops, _, ct) => ops.TriggerAsync(PcmCommand.PauseRelease, ct), runtime, cancellationToken),
        PcmCommand.Suspend => GuardAsync(static (ops, _, ct) => ops.TriggerAsync(PcmCommand.Suspend, ct), runtime, cancellationToken),
        PcmCommand.Resume => GuardAsync(static (ops, _, ct) => ops.TriggerAsync(PcmCommand.Resume, ct), runtime, cancellationToken),
        _ => GuardAsync(static (ops, _, ct) => ops.TriggerAsync(PcmCommand.Drain, ct), runtime, cancellationToken),
    };

    private void EndStart(bool replay)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            EndStart_NeedsLock(replay);
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>The start is over: signals that came during it count now.</summary>
    private void EndStart_NeedsLock(bool replay)
    {
        PcmRuntime runtime = _runtime!;
        if (!runtime.Starting)
        {
            return;
        }

        runtime.Starting = false;
        bool period = runtime.PeriodWhileStarting, xrun = runtime.XRunWhileStarting;
        runtime.PeriodWhileStarting = runtime.XRunWhileStarting = false;
        if (replay && period)
        {
            PeriodElapsed_NeedsLock(runtime);
        }

        if (replay && xrun && runtime.IsMoving)
        {
            XRun_NeedsLock(runtime);
        }
    }

    private void StampTrigger_NeedsLock(PcmRuntime runtime)
    {
        if (runtime.TriggerMaster is { } master && master != runtime)
        {
            master.Substream.StampTrigger_NeedsLock(master);
            runtime.TriggerTimestampNs = master.TriggerTimestampNs;
        }
        else if (!runtime.TriggerTimestampLatched)
        {
            runtime.TriggerTimestampNs = Services.NowNs;
        }
    }

    private async ValueTask<PcmError> DropNeedsGateAsync(PcmStreamGroup group, PcmRuntime runtime)
    {
        PcmState state = runtime.Lifecycle.State;
        if (state is PcmState.Open or PcmState.Disconnected)
        {
            return PcmError.BadState;
        }

        if (state == PcmState.Paused)
        {
            await ActAsync(group, PcmAction.Unpause, CancellationToken.None); // a failing release is ignored: the stop then triggers nothing
        }

        StopGroup(PcmTrigger.Stop);
        await PayOwedAsync(group);
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
                StopOne_NeedsLock(runtime, PcmTrigger.Stop);
            }
        }
        finally
        {
            held.Exit();
        }

        await PayOwedAsync(group);
    }

    private PcmError StopGroup(PcmTrigger trigger)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            return StopGroup_NeedsLock(trigger);
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>
    /// Stops every member: the state moves at once and STOP is owed to the backend, for it cannot fail and may have to wait.
    /// </summary>
    private PcmError StopGroup_NeedsLock(PcmTrigger trigger)
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
            member.StopOne_NeedsLock(member._runtime!, trigger);
        }

        return PcmError.None;
    }

    private void StopOne_NeedsLock(PcmRuntime runtime, PcmTrigger trigger)
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
            StampTrigger_NeedsLock(runtime);
        }

        runtime.PollQueue.WakeAll();
        runtime.TransferQueue.WakeAll();
        if (runtime.OwedTrigger is not null)
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

    /// <summary>Tells the backend about the stops that the states have moved for, in the group's order. Context: gate held.</summary>
    private async ValueTask PayOwedAsync(PcmStreamGroup group)
    {
        for (int i = 0; i < group.Members.Count; i++)
        {
            if (group.Members[i]._runtime?.OwedTrigger is not null)
            {
                await PayOwedSlowAsync(group);
                return;
            }
        }
    }

    private async ValueTask PayOwedSlowAsync(PcmStreamGroup group)
    {
        foreach (PcmSubstream member in group.Members)
        {
            if (member._runtime is { OwedTrigger: not null } runtime)
            {
                runtime.TriggerMaster = runtime;
            }
        }

        foreach (PcmSubstream member in group.Members)
        {
            if (member._runtime is not { OwedTrigger: { } command } runtime)
            {
                continue;
            }

            runtime.OwedTrigger = null;
            if (runtime.TriggerMaster != runtime)
            {
                continue; // another member's trigger covered it; its sync_stop covers the wait too
            }

            PcmError error = await member.TriggerAsync(runtime, command, CancellationToken.None);
            runtime.StopOperating |= command is PcmCommand.Stop or PcmCommand.Suspend;
            if (error != PcmError.None)
            {
                PcmLog.StopFailed(_log, member, command, error);
            }
        }
    }

    /// <summary>Has the owed triggers paid by the scheduler, once. Context: any, also under the stream lock.</summary>
    private void SchedulePay()
    {
        if (Interlocked.Exchange(ref _payScheduled, 1) == 0)
        {
            Services.Scheduler.Schedule(static s => ((PcmSubstream)s!).PayInBackground(), this);
        }
    }

    private void PayInBackground()
    {
        Volatile.Write(ref _payScheduled, 0);
        Forget(PayAsync());

        async ValueTask PayAsync()
        {
            PcmStreamGroup group = await EnterGateAsync(CancellationToken.None);
            try
            {
                await PayOwedAsync(group);
            }
            finally
            {
                group.Gate.Exit();
            }
        }
    }

    /// <summary>Lets a task that reports its own errors run on its own.</summary>
    private static void Forget(ValueTask task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            _ = task.AsTask();
        }
    }
}
