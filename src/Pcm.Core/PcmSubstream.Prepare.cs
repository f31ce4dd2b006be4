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

    private async ValueTask<PcmError> PrepareNeedsGateAsync(PcmStreamGroup group, PcmRuntime runtime, CancellationToken cancellationToken)
    {
        if (runtime.Lifecycle.State == PcmState.Paused)
        {
            await ActAsync(group, PcmAction.Unpause, CancellationToken.None);
            StopGroup(PcmTrigger.Stop);
        }
        else if (runtime.Lifecycle.State == PcmState.Suspended)
        {
            StopGroup(PcmTrigger.Stop);
        }

        await PayOwedAsync(group);
        PcmError error = BeginNonatomic(group, runtime, static (member, s) => CheckPrepare(member, s));
        if (error != PcmError.None)
        {
            return error;
        }

        try
        {
            foreach (PcmSubstream member in group.Members)
            {
                error = await member.PrepareOneAsync(member._runtime!, cancellationToken);
                if (error < PcmError.None)
                {
                    return error; // no undo: earlier members stay prepared in hardware, their states unchanged
                }
            }

            PcmStreamLock held = EnterStream();
            try
            {
                foreach (PcmSubstream member in group.Members)
                {
                    PcmRuntime r = member._runtime!;
                    r.ApplicationPosition = r.HardwarePosition;
                    r.IsResetting = false;
                    if (r.Lifecycle.Permits(PcmTrigger.Prepare))
                    {
                        r.Lifecycle.Commit(PcmTrigger.Prepare);
                    }
                }
            }
            finally
            {
                held.Exit();
            }

            return PcmError.None;
        }
        finally
        {
            EndNonatomic(group, runtime);
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
        foreach (PcmSubstream member in group.Members)
        {
            member._runtime!.IsResetting = false;
        }

        UnlockBuffer(runtime);
    }

    private async ValueTask<PcmError> PrepareOneAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        await SyncStopNeedsGateAsync(cancellationToken);
        PcmError error = await GuardAsync(static (ops, _, ct) => ops.PrepareAsync(ct), runtime, cancellationToken);
        return error < PcmError.None ? error : await ResetOneAsync(runtime, cancellationToken);
    }

    private async ValueTask<PcmError> ResetOneAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        runtime.IsResetting = true;
        PcmError error = await GuardAsync(static (ops, _, ct) => ops.ResetAsync(ct), runtime, cancellationToken);
        if (error < PcmError.None)
        {
            return error;
        }

        PcmStreamLock held = EnterStream();
        try
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
            return PcmError.None;
        }
        finally
        {
            held.Exit();
        }
    }
}
