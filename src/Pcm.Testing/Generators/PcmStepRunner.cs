namespace Pcm.Testing;

/// <summary>Does what the steps of a sequence say, on a real substream.</summary>
/// <remarks>
/// Open the substream non-blocking: a drain then does not wait. Time passes only in <see cref="PcmVerb.Elapse"/>, on the clock of the card.
/// Thread safety: one step at a time.
/// </remarks>
public sealed class PcmStepRunner
{
    private readonly PcmSubstream _substream;
    private readonly PcmHwParams _request;

    /// <summary>Runs steps on a substream.</summary>
    /// <param name="substream">An open one.</param>
    /// <param name="request">What hw_params asks for: values that the hardware takes. Copied.</param>
    public PcmStepRunner(PcmSubstream substream, PcmHwParams request)
    {
        ArgumentNullException.ThrowIfNull(substream);
        ArgumentNullException.ThrowIfNull(request);
        _substream = substream;
        _request = request.Clone();
    }

    /// <summary>Does one step.</summary>
    /// <param name="step">What to do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<PcmStepResult> ApplyAsync(PcmStep step, CancellationToken cancellationToken = default)
    {
        long count = 0;
        PcmError error = PcmError.None;
        switch (step.Verb)
        {
            case PcmVerb.Transfer:
                error = Transfer(step.Number, out int done);
                count = done;
                break;
            case PcmVerb.Rewind:
                error = _substream.Rewind(step.Number, out count);
                break;
            case PcmVerb.Forward:
                error = _substream.Forward(step.Number, out count);
                break;
            case PcmVerb.Delay:
                error = _substream.GetDelay(out count);
                break;
            case PcmVerb.StartThreshold:
                error = SetStartThreshold(step.Number);
                await Task.Yield(); // a stop that this decided on is carried out first
                break;
            case PcmVerb.Elapse:
                await ElapseAsync(step.Number, cancellationToken);
                break;
            default:
                error = await ApplyPlainAsync(step.Verb, cancellationToken);
                break;
        }

        return new PcmStepResult(error, count);
    }

    private ValueTask<PcmError> ApplyPlainAsync(PcmVerb verb, CancellationToken cancellationToken) => verb switch
    {
        PcmVerb.HwParams => _substream.HwParamsAsync(_request.Clone(), cancellationToken),
        PcmVerb.HwParamsRefused => _substream.HwParamsAsync(Impossible(), cancellationToken),
        PcmVerb.HwFree => _substream.HwFreeAsync(cancellationToken),
        PcmVerb.Prepare => _substream.PrepareAsync(cancellationToken),
        PcmVerb.Start => _substream.StartAsync(cancellationToken),
        PcmVerb.Drop => _substream.DropAsync(cancellationToken),
        PcmVerb.Drain => _substream.DrainAsync(cancellationToken),
        PcmVerb.Pause => _substream.PauseAsync(true, cancellationToken),
        PcmVerb.Release => _substream.PauseAsync(false, cancellationToken),
        PcmVerb.Suspend => _substream.SuspendAsync(),
        PcmVerb.Resume => _substream.ResumeAsync(cancellationToken),
        PcmVerb.XRun => _substream.XRunAsync(cancellationToken),
        PcmVerb.Reset => _substream.ResetAsync(cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "There is no such verb."),
    };

    private PcmError Transfer(int frames, out int done)
    {
        byte[] bytes = new byte[_substream.Runtime?.FramesToBytes(frames) ?? 0];
        return _substream.Direction == PcmDirection.Playback ? _substream.Write(bytes, out done) : _substream.Read(bytes, out done);
    }

    private PcmError SetStartThreshold(int frames)
    {
        PcmSwParams swParams = _substream.GetSwParams();
        return _substream.SetSwParams(swParams with { StartThreshold = frames, AvailMin = Math.Max(1, swParams.AvailMin) });
    }

    private Task ElapseAsync(int frames, CancellationToken cancellationToken)
    {
        int rate = _substream.Runtime is { Rate: > 0 } runtime ? runtime.Rate : 48000;
        return PcmDelay.ForAsync(_substream.Device.Card.Services.Time, TimeSpan.FromTicks(frames * TimeSpan.TicksPerSecond / rate), cancellationToken);
    }

    private PcmHwParams Impossible()
    {
        PcmHwParams request = _request.Clone();
        request.Channels = 0; // no hardware has fewer than one
        return request;
    }
}
