namespace Pcm;

/// <content>The verbs that move the lifecycle: start, drop, pause, suspend, resume, xrun. Every one is an action on the linked group.</content>
public sealed partial class PcmSubstream
{
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

                await PayOwedAsync(group);
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
    internal ValueTask SyncStopNeedsGateAsync(CancellationToken cancellationToken) =>
        _runtime is { StopOperating: true } runtime ? SyncStopOnceAsync(runtime, cancellationToken) : default;

    private ValueTask SyncStopOnceAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        runtime.StopOperating = false; // before the call: at most one per stop
        ValueTask<PcmError> syncing = GuardAsync(static (ops, _, ct) => ops.SyncStopAsync(ct), runtime, cancellationToken);
        if (!syncing.IsCompletedSuccessfully)
        {
            return WithoutResultAsync(syncing);
        }

        _ = syncing.Result;
        return default;
    }

    private static async ValueTask WithoutResultAsync(ValueTask<PcmError> task) => await task;
}
