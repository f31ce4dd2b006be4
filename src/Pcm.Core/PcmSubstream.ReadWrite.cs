namespace Pcm;

/// <content>Write and read: without waiting, awaited, and blocking the thread for real-time callers.</content>
public sealed partial class PcmSubstream
{
    /// <summary>
    /// Writes what fits now; never waits. Starts the stream when the start threshold is reached.
    /// </summary>
    /// <param name="frames">Whole interleaved frames.</param>
    /// <param name="written">Frames taken, <c>[0 .. frames]</c>.</param>
    /// <returns>
    /// Success when anything was taken. EAGAIN: full. EPIPE: xrun. ESTRPIPE: suspended. EBADFD: wrong state. EINVAL: a capture stream, or planar access.
    /// EBUSY: hw_params, hw_free or prepare is under way. What START answered, when a backend's START completes at once; else the next call tells.
    /// </returns>
    /// <exception cref="ArgumentException">The length is no whole number of frames.</exception>
    public PcmError Write(ReadOnlySpan<byte> frames, out int written) =>
        TransferNow(PcmDirection.Playback, PcmUserFrames.From(frames), frames.Length, out written);

    /// <summary>Reads what is there now; never waits. Starts a prepared stream when it asks for at least the start threshold.</summary>
    /// <param name="frames">Room for whole interleaved frames.</param>
    /// <param name="read">Frames read, <c>[0 .. frames]</c>.</param>
    /// <returns>As <see cref="Write"/>; EAGAIN: empty.</returns>
    /// <exception cref="ArgumentException">The length is no whole number of frames.</exception>
    public PcmError Read(Span<byte> frames, out int read) =>
        TransferNow(PcmDirection.Capture, PcmUserFrames.To(frames), frames.Length, out read);

    /// <summary>
    /// Writes all, waiting for space. With <see cref="NonBlocking"/> captured at open or prepare it does not wait.
    /// </summary>
    /// <param name="frames">Whole interleaved frames; must stay valid until the result is there.</param>
    /// <param name="cancellationToken">Ends the wait: what was written is returned, or the call throws if that is nothing.</param>
    /// <returns>Fewer frames than given when something ended it; the next call says what. EIO: no progress for <see cref="WaitTime"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled with nothing written.</exception>
    public ValueTask<PcmTransfer> WriteAsync(ReadOnlyMemory<byte> frames, CancellationToken cancellationToken = default) =>
        TransferAsync(new WrittenFrames(frames), cancellationToken);

    /// <summary>Reads until <paramref name="frames"/> is full, waiting for data. Otherwise as <see cref="WriteAsync"/>.</summary>
    /// <param name="frames">Room for whole interleaved frames.</param>
    /// <param name="cancellationToken">Ends the wait: what was read is returned, or the call throws if that is nothing.</param>
    /// <exception cref="OperationCanceledException">Cancelled with nothing read.</exception>
    public ValueTask<PcmTransfer> ReadAsync(Memory<byte> frames, CancellationToken cancellationToken = default) =>
        TransferAsync(new ReadFrames(frames), cancellationToken);

    /// <summary>
    /// Writes all, blocking the calling thread; for real-time threads: it is woken straight from the interrupt's thread, not through the thread pool.
    /// </summary>
    /// <param name="frames">Whole interleaved frames.</param>
    /// <param name="timeout">How long to wait in all; <see cref="Timeout.InfiniteTimeSpan"/>: only the no-progress rule (EIO) ends it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>As <see cref="WriteAsync"/>; ETIMEDOUT when <paramref name="timeout"/> passed with nothing written.</returns>
    public PcmTransfer WriteBlocking(ReadOnlySpan<byte> frames, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TransferBlocking(PcmDirection.Playback, PcmUserFrames.From(frames), frames.Length, timeout, cancellationToken);

    /// <summary>Reads until full, blocking the calling thread. Otherwise as <see cref="WriteBlocking"/>.</summary>
    /// <param name="frames">Room for whole interleaved frames.</param>
    /// <param name="timeout">How long to wait in all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public PcmTransfer ReadBlocking(Span<byte> frames, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TransferBlocking(PcmDirection.Capture, PcmUserFrames.To(frames), frames.Length, timeout, cancellationToken);

    private PcmError TransferNow(PcmDirection direction, in PcmUserFrames user, int bytes, out int done)
    {
        done = 0;
        PcmError error = BeginTransfer(direction, interleaved: true, bytes, out PcmRuntime runtime, out PcmTransferCursor cursor, nonBlocking: true);
        return error != PcmError.None ? error : TransferNow(runtime, in user, ref cursor, out done);
    }

    private PcmError TransferNow(PcmRuntime runtime, in PcmUserFrames user, ref PcmTransferCursor cursor, out int done)
    {
        while (Step(runtime, in user, ref cursor) != Ask.Nothing)
        {
            cursor.StartResult = TryStartFromTransfer(); // a wait is never asked for
        }

        done = cursor.Done;
        return Settle(cursor.Result).Error;
    }

    private PcmTransfer TransferBlocking(
        PcmDirection direction, in PcmUserFrames user, int bytes, TimeSpan timeout, CancellationToken cancellationToken)
    {
        PcmError error = BeginTransfer(direction, interleaved: true, bytes, out PcmRuntime runtime, out PcmTransferCursor cursor);
        if (error != PcmError.None)
        {
            return new PcmTransfer(error, 0);
        }

        cursor.BlocksThread = true;
        long deadlineNs = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Services.NowNs + (timeout.Ticks * 100);
        while (true)
        {
            switch (Step(runtime, in user, ref cursor))
            {
                case Ask.Nothing:
                    return EndTransfer(in cursor, cancellationToken);
                case Ask.Start:
                    cursor.StartResult = BlockOn(StartFromTransferAsync(cancellationToken));
                    break;
                default:
                    TimeSpan progress = TransferTimeout(runtime);
                    TimeSpan left = deadlineNs == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(Math.Max(0, (deadlineNs - Services.NowNs) / 100));
                    bool userFirst = left != Timeout.InfiniteTimeSpan && (progress == Timeout.InfiniteTimeSpan || left < progress);
                    cursor.Wake = cursor.Waiter!.Block(userFirst ? left : progress, cancellationToken);
                    if (userFirst && cursor.Wake == PcmWake.TimedOut)
                    {
                        return AbandonTransfer(runtime, ref cursor);
                    }

                    break;
            }
        }
    }

    /// <summary>The caller's own time is up: leave the wait queue and return what there is.</summary>
    private PcmTransfer AbandonTransfer(PcmRuntime runtime, ref PcmTransferCursor cursor)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            runtime.TransferQueue.Remove(cursor.Waiter!);
            runtime.Waiters.Return(cursor.Waiter!);
            cursor.Waiter = null;
            runtime.TransferWake = 0;
        }
        finally
        {
            held.Exit();
        }

        return new PcmTransfer(cursor.Done > 0 ? PcmError.None : PcmError.TimedOut, cursor.Done);
    }

    /// <summary>Entry checks in the kernel's order, then the cursor.</summary>
    private PcmError BeginTransfer(
        PcmDirection direction, bool interleaved, int bytes, out PcmRuntime runtime, out PcmTransferCursor cursor, bool nonBlocking = false)
    {
        cursor = default;
        PcmError error = TryGetRuntime(out runtime);
        if (error != PcmError.None)
        {
            return error;
        }

        error = CheckTransfer(runtime, direction, interleaved);
        if (error != PcmError.None)
        {
            return error;
        }

        int align = interleaved ? runtime.ByteAlign : Math.Max(1, runtime.SampleBits / 8);
        if (bytes % align != 0)
        {
            throw new ArgumentException($"{bytes} bytes are no whole number of frames of {align} bytes.", nameof(bytes));
        }

        long frames = interleaved ? runtime.BytesToFrames(bytes) : (long)bytes * 8 / runtime.SampleBits;
        cursor = new PcmTransferCursor((int)frames, nonBlocking || runtime.NonBlocking, interleaved);
        return PcmError.None;
    }

    private static PcmTransfer EndTransfer(in PcmTransferCursor cursor, CancellationToken cancellationToken)
    {
        if (cursor.Done == 0 && cursor.Error == PcmError.Interrupted)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Settle(cursor.Result);
    }

    /// <summary>The marker of an early end is no error.</summary>
    private static PcmTransfer Settle(PcmTransfer result) => result.Error > PcmError.None ? result with { Error = PcmError.None } : result;

    private TimeSpan TransferTimeout(PcmRuntime runtime) =>
        runtime.NoPeriodWakeup ? Timeout.InfiniteTimeSpan : WaitTime ?? DefaultWaitTime(runtime);

    /// <summary>1.1 times the ring, at least 100 ms.</summary>
    private static TimeSpan DefaultWaitTime(PcmRuntime runtime) =>
        TimeSpan.FromMilliseconds(Math.Max(100, runtime.BufferFrames * 1100L / runtime.Rate));

    /// <summary>START for a transfer that may wait. Another thread may have started meanwhile; then there is nothing to do.</summary>
    private async ValueTask<PcmError> StartFromTransferAsync(CancellationToken cancellationToken)
    {
        PcmStreamGroup group = await EnterGateAsync(cancellationToken);
        try
        {
            await PayOwedAsync(group);
            return _runtime is { } runtime && runtime.Lifecycle.State == PcmState.Prepared
                ? await ActAsync(group, PcmAction.Start, cancellationToken)
                : PcmError.None;
        }
        finally
        {
            group.Gate.Exit();
        }
    }

    /// <summary>
    /// START for a transfer that must not wait: a backend that starts at once answers here; one that waits, or a gate that is taken,
    /// lets the transfer go on, and the next call meets the state that START left.
    /// </summary>
    private PcmError TryStartFromTransfer()
    {
        ValueTask<PcmError> start = StartFromTransferAsync(CancellationToken.None);
        if (start.IsCompleted)
        {
            return start.GetAwaiter().GetResult();
        }

        Forget(LogStartAsync(start));
        return PcmError.None;
    }

    private async ValueTask LogStartAsync(ValueTask<PcmError> start)
    {
        PcmError error = await start;
        if (error != PcmError.None)
        {
            PcmLog.AutoStartFailed(_log, this, error);
        }
    }

    /// <summary>Blocks the thread until a verb is done; the scheduler decides what blocking means.</summary>
    private PcmError BlockOn(ValueTask<PcmError> task)
    {
        if (task.IsCompleted)
        {
            return task.GetAwaiter().GetResult();
        }

        using var done = new ManualResetEventSlim();
        Task<PcmError> running = task.AsTask();
        running.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(done.Set);
        Services.Scheduler.Block(done, Timeout.InfiniteTimeSpan, CancellationToken.None);
        return running.GetAwaiter().GetResult();
    }
}
