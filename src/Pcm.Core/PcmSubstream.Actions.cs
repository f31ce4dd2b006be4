namespace Pcm;

/// <content>The kernel's action framework: check all members of a group, do each, undo or commit all.</content>
public sealed partial class PcmSubstream
{
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
}
