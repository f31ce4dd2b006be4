namespace Pcm;

/// <content>The transfer loop (the kernel's <c>__snd_pcm_lib_xfer</c>), in steps between which the caller may wait. The hot path.</content>
public sealed partial class PcmSubstream
{
    /// <summary>What a step of the transfer asks for.</summary>
    private enum Ask
    {
        Nothing,
        Start,
        Wait,
    }

    /// <summary>The checks before any state but OPEN is looked at (fact sheet 6.1).</summary>
    private PcmError CheckTransfer(PcmRuntime runtime, PcmDirection direction, bool interleaved)
    {
        if (Direction != direction)
        {
            return PcmError.InvalidArgument;
        }

        if (runtime.Lifecycle.State == PcmState.Open)
        {
            return PcmError.BadState;
        }

        bool allowed = interleaved
            ? runtime.Access == PcmAccess.ReadWriteInterleaved || runtime.Channels == 1
            : runtime.Access == PcmAccess.ReadWriteNonInterleaved;
        return allowed ? PcmError.None : PcmError.InvalidArgument;
    }

    private static PcmError TransferState(PcmState state) => state switch
    {
        PcmState.Prepared or PcmState.Running or PcmState.Paused => PcmError.None,
        PcmState.XRun => PcmError.XRun,
        PcmState.Suspended => PcmError.Suspended,
        _ => PcmError.BadState,
    };

    /// <summary>Runs the transfer until it is done or needs a START or a wait. Context: no lock held.</summary>
    private Ask Step(PcmRuntime runtime, in PcmUserFrames user, ref PcmTransferCursor cursor)
    {
        if (cursor.Frames == 0)
        {
            return Ask.Nothing; // succeeds in every state but OPEN, and looks at nothing
        }

        PcmStreamLock held = EnterStream();
        try
        {
            switch (cursor.Next)
            {
                case PcmTransferCursor.Step.Enter when EnterTransfer_NeedsLock(runtime, ref cursor):
                    return Ask.Start;
                case PcmTransferCursor.Step.CaptureStarted or PcmTransferCursor.Step.PlaybackStarted when cursor.StartResult != PcmError.None:
                    cursor.Error = cursor.StartResult;
                    break;
                case PcmTransferCursor.Step.CaptureStarted:
                    cursor.Avail = runtime.Avail;
                    break;
                case PcmTransferCursor.Step.Woken when AfterWait_NeedsLock(runtime, ref cursor):
                    return Ask.Wait;
            }

            cursor.Next = PcmTransferCursor.Step.Copy;
            while (cursor.Done < cursor.Frames && cursor.Error == PcmError.None)
            {
                if (cursor.Avail == 0)
                {
                    if (BeginWait_NeedsLock(runtime, ref cursor))
                    {
                        return Ask.Wait;
                    }

                    continue;
                }

                if (CopyChunk_NeedsLock(runtime, in user, ref cursor, ref held))
                {
                    return Ask.Start;
                }
            }

            runtime.TransferWake = 0;
            if (cursor.Done > 0 && cursor.Error >= PcmError.None && runtime == _runtime)
            {
                UpdateState_NeedsLock(runtime);
            }

            return Ask.Nothing;
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>The first look.</summary>
    /// <returns>True when capture must be started first.</returns>
    private bool EnterTransfer_NeedsLock(PcmRuntime runtime, ref PcmTransferCursor cursor)
    {
        cursor.Error = TransferState(runtime.Lifecycle.State);
        if (cursor.Error != PcmError.None)
        {
            return false;
        }

        runtime.TransferWake = Math.Max(1, runtime.SwParams.AvailMin);
        if (runtime.Lifecycle.State == PcmState.Running)
        {
            UpdatePointer_NeedsLock(runtime);
        }

        if (Direction == PcmDirection.Capture && runtime.Lifecycle.State == PcmState.Prepared
            && (ulong)cursor.Frames >= (ulong)runtime.SwParams.StartThreshold)
        {
            cursor.Next = PcmTransferCursor.Step.CaptureStarted;
            return true;
        }

        cursor.Avail = runtime.Avail;
        return false;
    }

    /// <summary>Copies one piece that does not wrap, with the lock dropped meanwhile.</summary>
    /// <returns>True when playback must be started now.</returns>
    private bool CopyChunk_NeedsLock(PcmRuntime runtime, in PcmUserFrames user, ref PcmTransferCursor cursor, ref PcmStreamLock held)
    {
        long offset = runtime.ApplicationPosition % runtime.BufferFrames;
        int frames = (int)Math.Min(Math.Min(cursor.Frames - cursor.Done, cursor.Avail), runtime.BufferFrames - offset);
        if (runtime.BufferAccess < 0)
        {
            cursor.Error = PcmError.Busy; // a configuration verb owns the ring
            return false;
        }

        runtime.BufferAccess++;
        held.Exit();
        PcmError copied = Copy(runtime, in user, cursor.Interleaved, cursor.Done, (int)offset, frames);
        held = EnterStream();
        runtime.BufferAccess--;

        // Frames copied while the state changed, or that the backend refuses, are not counted.
        cursor.Error = copied < PcmError.None ? copied : runtime != _runtime ? PcmError.BadState : TransferState(runtime.Lifecycle.State);
        if (cursor.Error != PcmError.None)
        {
            return false;
        }

        cursor.Error = ApplyApplicationPosition_NeedsLock(runtime, PcmRing.Forward(runtime.ApplicationPosition, frames, runtime.Boundary));
        if (cursor.Error != PcmError.None)
        {
            return false;
        }

        cursor.Done += frames;
        cursor.Avail -= frames;
        if (Direction == PcmDirection.Playback && runtime.Lifecycle.State == PcmState.Prepared && !runtime.Starting
            && runtime.HardwareAvail >= runtime.SwParams.StartThreshold)
        {
            cursor.Next = PcmTransferCursor.Step.PlaybackStarted;
            return true;
        }

        return false;
    }

    /// <summary>Nothing available: refuse, finish, or enqueue a wait.</summary>
    /// <returns>True when the caller must wait on <see cref="PcmTransferCursor.Waiter"/>.</returns>
    private bool BeginWait_NeedsLock(PcmRuntime runtime, ref PcmTransferCursor cursor)
    {
        if (Direction == PcmDirection.Capture && runtime.Lifecycle.State == PcmState.Draining)
        {
            StopGroup_NeedsLock(PcmTrigger.Stop); // drained by another thread: return what there is
            cursor.Error = PcmError.None;
            cursor.Avail = 0;
            cursor.Next = PcmTransferCursor.Step.Copy;
            return EndEarly(ref cursor);
        }

        if (cursor.NonBlocking)
        {
            cursor.Error = PcmError.Again;
            return false;
        }

        runtime.TransferWake = Math.Min(cursor.Frames - cursor.Done, Math.Max(1, runtime.SwParams.AvailMin));
        return WaitUnlessReady_NeedsLock(runtime, ref cursor);
    }

    /// <summary>Ends the transfer without an error: the positive marker stops the loop and is no failure.</summary>
    private static bool EndEarly(ref PcmTransferCursor cursor)
    {
        cursor.Error = (PcmError)1;
        return false;
    }

    private static bool WaitUnlessReady_NeedsLock(PcmRuntime runtime, ref PcmTransferCursor cursor)
    {
        cursor.Avail = runtime.Avail;
        if (cursor.Avail >= runtime.TransferWake)
        {
            return false;
        }

        PcmWaiter waiter = runtime.Waiters.Rent();
        waiter.Arm(cursor.BlocksThread);
        runtime.TransferQueue.Enqueue(waiter);
        cursor.Waiter = waiter;
        cursor.Next = PcmTransferCursor.Step.Woken;
        return true;
    }

    /// <summary>After a wait: the state decides first, then the time-out, then what is available (fact sheet 6.4).</summary>
    /// <returns>True when it must wait on.</returns>
    private bool AfterWait_NeedsLock(PcmRuntime runtime, ref PcmTransferCursor cursor)
    {
        runtime.TransferQueue.Remove(cursor.Waiter!);
        runtime.Waiters.Return(cursor.Waiter!);
        cursor.Waiter = null;
        PcmState state = runtime == _runtime ? runtime.Lifecycle.State : PcmState.Open;
        switch (state)
        {
            case PcmState.Suspended:
                cursor.Error = PcmError.Suspended;
                return false;
            case PcmState.XRun:
                cursor.Error = PcmError.XRun;
                return false;
            case PcmState.Draining:
                cursor.Error = Direction == PcmDirection.Playback ? PcmError.XRun : PcmError.None;
                cursor.Avail = 0; // in capture the marker that the loop understands
                return false;
            case PcmState.Open or PcmState.Setup or PcmState.Disconnected:
                cursor.Error = PcmError.BadState;
                return false;
        }

        if (cursor.Wake == PcmWake.Cancelled)
        {
            cursor.Error = PcmError.Interrupted;
            return false;
        }

        if (state != PcmState.Paused && cursor.Wake == PcmWake.TimedOut)
        {
            cursor.Error = PcmError.IO;
            return false;
        }

        return WaitUnlessReady_NeedsLock(runtime, ref cursor);
    }

    private PcmError Copy(PcmRuntime runtime, in PcmUserFrames user, bool interleaved, int done, int offset, int frames)
    {
        try
        {
            if (!interleaved)
            {
                return CopyPlanes(runtime, in user, done, offset, frames);
            }

            int at = (int)runtime.FramesToBytes(offset), from = (int)runtime.FramesToBytes(done), count = (int)runtime.FramesToBytes(frames);
            return Direction == PcmDirection.Capture ? Ops.CopyFromRing(runtime, at, user.Destination.Slice(from, count))
                : user.Source.IsEmpty ? PcmSilence.FillPiece(runtime, Ops, offset, frames)
                : Ops.CopyToRing(runtime, at, user.Source.Slice(from, count));
        }
        catch (Exception e)
        {
            return OpThrew(e); // the caller re-takes the lock either way
        }
    }

    private PcmError CopyPlanes(PcmRuntime runtime, in PcmUserFrames user, int done, int offset, int frames)
    {
        if (Direction == PcmDirection.Playback && user.SourcePlanes.IsEmpty)
        {
            return PcmSilence.FillPiece(runtime, Ops, offset, frames);
        }

        int sampleBits = runtime.SampleBits;
        int channelBytes = (int)(runtime.FramesToBytes(runtime.BufferFrames) / runtime.Channels);
        int from = (int)((long)done * sampleBits / 8), count = (int)((long)frames * sampleBits / 8);
        for (int channel = 0; channel < runtime.Channels; channel++)
        {
            int at = (channel * channelBytes) + (int)((long)offset * sampleBits / 8);
            PcmError error = Direction == PcmDirection.Capture
                ? Ops.CopyFromRing(runtime, at, user.DestinationPlanes[channel].Span.Slice(from, count))
                : user.SourcePlanes[channel].IsEmpty
                    ? Ops.FillSilence(runtime, at, count)
                    : Ops.CopyToRing(runtime, at, user.SourcePlanes[channel].Span.Slice(from, count));
            if (error < PcmError.None)
            {
                return error;
            }
        }

        return PcmError.None;
    }
}
