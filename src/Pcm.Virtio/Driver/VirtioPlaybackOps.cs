namespace Pcm.Virtio;

/// <summary>
/// The playback data path. A period is handed to the device when the application has written all of it, never before: the device may read a
/// message the moment it is published. The end of a drain, and a device about to starve, get what there is as a short message.
/// </summary>
/// <remarks>Thread safety: as <see cref="VirtioPcmOps"/>.</remarks>
internal sealed class VirtioPlaybackOps(VirtioSoundDriver driver, VirtioStreamInfo info, SoundQueue queue) : VirtioPcmOps(driver, info, queue)
{
    /// <summary>The next frame to send, modulo the boundary. Guarded by the queue lock.</summary>
    private long _sent;

    public override PcmError Ack() => Runtime is { } runtime && Pool is not null ? Send(runtime, rest: false) : PcmError.None;

    public override long GetRewindable(PcmRuntime runtime)
    {
        using (Queue.Lock.EnterScope())
        {
            return Math.Max(0, Unsent(runtime));
        }
    }

    protected override void RestartAt_NeedsQueueLock(long ringFrame) => _sent = ringFrame;

    protected override bool TopUp_NeedsQueueLock(PcmRuntime runtime) =>
        Pool is not null && TrySend_NeedsQueueLock(runtime, rest: false, out bool notify) && notify;

    protected override void SendRest()
    {
        if (Runtime is { } runtime)
        {
            Send(runtime, rest: true);
        }
    }

    protected override void Completed_NeedsQueueLock(ushort message, uint written, in VirtioSoundPcmStatus status)
    {
        NoteLatency_NeedsQueueLock(in status);
        Advance_NeedsQueueLock(Notes[message]);
    }

    /// <returns>EINVAL: the application went back into what the device has; the core undoes it.</returns>
    private PcmError Send(PcmRuntime runtime, bool rest)
    {
        bool sent, notify;
        using (Queue.Lock.EnterScope())
        {
            sent = TrySend_NeedsQueueLock(runtime, rest, out notify);
        }

        Notify(notify);
        return sent ? PcmError.None : PcmError.InvalidArgument;
    }

    /// <summary>Sends what can be sent. False: the application is behind what was sent.</summary>
    private bool TrySend_NeedsQueueLock(PcmRuntime runtime, bool rest, out bool notify)
    {
        notify = false;
        if (Unsent(runtime) < 0 && !runtime.IsFreeRunning)
        {
            return false;
        }

        while (NextMessage_NeedsLock(runtime, rest) is var frames && frames > 0
            && TrySendOne_NeedsQueueLock(_sent % runtime.BufferFrames, frames))
        {
            _sent = PcmRing.Forward(_sent, frames, runtime.Boundary);
        }

        notify = Queue.Publish_NeedsLock();
        return true;
    }

    /// <summary>How many frames the next message has; 0: nothing to send now.</summary>
    private long NextMessage_NeedsLock(PcmRuntime runtime, bool rest)
    {
        long unsent = Unsent(runtime);
        if (unsent >= runtime.PeriodFrames)
        {
            return runtime.PeriodFrames;
        }

        if (IsTransferring && runtime.IsFreeRunning && InFlight < FreeRunMessages)
        {
            return runtime.PeriodFrames; // whatever the ring holds: that is what free running means
        }

        bool starves = IsTransferring && InFlight == 0;
        return rest ? Math.Max(0, unsent)
            : starves && unsent > 0 ? unsent - (unsent % MessageStepFrames)
            : 0;
    }

    private bool TrySendOne_NeedsQueueLock(long ringFrame, long frames)
    {
        if (!TrySend_NeedsQueueLock(ringFrame, frames, deviceReads: true, out ushort message))
        {
            return false;
        }

        Notes[message] = (int)frames;
        return true;
    }

    /// <summary>Frames written and not sent; negative when the application is behind what was sent. Context: queue lock held.</summary>
    private long Unsent(PcmRuntime runtime)
    {
        long ahead = PcmRing.Back(ApplicationFrame(runtime), _sent, runtime.Boundary);
        return ahead > runtime.Boundary / 2 ? ahead - runtime.Boundary : ahead;
    }
}
