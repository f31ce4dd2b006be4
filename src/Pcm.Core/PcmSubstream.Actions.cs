namespace Pcm;

/// <content>The kernel's action framework: check all members of a group, do each, undo or commit all.</content>
public sealed partial class PcmSubstream
{
    /// <summary>The kernel's action framework on the group: check all, do each, undo or commit all.</summary>
    private ValueTask<PcmError> ActAsync(PcmStreamGroup group, PcmAction action, CancellationToken cancellationToken)
    {
        PcmError error = CheckAll(group, action);
        if (error != PcmError.None)
        {
            return new ValueTask<PcmError>(error);
        }

        ValueTask<PcmError> first = group.Members[0].DoAsync(action, cancellationToken);
        if (group.Members.Count > 1 || !first.IsCompletedSuccessfully)
        {
            return DoAllAsync(group, action, first, cancellationToken);
        }

        error = first.Result;
        return error == PcmError.None ? CommitAllAsync(group, action) : UndoAsync(group, action, 1, error);
    }

    private async ValueTask<PcmError> DoAllAsync(
        PcmStreamGroup group, PcmAction action, ValueTask<PcmError> first, CancellationToken cancellationToken)
    {
        bool single = group.Members.Count == 1;
        for (int i = 0; i < group.Members.Count; i++)
        {
            PcmError error;
            try
            {
                error = await (i == 0 ? first : group.Members[i].DoAsync(action, cancellationToken));
            }
            catch (OperationCanceledException)
            {
                await UndoAsync(group, action, i + 1, PcmError.Interrupted);
                throw;
            }

            // A positive result is a failure on its own and a success in a group: the kernel's asymmetry.
            if (single ? error != PcmError.None : error < PcmError.None)
            {
                return await UndoAsync(group, action, single ? 1 : i, error);
            }
        }

        return await CommitAllAsync(group, action);
    }

    private ValueTask<PcmError> CommitAllAsync(PcmStreamGroup group, PcmAction action)
    {
        PcmError error = CommitAll(group, action);
        return error == PcmError.None ? default : StopStartedAsync(group, action, error);
    }

    private async ValueTask<PcmError> StopStartedAsync(PcmStreamGroup group, PcmAction action, PcmError error)
    {
        StopStarted(group, action);
        await PayOwedAsync(group);
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

    private ValueTask<PcmError> DoAsync(PcmAction action, CancellationToken cancellationToken)
    {
        PcmRuntime runtime = _runtime!;
        if (action.Command(runtime) is not { } command || runtime.TriggerMaster != runtime)
        {
            return default; // nothing to tell, or another stream's trigger covered this one
        }

        ValueTask<PcmError> telling = TriggerAsync(command, cancellationToken);
        if (action.Trigger != PcmTrigger.Start)
        {
            return telling;
        }

        return telling.IsCompletedSuccessfully ? new ValueTask<PcmError>(Started(runtime, telling.Result)) : StartedAsync(runtime, telling);
    }

    private async ValueTask<PcmError> StartedAsync(PcmRuntime runtime, ValueTask<PcmError> starting) => Started(runtime, await starting);

    private PcmError Started(PcmRuntime runtime, PcmError error)
    {
        if (error == PcmError.XRun)
        {
            Commit(runtime, PcmTrigger.XRun); // the kernel wakes nobody here
        }

        return error;
    }

    /// <summary>Takes back what the first <paramref name="count"/> members were told.</summary>
    /// <returns><paramref name="error"/>, for which it is done.</returns>
    private static async ValueTask<PcmError> UndoAsync(PcmStreamGroup group, PcmAction action, int count, PcmError error)
    {
        // The kernel leaves the partners of a stream that failed to resume running in SUSPENDED; nobody would ever stop them.
        PcmCommand? undo = action.Undo ?? (action.Trigger == PcmTrigger.Resume && group.Members.Count > 1 ? PcmCommand.Stop : null);
        for (int i = 0; i < count; i++)
        {
            PcmSubstream member = group.Members[i];
            PcmRuntime runtime = member._runtime!;
            if (undo is { } command && runtime.TriggerMaster == runtime && action.Command(runtime) is not null)
            {
                await member.TriggerAsync(command, CancellationToken.None);
                runtime.StopOperating |= command == PcmCommand.Stop;
            }
        }

        foreach (PcmSubstream member in group.Members)
        {
            member.EndStart(replay: false);
        }

        return error;
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
                long nowNs = member.Services.NowNs;
                StampTrigger_NeedsLock(runtime, nowNs);
                action.Commit(member, runtime, nowNs);
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

    private static void StampTrigger_NeedsLock(PcmRuntime runtime, long nowNs)
    {
        if (runtime.TriggerMaster is { } master && master != runtime)
        {
            StampTrigger_NeedsLock(master, master.Services.NowNs);
            runtime.TriggerTimestampNs = master.TriggerTimestampNs;
        }
        else if (!runtime.TriggerTimestampLatched)
        {
            runtime.TriggerTimestampNs = nowNs;
        }
    }
}
