namespace Pcm;

/// <summary>
/// One step of the lifecycle as data, in the kernel's four phases: check (no side effect on failure), the command the backend gets,
/// the command that undoes it, commit (the state moves last). <see cref="PcmSubstream"/> runs it on the whole linked group.
/// </summary>
/// <param name="Trigger">The transition that commits it.</param>
/// <param name="Check">Under the stream lock: may this stream do it now?</param>
/// <param name="Command">What to tell the backend; null for nothing.</param>
/// <param name="Undo">What takes <paramref name="Command"/> back; null for nothing.</param>
/// <param name="Commit">Under the stream lock: moves the state and what belongs to it; the last argument is the time, of the stream's clock.</param>
internal sealed record PcmAction(
    PcmTrigger Trigger,
    Func<PcmRuntime, PcmError> Check,
    Func<PcmRuntime, PcmCommand?> Command,
    PcmCommand? Undo,
    Action<PcmSubstream, PcmRuntime, long> Commit)
{
    public static PcmAction Start { get; } = new(
        PcmTrigger.Start,
        static runtime =>
        {
            if (runtime.Lifecycle.State != PcmState.Prepared)
            {
                return PcmError.BadState;
            }

            if (runtime.Direction == PcmDirection.Playback && !HasData(runtime))
            {
                return PcmError.XRun;
            }

            runtime.TriggerTimestampLatched = false;
            return PcmError.None;
        },
        static _ => PcmCommand.Start,
        PcmCommand.Stop,
        static (substream, runtime, nowNs) => substream.StartCommitted_NeedsLock(runtime, PcmTrigger.Start, nowNs));

    public static PcmAction Pause { get; } = new(
        PcmTrigger.Pause,
        static runtime => CheckPause(runtime, PcmState.Running),
        static _ => PcmCommand.PausePush,
        PcmCommand.PauseRelease,
        static (substream, runtime, nowNs) =>
        {
            runtime.Lifecycle.Commit(PcmTrigger.Pause);
            substream.RebaseAfterPause_NeedsLock(runtime, nowNs);
            runtime.PollQueue.WakeAll();
            runtime.TransferQueue.WakeAll();
        });

    public static PcmAction Unpause { get; } = new(
        PcmTrigger.Unpause,
        static runtime => CheckPause(runtime, PcmState.Paused),
        static _ => PcmCommand.PauseRelease,
        PcmCommand.PausePush,
        static (substream, runtime, nowNs) =>
        {
            runtime.Lifecycle.Commit(PcmTrigger.Unpause);
            substream.RebaseAfterPause_NeedsLock(runtime, nowNs);
        });

    public static PcmAction Suspend { get; } = new(
        PcmTrigger.Suspend,
        static runtime => runtime.Lifecycle.State is PcmState.Suspended or PcmState.Open or PcmState.Setup or PcmState.Disconnected
            ? PcmError.Busy
            : PcmError.None,
        static _ => null, // owed instead: it cannot fail, so the state moves first
        Undo: null,
        static (_, runtime, _) =>
        {
            if (runtime.IsMoving)
            {
                runtime.OwedTrigger = PcmCommand.Suspend;
            }

            runtime.Lifecycle.Commit(PcmTrigger.Suspend);
            runtime.PollQueue.WakeAll();
            runtime.TransferQueue.WakeAll();
        });

    public static PcmAction Resume { get; } = new(
        PcmTrigger.Resume,
        static runtime => runtime.Lifecycle.State != PcmState.Suspended ? PcmError.BadState
            : !runtime.Info.HasFlag(PcmInfo.Resume) ? PcmError.NotImplemented
            : PcmError.None,
        static runtime => WasMoving(runtime) ? PcmCommand.Resume : null,
        Undo: null, // the kernel undoes a resume only while running, which a suspended stream is not
        static (_, runtime, _) => runtime.Lifecycle.Commit(PcmTrigger.Resume));

    /// <summary>Playback may start: frames are queued, or the stream runs free.</summary>
    public static bool HasData(PcmRuntime runtime) => runtime.IsFreeRunning || runtime.Avail < runtime.BufferFrames;

    private static PcmError CheckPause(PcmRuntime runtime, PcmState required) =>
        !runtime.Info.HasFlag(PcmInfo.Pause) ? PcmError.NotImplemented
        : runtime.Lifecycle.State != required ? PcmError.BadState
        : PcmError.None;

    private static bool WasMoving(PcmRuntime runtime) =>
        runtime.Lifecycle.SuspendedState == PcmState.Running
        || (runtime.Lifecycle.SuspendedState == PcmState.Draining && runtime.Direction == PcmDirection.Playback);
}
