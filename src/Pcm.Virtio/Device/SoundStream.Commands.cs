namespace Pcm.Virtio;

/// <content>The commands (virtio 5.14.6.6), one at a time, in order; they may wait for the audio side.</content>
internal abstract partial class SoundStream
{
    private readonly Queue<SoundStreamWork> _work = new();
    private bool _busy;      // a command is under way
    private int _generation; // one for each reset; a command of an earlier one must not touch what belongs to a later one

    /// <summary>Takes a command. It is answered when it was carried out, which may be at once.</summary>
    public void Enqueue(in SoundStreamWork work)
    {
        _work.Enqueue(work);
        if (!_busy)
        {
            _busy = true;
            Start(RunAsync());
        }

        static void Start(Task task) => _ = task; // RunAsync reports its own failure
    }

    /// <summary>As new, at once; the audio side is closed when it has finished what it is doing.</summary>
    public void Reset()
    {
        _generation++;
        _work.Clear();
        Messages.Clear();
        ResetPositions();
        _timer?.Dispose();
        _timer = null;
        _arrived = false;
        Select(VirtioSoundPcmFeatures.None);
        ForgetFailures();
        _lifecycle.Commit(SoundStreamCommand.Reset);
        Enqueue(new SoundStreamWork(SoundStreamCommand.Reset));
    }

    private async Task RunAsync()
    {
        try
        {
            do
            {
                while (_work.TryDequeue(out SoundStreamWork work))
                {
                    int generation = _generation;
                    VirtioSoundStatusCode status = await OnExecutor(ExecuteAsync(work));
                    if (generation == _generation)
                    {
                        Finish(work, status);
                    }
                }

                Settle();
            }
            while (_work.Count > 0);
        }
        catch (Exception e)
        {
            // Neither the driver nor a backend can bring this about, for the core keeps a backend's exceptions: a defect of the device.
            SoundDeviceLog.DeviceFailed(_context.Log, Id, e);
            _work.Clear();
            Bus.Fail();
        }
        finally
        {
            _busy = false;
        }
    }

    private ValueTask<VirtioSoundStatusCode> ExecuteAsync(in SoundStreamWork work)
    {
        if (!_lifecycle.Permits(work.Command))
        {
            if (_context.Has(VirtioSoundQuirks.NoStateMachine))
            {
                return new(VirtioSoundStatusCode.Ok);
            }

            bool needless = work.Command == SoundStreamCommand.Release && State != SoundStreamState.Running && _context.AcceptsNeedlessRelease;
            return new(needless ? VirtioSoundStatusCode.Ok : VirtioSoundStatusCode.BadMessage);
        }

        return work.Command switch
        {
            SoundStreamCommand.SetParams => SetParamsAsync(work.Parameters),
            SoundStreamCommand.Prepare => PrepareAsync(),
            SoundStreamCommand.Start => StartAsync(),
            SoundStreamCommand.Stop => StopAsync(),
            SoundStreamCommand.Release => ReleaseAsync(),
            SoundStreamCommand.Restart => RestartAsync(),
            _ => CloseAsync(),
        };
    }

    /// <summary>The state moves last; then the driver hears of it.</summary>
    private void Finish(in SoundStreamWork work, VirtioSoundStatusCode status)
    {
        if (status == VirtioSoundStatusCode.Ok && _lifecycle.Permits(work.Command))
        {
            _lifecycle.Commit(work.Command);
        }

        if (work.Queue is { } queue)
        {
            SoundControlHandler.Respond(queue, work.Head, status);
            Bus.Publish(VirtioSoundQueues.Control);
        }
    }

    /// <summary>Looks at the messages that came during the commands.</summary>
    private void Settle()
    {
        _arrived = false;
        if (_lifecycle.TakesMessages)
        {
            Pump();
        }
        else
        {
            CompleteAll(VirtioSoundStatusCode.IOError, tellsRest: false);
        }

        Data.Publish();
    }

    private async ValueTask<VirtioSoundStatusCode> SetParamsAsync(VirtioSoundPcmSetParams parameters)
    {
        int generation = _generation;
        VirtioSoundStatusCode status = Check(parameters, out PcmFormat format, out int rateHz);
        if (status != VirtioSoundStatusCode.Ok)
        {
            return status;
        }

        PcmError error = await OnExecutor(Audio.OpenAsync(Bus));
        if (error != PcmError.None || generation != _generation)
        {
            return AudioFailed(SoundStreamCommand.SetParams, error);
        }

        if (Audio.Configure(format, rateHz, parameters.Channels, parameters.PeriodBytes, parameters.BufferBytes) != PcmError.None)
        {
            return VirtioSoundStatusCode.NotSupported; // each is offered, but the backend does not have them together
        }

        Flush();
        Select((VirtioSoundPcmFeatures)(uint)parameters.Features);
        PeriodBytes = parameters.PeriodBytes;
        _channels = parameters.Channels;
        return VirtioSoundStatusCode.Ok;
    }

    private VirtioSoundStatusCode Check(in VirtioSoundPcmSetParams parameters, out PcmFormat format, out int rateHz)
    {
        uint periodBytes = parameters.PeriodBytes, bufferBytes = parameters.BufferBytes;
        bool known = VirtioPcmFormats.TryFromVirtio(parameters.Format, out format) & VirtioPcmRates.TryFromVirtio(parameters.Rate, out rateHz);
        if (!known || parameters.Channels == 0 || periodBytes == 0 || bufferBytes == 0 || bufferBytes % periodBytes != 0)
        {
            return VirtioSoundStatusCode.BadMessage;
        }

        bool offered = ((VirtioSoundPcmFeatures)(uint)parameters.Features & ~_options.Features) == 0
            && (_options.FormatBits & (1UL << parameters.Format)) != 0
            && (_options.RateBits & (1UL << parameters.Rate)) != 0
            && parameters.Channels >= _options.ChannelsMin
            && parameters.Channels <= _options.ChannelsMax;

        // Messages are whole frames here; virtio does not say so, but no driver cuts a period in the middle of one.
        return offered && periodBytes % (format.PhysicalWidthBits() / 8 * parameters.Channels) == 0
            ? VirtioSoundStatusCode.Ok
            : VirtioSoundStatusCode.NotSupported;
    }

    private async ValueTask<VirtioSoundStatusCode> PrepareAsync()
    {
        Flush();
        ForgetFailures();
        PcmError error = await OnExecutor(Audio.PrepareAsync(Bus));
        PreparedChannels = error == PcmError.None ? _channels : PreparedChannels;
        return error == PcmError.None ? VirtioSoundStatusCode.Ok : AudioFailed(SoundStreamCommand.Prepare, error);
    }

    private async ValueTask<VirtioSoundStatusCode> StartAsync()
    {
        int generation = _generation;
        ForgetFailures();
        Data.Collect(); // what was queued before START plays from the start, whether its notification came or not
        if (Audio.State == PcmState.Paused && await Audio.UnpauseAsync(Bus) == PcmError.None)
        {
            return VirtioSoundStatusCode.Ok;
        }

        PcmError error = generation == _generation ? await OnExecutor(RunAudioAsync()) : PcmError.BadState;
        return error == PcmError.None ? VirtioSoundStatusCode.Ok : AudioFailed(SoundStreamCommand.Start, error);
    }

    private async ValueTask<VirtioSoundStatusCode> StopAsync()
    {
        LookAtHardware();
        Progress(out _); // what was played or captured until now is done
        Data.Publish();
        _context.Events.ForgetXRun(Id);
        ForgetFailures();
        int generation = _generation;
        if (Messages.Count == 0 && (Has(VirtioSoundQuirks.CompletesEarly) || Has(VirtioSoundQuirks.CompletesAtOnce)))
        {
            await OnExecutor(Audio.DrainAsync(Bus)); // what was given back as played and was not: the host's mixer plays on
        }
        else
        {
            await OnExecutor(Audio.StopAsync(Bus)); // cannot fail
        }

        if (Direction == PcmDirection.Playback && Has(VirtioSoundQuirks.StopReturnsQueued) && generation == _generation)
        {
            CompleteAll(VirtioSoundStatusCode.Ok, tellsRest: false);
            Data.Publish();
        }

        return VirtioSoundStatusCode.Ok;
    }

    /// <summary>virtio 5.14.6.6.5.1: "The device MUST complete all pending I/O messages for the specified stream ID" first.</summary>
    private async ValueTask<VirtioSoundStatusCode> ReleaseAsync()
    {
        int generation = _generation;
        Data.Collect(); // those not yet taken are pending too
        await Audio.DropAsync(Bus);
        if (generation == _generation)
        {
            CompleteAll(VirtioSoundStatusCode.Ok, tellsRest: true);
            ResetPositions();
            Data.Publish(); // before the answer
        }

        return VirtioSoundStatusCode.Ok;
    }

    private async ValueTask<VirtioSoundStatusCode> RestartAsync()
    {
        int generation = _generation;
        _restartedAt = Position;
        PcmError error = await OnExecutor(RunAudioAsync());
        if (error == PcmError.None || generation != _generation)
        {
            return VirtioSoundStatusCode.Ok;
        }

        _error = error;
        return AudioFailed(SoundStreamCommand.Restart, error);
    }

    private async ValueTask<VirtioSoundStatusCode> CloseAsync()
    {
        await Audio.CloseAsync();
        return VirtioSoundStatusCode.Ok;
    }

    /// <summary>Messages must not outlive their parameters: virtio says nothing about those of a prepared stream that is prepared or set up again.</summary>
    private void Flush()
    {
        CompleteAll(VirtioSoundStatusCode.Ok, tellsRest: false);
        ResetPositions();
        Data.Publish();
    }

    private void ForgetFailures()
    {
        _error = PcmError.None;
        _starved = false;
        _restartedAt = -1;
    }

    /// <summary>The audio side runs: an episode of starvation is over.</summary>
    private protected void AudioStarted() => _starved = false;

    private VirtioSoundStatusCode AudioFailed(SoundStreamCommand command, PcmError error)
    {
        SoundDeviceLog.AudioFailed(_context.Log, Id, command, Audio.ToString(), error);
        return VirtioSoundStatusCode.IOError;
    }
}
