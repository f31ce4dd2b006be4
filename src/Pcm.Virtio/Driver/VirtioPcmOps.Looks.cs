namespace Pcm.Virtio;

/// <summary>When the core is made to look at the position: after messages, after events, and where neither will come.</summary>
internal abstract partial class VirtioPcmOps
{
    private void AfterUsed()
    {
        if (!IsTransferring || Runtime is not { } runtime)
        {
            return;
        }

        long untold = Volatile.Read(ref _untold);
        runtime.PeriodElapsed();
        while (HasUntold(ref untold))
        {
            runtime.PeriodElapsed(); // a whole ring at once: the rest of the way
        }
    }

    /// <summary>Whether there is something left to tell, and the last call told some of it.</summary>
    private bool HasUntold(ref long before)
    {
        long untold = Volatile.Read(ref _untold);
        bool told = untold > 0 && untold < before;
        before = untold;
        return told;
    }

    /// <summary>
    /// The device reports an xrun of this stream (EVT_PCM_XRUN). While draining it is the end of the data, not a failure: the last message tells.
    /// Context: no lock held.
    /// </summary>
    public void OnXRunEvent()
    {
        if (Runtime is { IsDraining: false } runtime)
        {
            Queue.Drain(); // the event may have overtaken the messages that ran out
            runtime.SignalXRun();
        }
    }

    /// <summary>The device reports that a period of this stream passed (EVT_PCM_PERIOD_ELAPSED). Context: no lock held.</summary>
    public void OnPeriodEvent()
    {
        Queue.Drain(); // what it finished comes first: the event may have overtaken it
        AfterUsed();
    }

    /// <summary>
    /// Makes the core look at the position as soon as the caller has let go, where no message will: what came back while the stream was being paused
    /// was not told, and may have been the last; or nothing is left. Not otherwise: an interrupt that tells nothing is one too many (the kernel's
    /// rule for lost laps takes it for a lap after a pause). Context: any.
    /// </summary>
    private void LookForTheEnd()
    {
        bool wanted;
        using (Queue.Lock.EnterScope())
        {
            wanted = _untold > 0 || InFlight == 0;
        }

        if (wanted)
        {
            LookAgain();
        }
    }

    /// <summary>
    /// What came back while the stream was not started (while it was being paused, or from a device that takes data before START) was told to nobody;
    /// where it was everything, no message will tell of it either. Context: in START; the core notes what it is told then, and looks when it has started.
    /// </summary>
    private void TellWhatCameBefore()
    {
        bool wanted;
        using (Queue.Lock.EnterScope())
        {
            wanted = _untold > 0 && InFlight == 0;
        }

        if (wanted)
        {
            AfterUsed();
            LookAgain(); // a whole ring takes two looks
        }
    }

    private void LookAgain() => _driver.Services.Scheduler.Schedule(static ops => ((VirtioPcmOps)ops!).AfterUsed(), this);

    /// <summary>
    /// A running device without a message says nothing, and a position that stands still is no xrun to the core; so what a reset left empty would run
    /// for ever. In a period's time, when the messages that were taken back would have begun to end, it has run dry. Context: gate held.
    /// </summary>
    private void RunDryAfterAPeriod(PcmRuntime runtime)
    {
        _dry ??= _driver.Services.CreateSharedTimer(static ops => ((VirtioPcmOps)ops!).RunDry(), this);
        _dry.Change(TimeSpan.FromSeconds((double)runtime.PeriodFrames / runtime.Rate), Timeout.InfiniteTimeSpan);
    }

    private void RunDry()
    {
        PcmRuntime? runtime;
        using (Queue.Lock.EnterScope())
        {
            runtime = IsTransferring && InFlight == 0 ? Runtime : null;
        }

        if (runtime is not null && runtime.SwParams.StopThreshold <= runtime.BufferFrames)
        {
            runtime.SignalXRun();
        }
    }
}
