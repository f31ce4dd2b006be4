namespace Pcm;

/// <content>drain (fact sheet 3.16).</content>
public sealed partial class PcmSubstream
{
    /// <summary>
    /// Plays what is queued and then stops, waiting for the end; capture stops at once and keeps what it has.
    /// With <see cref="NonBlocking"/> (the live flag) it does not wait.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait with an exception; the stream goes on draining.</param>
    /// <returns>
    /// EBADFD in OPEN and SUSPENDED. EAGAIN: non-blocking, whatever else happened. EIO: no progress within 1.1 times the ring; the stream is stopped.
    /// ESTRPIPE, ENODEV: suspended, or gone, while waiting.
    /// </returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<PcmError> DrainAsync(CancellationToken cancellationToken = default)
    {
        PcmError error = TryGetRuntime(out PcmRuntime runtime);
        if (error != PcmError.None)
        {
            return error;
        }

        if (runtime.Lifecycle.State == PcmState.Open)
        {
            return PcmError.BadState;
        }

        error = await RunAsync(static (s, group, r, ct) => s.BeginDrainNeedsGateAsync(group, r, ct), cancellationToken);
        return error != PcmError.None ? error
            : NonBlocking ? PcmError.Again
            : await AwaitDrainAsync(runtime, cancellationToken);
    }

    private async ValueTask<PcmError> BeginDrainNeedsGateAsync(PcmStreamGroup group, PcmRuntime runtime, CancellationToken cancellationToken)
    {
        if (runtime.Lifecycle.State == PcmState.Paused)
        {
            await ActAsync(group, PcmAction.Unpause, CancellationToken.None);
        }

        foreach (PcmSubstream member in group.Members)
        {
            if (member.State is PcmState.Open or PcmState.Disconnected or PcmState.Suspended)
            {
                return PcmError.BadState;
            }
        }

        foreach (PcmSubstream member in group.Members)
        {
            PcmError error = member.Direction == PcmDirection.Playback
                ? await member.BeginPlaybackDrainAsync(member._runtime!, cancellationToken)
                : member.BeginCaptureDrain(member._runtime!);
            if (error < PcmError.None)
            {
                return error;
            }
        }

        await PayOwedAsync(group);
        return PcmError.None;
    }

    private async ValueTask<PcmError> BeginPlaybackDrainAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        PcmState state = runtime.Lifecycle.State;
        if (state == PcmState.Prepared && runtime.Avail < runtime.BufferFrames)
        {
            runtime.TriggerMaster = runtime;
            runtime.Starting = true;
            await TriggerAsync(PcmCommand.Start, cancellationToken); // a failing START is ignored: the drain then ends with EIO
        }

        PcmStreamLock held = EnterStream();
        try
        {
            switch (state)
            {
                case PcmState.Prepared when runtime.Starting && runtime.Lifecycle.Permits(PcmTrigger.Drain):
                    long nowNs = Services.NowNs;
                    StampTrigger_NeedsLock(runtime, nowNs);
                    StartCommitted_NeedsLock(runtime, PcmTrigger.Drain, nowNs);
                    EndStart_NeedsLock(replay: true);
                    break;
                case PcmState.Prepared or PcmState.XRun when runtime.Lifecycle.Permits(PcmTrigger.Stop):
                    runtime.Lifecycle.Commit(PcmTrigger.Stop);
                    break;
                case PcmState.Running when runtime.Lifecycle.State == PcmState.Running:
                    runtime.Lifecycle.Commit(PcmTrigger.Drain);
                    break;
            }

            if (runtime.Starting)
            {
                runtime.OwedTrigger = PcmCommand.Stop; // gone while it was being started: take the START back
            }

            EndStart_NeedsLock(replay: false);
        }
        finally
        {
            held.Exit();
        }

        // The kernel tells a draining backend only when it was RUNNING; ours hears it from PREPARED too, so that it can send a partial last period.
        return runtime.Lifecycle.State == PcmState.Draining && runtime.Hardware.Info.HasFlag(PcmInfo.DrainTrigger)
            ? await TriggerAsync(PcmCommand.Drain, cancellationToken)
            : PcmError.None;
    }

    private PcmError BeginCaptureDrain(PcmRuntime runtime)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            if (runtime.Lifecycle.State == PcmState.Running)
            {
                StopOne_NeedsLock(runtime, runtime.Avail > 0 ? PcmTrigger.Drain : PcmTrigger.Stop);
            }

            return PcmError.None;
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>Waits until no playback member of the group drains any more.</summary>
    private async ValueTask<PcmError> AwaitDrainAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        while (true)
        {
            PcmWaiter waiter;
            PcmRuntime draining;
            PcmStreamLock held = EnterStream();
            try
            {
                if (FindDraining_NeedsLock(runtime) is not { } found)
                {
                    return Device.Card.IsDisconnected ? PcmError.NoDevice : PcmError.None;
                }

                cancellationToken.ThrowIfCancellationRequested();
                draining = found;
                waiter = draining.Waiters.Rent();
                waiter.Arm(blocking: false);
                draining.PollQueue.Enqueue(waiter);
            }
            finally
            {
                held.Exit();
            }

            PcmWake wake = await waiter.WaitAsync(
                draining.NoPeriodWakeup ? Timeout.InfiniteTimeSpan : DefaultWaitTime(draining), cancellationToken);
            waiter.Disarm();
            draining.Substream.LeaveQueue(draining, waiter);
            if (Device.Card.IsDisconnected)
            {
                return PcmError.NoDevice;
            }

            if (wake == PcmWake.TimedOut)
            {
                return await GiveUpDrainAsync();
            }
        }
    }

    private PcmRuntime? FindDraining_NeedsLock(PcmRuntime runtime)
    {
        if (runtime != _runtime)
        {
            return null;
        }

        foreach (PcmSubstream member in _group.Members)
        {
            if (member.Direction == PcmDirection.Playback && member._runtime is { } r && r.Lifecycle.State == PcmState.Draining)
            {
                return r;
            }
        }

        return null;
    }

    private ValueTask<PcmError> GiveUpDrainAsync() =>
        RunAsync(
            static async (s, group, runtime, _) =>
            {
                if (runtime.Lifecycle.State == PcmState.Suspended)
                {
                    return PcmError.Suspended;
                }

                s.StopGroup(PcmTrigger.Stop);
                await PayOwedAsync(group);
                return PcmError.IO;
            },
            CancellationToken.None);
}
