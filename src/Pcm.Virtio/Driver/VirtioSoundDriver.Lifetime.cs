namespace Pcm.Virtio;

/// <summary>
/// The device's life after the probe: recovery, reset, freeze and thaw, removal. One step at a time, behind one gate; what interrupts find is only
/// noted, and carried out by a step of its own, so that a reset may be wanted from within a completion.
///
/// A step that takes the device's access away: (1) the generation counts up, and requests wait; (2) streams are told, running ones are in XRUN;
/// (3) the device is reset, and only when it says so (4) every message goes back to its owner and the rings are emptied, under the queue's lock.
/// A completion is taken under that lock too, so it comes before the reset as what it is, or never. A device that does not answer the reset is given
/// up, and what it may still touch stays in quarantine.
/// </summary>
public sealed partial class VirtioSoundDriver
{
    private readonly PcmGate _lifetime;
    private Phase _phase; // behind the gate
    private int _recoveryWanted;
    private int _ended;
    private int _disposed;
    private int _recoveriesInARow;
    private long _resets;

    private enum Phase
    {
        /// <summary>Usable.</summary>
        Running,

        /// <summary>Reset, and left so until it is thawed.</summary>
        Frozen,

        /// <summary>Given up or disposed.</summary>
        Ended,
    }

    /// <summary>How often the device was reset since the probe: recoveries, <see cref="ResetAsync"/>, thaws.</summary>
    public long Resets => Volatile.Read(ref _resets);

    /// <summary>
    /// Resets the device and sets it up again. Its streams are stopped and released first; running ones are in XRUN afterwards, and each goes on
    /// with its next prepare.
    /// </summary>
    /// <returns>False: the device is gone, frozen, or did not come back; in the last case the card is disconnected.</returns>
    public ValueTask<bool> ResetAsync() => StepAsync(static driver => driver.ResetStepAsync("asked for", deviceLives: true));

    /// <summary>
    /// System suspend: suspends the card's streams, takes everything back from the device and resets it. Requests wait until <see cref="ThawAsync"/>,
    /// or end with ETIMEDOUT (Linux's <c>freeze</c>).
    /// </summary>
    /// <returns>False: the device is gone, frozen already, or did not complete the reset; in the last case the card is disconnected.</returns>
    public async ValueTask<bool> FreezeAsync()
    {
        await Card.SuspendAsync();
        return await StepAsync(static driver => driver.FreezeStepAsync());
    }

    /// <summary>System resume: sets the device up again. Its streams stay SUSPENDED until the application prepares them (Linux's <c>restore</c>).</summary>
    /// <returns>False: it is not frozen, or did not come back; then the card is disconnected.</returns>
    public ValueTask<bool> ThawAsync() => StepAsync(static driver => driver.ThawStepAsync());

    /// <summary>A message came back as it should: the device works. Context: any; cheap.</summary>
    internal void NoteProgress()
    {
        if (_recoveriesInARow != 0)
        {
            _recoveriesInARow = 0;
        }
    }

    /// <summary>Notes that the device is of no use without a reset, and has it reset soon. Context: any, also a completion.</summary>
    /// <param name="broken">The queue whose rules it broke; null: it asks for the reset itself.</param>
    private void RequestRecovery(SoundQueue? broken)
    {
        if (Volatile.Read(ref _ended) != 0 || _card is null || Interlocked.Exchange(ref _recoveryWanted, 1) != 0)
        {
            return; // while probing, the probe fails by it
        }

        if (broken is null)
        {
            VirtioSoundLog.NeedsReset(Log);
        }
        else
        {
            VirtioSoundLog.QueueBroken(Log, broken.ToString());
        }

        Schedule(static driver => driver.RecoverAsync());
    }

    private async ValueTask RecoverAsync() => await StepAsync(static driver => driver.RecoverStepAsync());

    private async ValueTask<bool> RecoverStepAsync()
    {
        if (Volatile.Read(ref _recoveryWanted) == 0)
        {
            return true; // another reset came first
        }

        if (_recoveriesInARow >= Options.MaxRecoveries)
        {
            VirtioSoundLog.TooManyRecoveries(Log, _recoveriesInARow + 1);
            TryEnd(PcmError.IO);
            return false;
        }

        _recoveriesInARow++;
        return await ResetStepAsync("it failed", deviceLives: false);
    }

    private async ValueTask<bool> ResetStepAsync(string reason, bool deviceLives)
    {
        if (_phase != Phase.Running)
        {
            return false;
        }

        VirtioSoundLog.Recovering(Log, reason);
        return await TakeAccessAsync(deviceLives) && Volatile.Read(ref _ended) == 0 && Volatile.Read(ref _disposed) == 0 && await SetUpAgainAsync();
    }

    private async ValueTask<bool> FreezeStepAsync()
    {
        if (_phase != Phase.Running || !await TakeAccessAsync(deviceLives: true))
        {
            return false;
        }

        _phase = Phase.Frozen;
        return true;
    }

    private async ValueTask<bool> ThawStepAsync()
    {
        if (_phase != Phase.Frozen)
        {
            return false;
        }

        _phase = Phase.Running;
        return await SetUpAgainAsync();
    }

    private async ValueTask<bool> TakeAccessAsync(bool deviceLives)
    {
        bool answers = deviceLives;
        foreach (VirtioPcmOps? stream in _streams)
        {
            answers = answers && (stream is null || await stream.QuiesceAsync());
        }

        _control!.Pause();
        foreach (VirtioPcmOps? stream in _streams)
        {
            stream?.OnDeviceReset();
        }

        if (!await _device!.ResetAsync())
        {
            if (TryEnd(PcmError.IO))
            {
                VirtioSoundLog.RecoveryFailed(Log, $"it did not complete the reset within {Options.MessageTimeout}.");
            }

            return false;
        }

        Interlocked.Increment(ref _resets);
        VirtioMetrics.Reset();
        Volatile.Write(ref _recoveryWanted, 0); // what the rings said is gone with the reset
        foreach (SoundQueue queue in _queues)
        {
            queue.Restart();
        }

        return true;
    }

    private async ValueTask<bool> SetUpAgainAsync()
    {
        try
        {
            _device!.Renew();
            _events!.Fill();
            _device.Start();
            _queues[VirtioSoundQueues.Event].Notify();
        }
        catch (VirtioTransportException e)
        {
            if (TryEnd(e.Error))
            {
                VirtioSoundLog.RecoveryFailed(Log, e.Message);
            }

            return false;
        }

        _control!.Resume();
        await Elements.RefreshAsync(CancellationToken.None); // who was plugged or pulled meanwhile
        return true;
    }

    /// <summary>One step of the life, after those before it.</summary>
    private async ValueTask<bool> StepAsync(Func<VirtioSoundDriver, ValueTask<bool>> step)
    {
        await _lifetime.EnterAsync(CancellationToken.None);
        try
        {
            return Volatile.Read(ref _ended) == 0 && _phase != Phase.Ended && await step(this);
        }
        finally
        {
            _lifetime.Exit();
        }
    }

    private async ValueTask ShutDownAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _control?.Close(PcmError.NoDevice); // whoever waits for an answer, a step of the life among them
        await _lifetime.EnterAsync(CancellationToken.None);
        try
        {
            _phase = Phase.Ended;
            bool letGo = _device is null || await _device.ResetAsync();
            if (letGo)
            {
                ReclaimAll();
            }

            _control?.Free();
            _events?.Free(letGo);
            if (_device is not null)
            {
                await _device.DisposeAsync();
            }

            await _transport.DisposeAsync();
            ReclaimAll(); // whatever the device did or did not do, it has no access any more
        }
        finally
        {
            _lifetime.Exit();
        }
    }

    private void ReclaimAll()
    {
        foreach (SoundQueue queue in _queues)
        {
            queue.Reclaim();
        }
    }

    /// <summary>The device is of no use any more: every request fails, every stream ends. Context: any.</summary>
    /// <returns>False when it had ended before.</returns>
    private bool TryEnd(PcmError reason)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return false;
        }

        _control?.Close(reason);
        Schedule(static driver => driver._card?.DisconnectAsync() ?? default);
        return true;
    }

    private void Schedule(Func<VirtioSoundDriver, ValueTask> step) =>
        Services.Scheduler.Schedule(
            static state =>
            {
                (VirtioSoundDriver driver, Func<VirtioSoundDriver, ValueTask> work) = ((VirtioSoundDriver, Func<VirtioSoundDriver, ValueTask>))state!;
                ValueTask running = work(driver);
                if (!running.IsCompletedSuccessfully)
                {
                    _ = running.AsTask();
                }
            },
            (this, step));
}
