namespace Pcm.Testing;

/// <content>The verbs as steps of a sequence.</content>
public sealed partial class PcmModel
{
    /// <summary>Does one step of a sequence; time that elapses moves nothing, because hardware moves only by <see cref="Advance"/>.</summary>
    /// <param name="step">What the application does.</param>
    public PcmStepResult Apply(PcmStep step)
    {
        long count = 0;
        PcmError error;
        switch (step.Verb)
        {
            case PcmVerb.Transfer:
                error = Transfer(step.Number, out int done);
                count = done;
                break;
            case PcmVerb.Rewind:
                error = Rewind(step.Number, out count);
                break;
            case PcmVerb.Forward:
                error = Forward(step.Number, out count);
                break;
            case PcmVerb.Delay:
                error = Delay(out count);
                break;
            default:
                error = ApplyPlain(step);
                break;
        }

        return new PcmStepResult(error, count);
    }

    private PcmError ApplyPlain(PcmStep step) => step.Verb switch
    {
        PcmVerb.HwParams => HwParams(),
        PcmVerb.HwParamsRefused => HwParamsRefused(),
        PcmVerb.HwFree => HwFree(),
        PcmVerb.Prepare => Prepare(),
        PcmVerb.Start => Start(),
        PcmVerb.Drop => Drop(),
        PcmVerb.Drain => DrainNonBlocking(),
        PcmVerb.Pause => Pause(true),
        PcmVerb.Release => Pause(false),
        PcmVerb.Suspend => Suspend(),
        PcmVerb.Resume => Resume(),
        PcmVerb.XRun => XRun(),
        PcmVerb.Reset => Reset(),
        PcmVerb.StartThreshold => SwParams(step.Number),
        PcmVerb.Elapse => PcmError.None,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "There is no such verb."),
    };
}
