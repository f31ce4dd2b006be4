namespace Pcm.Virtio;

/// <summary>The commands that the stream sends to the device, and what the device's state is by them.</summary>
internal abstract partial class VirtioPcmOps
{
    private static readonly VirtioSoundRequest[] s_stopAndRelease = [VirtioSoundRequest.PcmStop, VirtioSoundRequest.PcmRelease];

    private void Restart(long ringFrame)
    {
        using (Queue.Lock.EnterScope())
        {
            _restart = ringFrame;
            _takesBack = false;
            RestartAt_NeedsQueueLock(ringFrame);
        }
    }

    /// <summary>The device knows the stream; false after a device reset, until the next SET_PARAMS.</summary>
    private bool IsCurrent => _deviceGeneration == _driver.Generation;

    /// <summary>
    /// The device was reset, or is about to be: it forgot the stream, and what it had of it comes back unplayed. A running stream is in XRUN by it;
    /// one that is not running finds out when it starts. Either way the next prepare sets it up anew. Context: no lock held.
    /// </summary>
    public void OnDeviceReset()
    {
        PcmRuntime? runtime;
        using (Queue.Lock.EnterScope())
        {
            IsTransferring = false;
            _takesBack = true;
            runtime = Runtime;
        }

        runtime?.SignalXRun();
    }

    /// <summary>STOP and RELEASE of what the device still has, before a reset of a device that lives. Context: nobody else sends commands that matter.</summary>
    /// <returns>False: the device does not answer any more.</returns>
    public async ValueTask<bool> QuiesceAsync()
    {
        using (Queue.Lock.EnterScope())
        {
            IsTransferring = false;
        }

        int first = _device switch
        {
            _ when !IsCurrent => s_stopAndRelease.Length,
            SoundCommandState.Running => 0,
            SoundCommandState.Stopped or SoundCommandState.Prepared => 1,
            _ => s_stopAndRelease.Length,
        };
        foreach (VirtioSoundRequest command in s_stopAndRelease.Skip(first))
        {
            var request = new VirtioSoundPcmHeader { Code = (uint)command, StreamId = _info.Id };
            if (await _driver.Control.SendAsync(request, Memory<byte>.Empty, CancellationToken.None, _deviceGeneration) == PcmError.TimedOut)
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<PcmError> StartAsync(CancellationToken cancellationToken)
    {
        if (!IsCurrent)
        {
            return PcmError.XRun; // what was queued is lost with the device's memory of it: prepare again
        }

        using (Queue.Lock.EnterScope())
        {
            IsTransferring = true;
        }

        TopUp();
        if (_device == SoundCommandState.Running)
        {
            return PcmError.None; // a pause that failed is taken back: the device never stopped, and would refuse a second START
        }

        PcmError error = await CommandAsync(VirtioSoundRequest.PcmStart, SoundCommandState.Running, cancellationToken);
        if (error != PcmError.None)
        {
            using (Queue.Lock.EnterScope())
            {
                IsTransferring = false;
            }

            return error;
        }

        TellWhatCameBefore();
        return PcmError.None;
    }

    private async ValueTask<PcmError> StopAsync(CancellationToken cancellationToken)
    {
        using (Queue.Lock.EnterScope())
        {
            IsTransferring = false;
        }

        return _device == SoundCommandState.Running && IsCurrent
            ? await CommandAsync(VirtioSoundRequest.PcmStop, SoundCommandState.Stopped, cancellationToken)
            : PcmError.None; // never started, or reset since
    }

    /// <summary>
    /// Takes every message back from the device: RELEASE, which a device answers only after it has returned them all, then the used ring.
    /// </summary>
    /// <returns>EBADFD: messages are still out, after a time-out here or before; only their return, or a reset of the device, heals that.</returns>
    private async ValueTask<PcmError> FlushAsync(CancellationToken cancellationToken)
    {
        bool current = IsCurrent;
        if (_device is SoundCommandState.Stopped || (_device is SoundCommandState.Prepared && InFlight > 0))
        {
            Queue.Drain(); // what was played before the stop still counts
            using (Queue.Lock.EnterScope())
            {
                _takesBack = true;
            }

            PcmError error = current
                ? await CommandAsync(VirtioSoundRequest.PcmRelease, SoundCommandState.Released, cancellationToken)
                : PcmError.None;
            if (error != PcmError.None)
            {
                return error;
            }
        }

        Queue.Drain(); // the answer may have overtaken the interrupt of the messages
        if (!await WaitEmptyAsync(cancellationToken))
        {
            VirtioSoundLog.FlushTimedOut(_log, _info.Id, InFlight, _driver.Options.MessageTimeout);
            return PcmError.BadState;
        }

        return PcmError.None;
    }

    private async ValueTask<bool> WaitEmptyAsync(CancellationToken cancellationToken)
    {
        using (Queue.Lock.EnterScope())
        {
            if (InFlight == 0 && _stale == 0)
            {
                return true;
            }

            _waitsForEmpty = true;
            _empty.Arm();
        }

        return await _empty.WaitAsync(_driver.Options.MessageTimeout, cancellationToken) || (InFlight == 0 && _stale == 0);
    }

    /// <summary>SET_PARAMS and, if wanted, PREPARE; again when the device is reset meanwhile.</summary>
    private async ValueTask<PcmError> SetUpAsync(VirtioSoundPcmSetParams parameters, bool prepare, CancellationToken cancellationToken)
    {
        PcmError error;
        do
        {
            error = IsCurrent && prepare && _device != SoundCommandState.Idle ? PcmError.None : await SetParamsAsync(parameters, cancellationToken);
            if (error == PcmError.None && prepare)
            {
                error = await CommandAsync(VirtioSoundRequest.PcmPrepare, SoundCommandState.Prepared, cancellationToken);
            }
        }
        while (error == PcmError.XRun); // each time by a reset of its own, and their number has a limit

        return error;
    }

    private async ValueTask<PcmError> SetParamsAsync(VirtioSoundPcmSetParams parameters, CancellationToken cancellationToken)
    {
        uint generation = _driver.Generation;
        PcmError error = await _driver.Control.SendAsync(parameters, Memory<byte>.Empty, cancellationToken, generation);
        if (generation != _driver.Generation)
        {
            return PcmError.XRun;
        }

        if (error != PcmError.None)
        {
            VirtioSoundLog.CommandFailed(_log, _info.Id, VirtioSoundRequest.PcmSetParams, error);
            return error;
        }

        _parameters = parameters;
        _deviceGeneration = generation;
        _device = SoundCommandState.Configured;
        return PcmError.None;
    }

    /// <returns>Of a device that was reset meanwhile: STOP and RELEASE need nothing more, anything else is EPIPE.</returns>
    private async ValueTask<PcmError> CommandAsync(VirtioSoundRequest command, SoundCommandState accepted, CancellationToken cancellationToken)
    {
        var request = new VirtioSoundPcmHeader { Code = (uint)command, StreamId = _info.Id };
        PcmError error = await _driver.Control.SendAsync(request, Memory<byte>.Empty, cancellationToken, _deviceGeneration);
        if (!IsCurrent)
        {
            return command is VirtioSoundRequest.PcmStop or VirtioSoundRequest.PcmRelease ? PcmError.None : PcmError.XRun;
        }

        if (error != PcmError.None)
        {
            VirtioSoundLog.CommandFailed(_log, _info.Id, command, error);
            return error;
        }

        _device = accepted;
        return PcmError.None;
    }
}
