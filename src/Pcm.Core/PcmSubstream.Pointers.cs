namespace Pcm;

/// <content>The hardware position: the kernel's <c>snd_pcm_update_hw_ptr0</c> and what follows from it.</content>
public sealed partial class PcmSubstream
{
    internal void PeriodElapsed(PcmRuntime runtime)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            if (runtime == _runtime)
            {
                PeriodElapsed_NeedsLock(runtime);
            }
        }
        finally
        {
            held.Exit();
        }
    }

    internal void SignalXRun(PcmRuntime runtime)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            if (runtime != _runtime)
            {
                return;
            }

            runtime.XRunWhileStarting |= runtime.Starting;
            if (runtime.IsMoving)
            {
                XRun_NeedsLock(runtime);
            }
        }
        finally
        {
            held.Exit();
        }
    }

    internal void SignalSourceLost(PcmRuntime runtime)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            if (runtime == _runtime && runtime.Lifecycle.State == PcmState.Running)
            {
                StopGroup_NeedsLock(PcmTrigger.Drain);
            }
        }
        finally
        {
            held.Exit();
        }
    }

    internal void SignalDisconnect(PcmRuntime runtime)
    {
        PcmStreamLock held = EnterStream();
        try
        {
            if (runtime == _runtime)
            {
                Disconnect_NeedsLock(runtime);
            }
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>Hot unplug: a running group stops, this stream is gone, every wait ends.</summary>
    internal void Disconnect_NeedsLock(PcmRuntime runtime)
    {
        if (runtime.IsMoving && StopGroup_NeedsLock(PcmTrigger.Disconnect) != PcmError.None)
        {
            StopOne_NeedsLock(runtime, PcmTrigger.Disconnect); // a linked stream in OPEN makes the kernel's group stop fail as a whole
        }

        if (runtime.Lifecycle.State == PcmState.Paused)
        {
            runtime.OwedTrigger = PcmCommand.Stop; // the kernel leaves paused hardware as it is; nobody would ever stop it
            SchedulePay();
        }

        if (runtime.Lifecycle.State != PcmState.Disconnected)
        {
            runtime.Lifecycle.Commit(PcmTrigger.Disconnect);
        }

        runtime.PollQueue.WakeAll();
        runtime.TransferQueue.WakeAll();
    }

    /// <summary>What a successful START sets; <paramref name="trigger"/> is Drain when drain started the stream.</summary>
    internal void StartCommitted_NeedsLock(PcmRuntime runtime, PcmTrigger trigger, long nowNs)
    {
        runtime.UpdateTicks = Services.ToTicks(nowNs);
        runtime.BufferTicks = (long)runtime.BufferFrames * Services.TicksPerSecond / runtime.Rate;
        runtime.Lifecycle.Commit(trigger);
        if (runtime.Direction == PcmDirection.Playback && runtime.SwParams.SilenceSize != 0)
        {
            PcmSilence.Fill(runtime, Ops, PcmSilence.Init);
        }
    }

    /// <summary>
    /// The reference of the lost-lap rule after a pause: now; or, as the kernel has it, 1000 s ago, which makes the next early interrupt a bogus lap.
    /// </summary>
    internal void RebaseAfterPause_NeedsLock(PcmRuntime runtime, long nowNs)
    {
        long now = Services.ToTicks(nowNs);
        runtime.UpdateTicks = Services.Options.KernelPauseReference ? now - (1000L * Services.TicksPerSecond) : now;
    }

    private void PeriodElapsed_NeedsLock(PcmRuntime runtime)
    {
        PcmMetrics.Period(Direction);
        runtime.PeriodWhileStarting |= runtime.Starting;
        if (runtime.IsMoving)
        {
            UpdatePointer_NeedsLock(runtime, inInterrupt: true);
        }
    }

    /// <summary>Reads the position and stores it. Steps as numbered in the fact sheet, 5.3.</summary>
    /// <returns>EPIPE when the stream left its running state by it.</returns>
    private PcmError UpdatePointer_NeedsLock(PcmRuntime runtime, bool inInterrupt = false)
    {
        long old = runtime.HardwarePosition;
        PcmPosition position = Ops.GetPointer();
        long now = Services.NowNs;
        long ticks = Services.ToTicks(now);
        if (position.IsXRun)
        {
            XRun_NeedsLock(runtime);
            return PcmError.XRun;
        }

        long audioSystemNs = runtime.SwParams.Timestamps ? TakeTimestamp_NeedsLock(runtime, now, out long audioNs) : NoTimestamp(out audioNs);
        long frame = position.Frame;
        if (frame < 0 || frame >= runtime.BufferFrames)
        {
            PcmLog.InvalidPosition(_log, this, frame, runtime.BufferFrames);
            frame = 0;
        }

        frame -= frame % runtime.MinAlign;
        var lap = new PcmLap(runtime.HardwareBase, frame);
        if (!Unfold(runtime, ref lap, ticks, inInterrupt, out long delta))
        {
            return PcmError.None;
        }

        if (lap.Position == old)
        {
            runtime.UpdateTicks = ticks;
            StoreAudioTimestamp_NeedsLock(runtime, audioSystemNs, audioNs);

            // Not so in the kernel: hardware with nothing left to play moves no more, and the end of a drain must not wait for it.
            return inInterrupt && runtime.Lifecycle.State == PcmState.Draining ? UpdateState_NeedsLock(runtime) : PcmError.None;
        }

        if (delta > runtime.PeriodFrames + (runtime.PeriodFrames / 2))
        {
            PcmLog.LostInterrupts(_log, this, delta, runtime.PeriodFrames);
        }

        if (runtime.Direction == PcmDirection.Playback && runtime.SwParams.SilenceSize != 0)
        {
            PcmSilence.Fill(runtime, Ops, lap.Position); // while HardwarePosition is still the old one
        }

        if (inInterrupt)
        {
            long passed = PcmRing.Back(lap.Position, runtime.HardwareInterrupt, runtime.Boundary);
            passed -= passed % runtime.PeriodFrames;
            runtime.HardwareInterrupt = PcmRing.Forward(runtime.HardwareInterrupt, passed, runtime.Boundary);
        }

        runtime.HardwareBase = lap.Base;
        runtime.HardwarePosition = lap.Position;
        runtime.UpdateTicks = ticks;
        runtime.HardwareWrap += lap.Crossed * runtime.Boundary;
        StoreAudioTimestamp_NeedsLock(runtime, audioSystemNs, audioNs);
        return UpdateState_NeedsLock(runtime);
    }

    /// <summary>Steps 5 to 10: from a position in the ring to one modulo the boundary, with the laps that went by unseen.</summary>
    /// <returns>False when the result is absurd and nothing is to be stored.</returns>
    private bool Unfold(PcmRuntime runtime, ref PcmLap lap, long ticks, bool inInterrupt, out long delta)
    {
        long old = runtime.HardwarePosition;
        long sinceUpdate = ticks - runtime.UpdateTicks;
        bool counted = false;
        if (inInterrupt && runtime.HardwareInterrupt + runtime.PeriodFrames > lap.Position && sinceUpdate > (runtime.BufferTicks / 2) + 1)
        {
            lap.NextLap(runtime.BufferFrames, runtime.Boundary); // half a buffer of time and no new period: a whole lap went by
            counted = true;
        }

        if (!counted && lap.Position < old)
        {
            lap.NextLap(runtime.BufferFrames, runtime.Boundary);
        }

        delta = lap.Position - old;
        if (delta < 0)
        {
            delta += runtime.Boundary;
        }

        if (runtime.NoPeriodWakeup)
        {
            if (sinceUpdate >= runtime.BufferTicks / 2)
            {
                long unexplained = sinceUpdate - (delta * Services.TicksPerSecond / runtime.Rate);
                while (unexplained > (runtime.BufferTicks / 2) + 1)
                {
                    delta += runtime.BufferFrames;
                    lap.NextLap(runtime.BufferFrames, runtime.Boundary);
                    unexplained -= Math.Max(runtime.BufferTicks, 1); // a ring shorter than a tick must not loop for ever
                }
            }

            return true;
        }

        if (delta >= runtime.BufferFrames + runtime.PeriodFrames)
        {
            PcmLog.UnexpectedPosition(_log, this, delta, runtime.BufferFrames);
            return false;
        }

        return true;
    }

    /// <summary>What follows from the positions: end of a drain, xrun, wake-ups (the kernel's <c>snd_pcm_update_state</c>, 5.5).</summary>
    private PcmError UpdateState_NeedsLock(PcmRuntime runtime)
    {
        long avail = runtime.Avail;
        runtime.AvailMax = Math.Max(runtime.AvailMax, avail);
        if (runtime.Lifecycle.State == PcmState.Draining)
        {
            if (avail >= runtime.BufferFrames)
            {
                StopOne_NeedsLock(runtime, PcmTrigger.Stop); // this stream only, not the group
                return PcmError.XRun;
            }
        }
        else if ((ulong)avail >= (ulong)runtime.SwParams.StopThreshold)
        {
            XRun_NeedsLock(runtime);
            return PcmError.XRun;
        }

        if (runtime.TransferWake != 0)
        {
            if (avail >= runtime.TransferWake)
            {
                runtime.TransferQueue.WakeAll(); // poll waiters are not woken while a transfer waits
            }
        }
        else if ((ulong)avail >= (ulong)runtime.SwParams.AvailMin)
        {
            runtime.PollQueue.WakeAll();
        }

        return PcmError.None;
    }

    /// <summary>Moves the application position and tells the backend; undone when the backend refuses (5.6).</summary>
    private PcmError ApplyApplicationPosition_NeedsLock(PcmRuntime runtime, long position)
    {
        long old = runtime.ApplicationPosition;
        if (position == old)
        {
            return PcmError.None;
        }

        if ((ulong)position >= (ulong)runtime.Boundary)
        {
            return PcmError.InvalidArgument;
        }

        if ((runtime.Info & PcmInfo.NoRewinds) != 0) // not HasFlag, which allocates until the JIT has optimized it
        {
            bool forward = PcmRing.Back(position, old, runtime.Boundary) <= runtime.BufferFrames;
            if (!forward && PcmRing.Back(old, position, runtime.Boundary) > Ops.GetRewindable(runtime))
            {
                return PcmError.InvalidArgument;
            }
        }

        runtime.ApplicationPosition = position;
        PcmError error = Ops.Ack();
        if (error < PcmError.None)
        {
            runtime.ApplicationPosition = old;
            if (error == PcmError.XRun)
            {
                XRun_NeedsLock(runtime);
            }

            return error;
        }

        return PcmError.None;
    }

    /// <summary>Waits that look at the hardware first (the kernel's <c>do_pcm_hwsync</c>).</summary>
    private PcmError HwSync_NeedsLock(PcmRuntime runtime) => runtime.Lifecycle.State switch
    {
        PcmState.Draining when runtime.Direction == PcmDirection.Playback => UpdatePointer_NeedsLock(runtime),
        PcmState.Running => UpdatePointer_NeedsLock(runtime),
        PcmState.Prepared or PcmState.Paused => PcmError.None,
        PcmState.Suspended => PcmError.Suspended,
        PcmState.XRun => PcmError.XRun,
        _ => PcmError.BadState,
    };

    /// <summary>A position on its lap around the ring.</summary>
    private struct PcmLap(long lapBase, long frame)
    {
        /// <summary>Position of the ring's first frame in this lap.</summary>
        public long Base = lapBase;

        /// <summary>Times that <see cref="Base"/> passed the boundary.</summary>
        public int Crossed;

        private readonly long _frame = frame;

        public readonly long Position => Base + _frame;

        public void NextLap(long bufferFrames, long boundary)
        {
            Base += bufferFrames;
            if (Base >= boundary)
            {
                Base = 0;
                Crossed++;
            }
        }
    }
}
