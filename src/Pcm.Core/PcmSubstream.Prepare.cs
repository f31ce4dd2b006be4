namespace Pcm;

/// <content>prepare and reset: the two actions whose ops the kernel, too, calls without the stream lock.</content>
public sealed partial class PcmSubstream
{
    /// <summary>
    /// Gets the stream, and those linked to it, ready to start from position 0. Recovers from XRUN and SUSPENDED; ends PAUSED.
    /// Captures <see cref="NonBlocking"/>.
    /// </summary>
    /// <param name="cancellationToken">Gives up; the state stays.</param>
    /// <returns>EBADFD in OPEN; EBUSY while running, or while a transfer copies; what the backend answers.</returns>
    public ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken = default) =>
        RunAsync(static (s, group, runtime, ct) => s.PrepareNeedsGateAsync(group, runtime, ct), cancellationToken);

    /// <summary>
    /// Sets the application position to the hardware's without stopping: queued data are dropped, captured data are skipped.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting for its turn.</param>
    /// <returns>EBADFD unless RUNNING, PREPARED, PAUSED or SUSPENDED; an xrun found on the way is no error.</returns>
    public ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken = default) =>
        RunAsync(static (s, group, runtime, ct) => s.ResetNeedsGateAsync(group, runtime, ct), cancellationToken);

    private ValueTask<PcmError> PrepareNeedsGateAsync(PcmStreamGroup group, PcmRuntime runtime, CancellationToken cancellationToken)
    {
        PcmState state = runtime.Lifecycle.State;
        ValueTask stopping = state is PcmState.Paused or PcmState.Suspended ? StopToPrepareAsync(group, state) : PayOwedAsync(group);
        return stopping.IsCompletedSuccessfully
            ? PrepareStoppedAsync(group, runtime, cancellationToken)
            : PrepareAfterAsync(stopping, group, runtime, cancellationToken);
    }

    private async ValueTask StopToPrepareAsync(PcmStreamGroup group, PcmState state)
    {
        if (state == PcmState.Paused)
        {
            await ActAsync(group, PcmAction.Unpause, CancellationToken.None);
        }

        StopGroup(PcmTrigger.Stop);
        await PayOwedAsync(group);
    }

    private async ValueTask<PcmError> PrepareAfterAsync(
        ValueTask stopping, PcmStreamGroup group, PcmRuntime runtime, CancellationToken cancellationToken)
    {
        await stopping;
        return await PrepareStoppedAsync(group, runtime, cancellationToken);
    }

    private ValueTask<PcmError> PrepareStoppedAsync(PcmStreamGroup group, PcmRuntime runtime, CancellationToken cancellationToken)
    {
        PcmError error = BeginNonatomic(group, runtime, static (member, s) => CheckPrepare(member, s));
        if (error != PcmError.None)
        {
            return new ValueTask<PcmError>(error);
        }

        ValueTask<PcmError> preparing = group.Members.Count == 1 ? PrepareOneAsync(runtime, cancellationToken) : PrepareAllAsync(group, cancellationToken);
        return preparing.IsCompletedSuccessfully
            ? new ValueTask<PcmError>(EndPrepare(group, runtime, preparing.Result))
            : EndPrepareAsync(group, runtime, preparing);
    }

    private static async ValueTask<PcmError> PrepareAllAsync(PcmStreamGroup group, CancellationToken cancellationToken)
    {
        for (int i = 0; i < group.Members.Count; i++)
        {
            if (i > 0)
            {
                group.Members[i - 1].ResetPositions(); // the last one's are reset with the commit
            }

            PcmError error = await group.Members[i].PrepareOneAsync(group.Members[i]._runtime!, cancellationToken);
            if (error < PcmError.None)
            {
                return error; // no undo: earlier members stay prepared in hardware, their states unchanged
            }
        }

        return PcmError.None;
    }

    private async ValueTask<PcmError> EndPrepareAsync(PcmStreamGroup group, PcmRuntime runtime, ValueTask<PcmError> preparing)
    {
        PcmError error = PcmError.Interrupted; // what an exception is, for the states
        try
        {
            error = await preparing;
        }
        finally
        {
            error = EndPrepare(group, runtime, error);
        }

        return error;
    }

    /// <summary>The last position, every state and the end of the fence in one section: nothing is called between them.</summary>
    private PcmError EndPrepare(PcmStreamGroup group, PcmRuntime runtime, PcmError error)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            if (error < PcmError.None)
            {
                return error;
            }

            PcmSubstream last = group.Members[^1];
            last.ResetPositions_NeedsLock(last._runtime!);
            foreach (PcmSubstream member in group.Members)
            {
                PcmRuntime r = member._runtime!;
                r.ApplicationPosition = r.HardwarePosition;
                if (r.Lifecycle.Permits(PcmTrigger.Prepare))
                {
                    r.Lifecycle.Commit(PcmTrigger.Prepare);
                }
            }

            return PcmError.None;
        }
        finally
        {
            EndNonatomic_NeedsLock(group, runtime);
            held.Exit();
        }
    }

    private async ValueTask<PcmError> ResetNeedsGateAsync(PcmStreamGroup group, PcmRuntime runtime, CancellationToken cancellationToken)
    {
        PcmError error = BeginNonatomic(group, runtime, static (member, _) =>
            member.Lifecycle.State is PcmState.Running or PcmState.Prepared or PcmState.Paused or PcmState.Suspended ? PcmError.None : PcmError.BadState);
        if (error != PcmError.None)
        {
            return error;
        }

        try
        {
            foreach (PcmSubstream member in group.Members)
            {
                error = await member.ResetOneAsync(member._runtime!, cancellationToken);
                if (error < PcmError.None)
                {
                    return error;
                }

                member.ResetPositions();
            }

            PcmStreamLock held = EnterStream();
            try
            {
                foreach (PcmSubstream member in group.Members)
                {
                    PcmRuntime r = member._runtime!;
                    r.ApplicationPosition = r.HardwarePosition;
                    r.IsResetting = false;
                    if (r.Direction == PcmDirection.Playback && r.SwParams.SilenceSize != 0)
                    {
                        PcmSilence.Fill(r, member.Ops, PcmSilence.Init);
                    }
                }
            }
            finally
            {
                held.Exit();
            }

            await PayOwedAsync(group);
            return PcmError.None;
        }
        finally
        {
            EndNonatomic(group, runtime);
        }
    }

    private static PcmError CheckPrepare(PcmRuntime member, PcmSubstream caller)
    {
        PcmState state = member.Lifecycle.State;
        if (!member.Lifecycle.Permits(PcmTrigger.Prepare))
        {
            return state is PcmState.Running or PcmState.Draining ? PcmError.Busy : PcmError.BadState;
        }

        member.NonBlocking = caller.NonBlocking; // the caller's file flags, for every member
        return PcmError.None;
    }

    /// <summary>Keeps transfers off the caller's ring and checks every member.</summary>
    private PcmError BeginNonatomic(PcmStreamGroup group, PcmRuntime runtime, Func<PcmRuntime, PcmSubstream, PcmError> check)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            if (runtime.BufferAccess > 0)
            {
                return PcmError.Busy;
            }

            foreach (PcmSubstream member in group.Members)
            {
                PcmError error = check(member._runtime!, this);
                if (error != PcmError.None)
                {
                    return error;
                }
            }

            runtime.BufferAccess--;
            return PcmError.None;
        }
        finally
        {
            held.Exit();
        }
    }

    private void EndNonatomic(PcmStreamGroup group, PcmRuntime runtime)
    {
        PcmStreamLock held = EnterStream();
        EndNonatomic_NeedsLock(group, runtime);
        held.Exit();
    }

    private static void EndNonatomic_NeedsLock(PcmStreamGroup group, PcmRuntime runtime)
    {
        foreach (PcmSubstream member in group.Members)
        {
            member._runtime!.IsResetting = false;
        }

        runtime.BufferAccess++;
    }

    /// <summary>sync_stop, prepare and reset of one member.</summary>
    private ValueTask<PcmError> PrepareOneAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        ValueTask syncing = SyncStopNeedsGateAsync(cancellationToken);
        if (!syncing.IsCompletedSuccessfully)
        {
            return PrepareOneAfterAsync(syncing, runtime, cancellationToken);
        }

        ValueTask<PcmError> preparing = GuardAsync(static (ops, _, ct) => ops.PrepareAsync(ct), runtime, cancellationToken);
        if (!preparing.IsCompletedSuccessfully)
        {
            return ResetOneAfterAsync(preparing, runtime, cancellationToken);
        }

        PcmError error = preparing.Result;
        return error < PcmError.None ? new ValueTask<PcmError>(error) : ResetOneAsync(runtime, cancellationToken);
    }

    private async ValueTask<PcmError> PrepareOneAfterAsync(ValueTask syncing, PcmRuntime runtime, CancellationToken cancellationToken)
    {
        await syncing;
        return await PrepareOneAsync(runtime, cancellationToken); // once is enough: nothing is left to wait for
    }

    private async ValueTask<PcmError> ResetOneAfterAsync(ValueTask<PcmError> preparing, PcmRuntime runtime, CancellationToken cancellationToken)
    {
        PcmError error = await preparing;
        return error < PcmError.None ? error : await ResetOneAsync(runtime, cancellationToken);
    }

    /// <summary>The reset op; who called it resets the positions, under the stream lock.</summary>
    private ValueTask<PcmError> ResetOneAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        runtime.IsResetting = true;
        return GuardAsync(static (ops, _, ct) => ops.ResetAsync(ct), runtime, cancellationToken);
    }

    private void ResetPositions()
    {
        PcmStreamLock held = EnterStream();
        try
        {
            ResetPositions_NeedsLock(_runtime!);
        }
        finally
        {
            held.Exit();
        }
    }

    private void ResetPositions_NeedsLock(PcmRuntime runtime)
    {
        if (runtime.IsMoving && UpdatePointer_NeedsLock(runtime) >= PcmError.None)
        {
            runtime.HardwarePosition %= runtime.BufferFrames;
        }
        else
        {
            runtime.HardwarePosition = 0;
            runtime.HardwareWrap = 0;
        }

        runtime.HardwareBase = 0;
        runtime.HardwareInterrupt = runtime.HardwarePosition - (runtime.HardwarePosition % runtime.PeriodFrames);
        runtime.SilenceStart = runtime.HardwarePosition;
        runtime.SilenceFilled = 0;
    }
}
