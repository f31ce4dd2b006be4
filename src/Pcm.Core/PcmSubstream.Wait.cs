using System.Runtime.CompilerServices;

namespace Pcm;

/// <content>Poll and wait.</content>
public sealed partial class PcmSubstream
{
    /// <summary>What poll(2) would report now. Does not look at the hardware.</summary>
    public PcmPollEvents Poll()
    {
        PcmError error = TryGetRuntime(out PcmRuntime runtime);
        if (error != PcmError.None)
        {
            return error == PcmError.NoDevice ? PcmPollEvents.Error : PcmPollEvents.Ready | PcmPollEvents.Error;
        }

        PcmStreamLock held = EnterStream();
        try
        {
            return Poll_NeedsLock(runtime);
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>
    /// What <see cref="Poll()"/> says; and when that is nothing, <paramref name="callback"/> is called once as soon as there is something, or the
    /// session ended. A callback that waits already goes on waiting. Does not look at the hardware.
    /// </summary>
    /// <param name="callback">Of this substream alone.</param>
    public PcmPollEvents Poll(PcmPollCallback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (TryGetRuntime(out PcmRuntime runtime) != PcmError.None)
        {
            return Poll();
        }

        PcmStreamLock held = EnterStream();
        try
        {
            PcmPollEvents events = Poll_NeedsLock(runtime);
            if (events == PcmPollEvents.None && callback.Entry.Queue is null)
            {
                runtime.PollQueue.Enqueue(callback.Entry);
            }

            return events;
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>Waits until <see cref="Poll()"/> has something to report. Allocates nothing in steady state.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait with an exception.</param>
    /// <returns><see cref="PcmPollEvents.None"/> when the time was up.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PcmPollEvents> PollAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadlineNs = DeadlineNs(timeout);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PcmPollEvents events = PollOrEnqueue(blocking: false, out PcmRuntime? runtime, out PcmWaiter? waiter);
            if (waiter is null)
            {
                return events;
            }

            PcmWake wake = await waiter.WaitAsync(Left(deadlineNs), cancellationToken);
            waiter.Disarm();
            LeaveQueue(runtime!, waiter);
            if (wake == PcmWake.TimedOut)
            {
                return Poll();
            }
        }
    }

    /// <summary>
    /// Waits until at least avail_min frames can be transferred (<c>snd_pcm_wait</c>). Allocates nothing in steady state.
    /// </summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait with an exception.</param>
    /// <returns>Success: ready. ETIMEDOUT: not within the time. EPIPE, ESTRPIPE, ENODEV: what the state says. EBADFD: nothing can be transferred.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PcmError> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        WaitResult(await PollAsync(timeout, cancellationToken));

    /// <summary>As <see cref="WaitAsync"/>, blocking the calling thread; woken straight from the interrupt's thread.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait with an exception.</param>
    public PcmError Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long deadlineNs = DeadlineNs(timeout);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PcmPollEvents events = PollOrEnqueue(blocking: true, out PcmRuntime? runtime, out PcmWaiter? waiter);
            if (waiter is null)
            {
                return WaitResult(events);
            }

            PcmWake wake = waiter.Block(Left(deadlineNs), cancellationToken);
            LeaveQueue(runtime!, waiter);
            if (wake == PcmWake.TimedOut)
            {
                return WaitResult(Poll());
            }
        }
    }

    private PcmError WaitResult(PcmPollEvents events) => events switch
    {
        PcmPollEvents.None => PcmError.TimedOut,
        PcmPollEvents.Ready => PcmError.None,
        _ when !IsOpen => PcmError.NotOpen,
        _ when Device.Card.IsDisconnected => PcmError.NoDevice,
        _ => StateError(State),
    };

    private static PcmPollEvents Poll_NeedsLock(PcmRuntime runtime)
    {
        switch (runtime.Lifecycle.State)
        {
            case PcmState.Running or PcmState.Prepared or PcmState.Paused:
                return (ulong)runtime.Avail >= (ulong)runtime.SwParams.AvailMin ? PcmPollEvents.Ready : PcmPollEvents.None;
            case PcmState.Draining when runtime.Direction == PcmDirection.Playback:
                return PcmPollEvents.None;
            case PcmState.Draining:
                return runtime.Avail > 0 ? PcmPollEvents.Ready : PcmPollEvents.Ready | PcmPollEvents.Error;
            default:
                return PcmPollEvents.Ready | PcmPollEvents.Error;
        }
    }

    private PcmPollEvents PollOrEnqueue(bool blocking, out PcmRuntime? runtime, out PcmWaiter? waiter)
    {
        waiter = null;
        if (TryGetRuntime(out runtime) != PcmError.None)
        {
            return Poll();
        }

        PcmStreamLock held = EnterStream();
        try
        {
            PcmPollEvents events = Poll_NeedsLock(runtime);
            if (events == PcmPollEvents.None)
            {
                waiter = runtime.Waiters.Rent();
                waiter.Arm(blocking);
                runtime.PollQueue.Enqueue(waiter);
            }

            return events;
        }
        finally
        {
            held.Exit();
        }
    }

    private void LeaveQueue(PcmRuntime runtime, PcmWaiter waiter)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            runtime.PollQueue.Remove(waiter);
            runtime.Waiters.Return(waiter);
        }
        finally
        {
            held.Exit();
        }
    }

    private long DeadlineNs(TimeSpan timeout) => timeout < TimeSpan.Zero ? long.MaxValue : Services.NowNs + (timeout.Ticks * 100);

    private TimeSpan Left(long deadlineNs) =>
        deadlineNs == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(Math.Max(0, (deadlineNs - Services.NowNs) / 100));
}
