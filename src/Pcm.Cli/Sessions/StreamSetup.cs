namespace Pcm.Cli.Sessions;

/// <summary>hw_params, sw_params, prepare: the exact format or a clear answer, a sensible ring unless told otherwise.</summary>
internal static class StreamSetup
{
    private const int BufferMicroseconds = 500_000;
    private const int DefaultPeriods = 4;

    /// <summary>Configures and prepares.</summary>
    /// <exception cref="CliException">The device cannot do it; the message says what it can.</exception>
    public static async ValueTask ConfigureAsync(PcmSubstream substream, StreamFormat format, StreamLayout layout, CancellationToken cancellationToken)
    {
        PcmHwParams hwParams = Request(format, layout);
        var refiner = new SubstreamRefiner(substream);
        if (substream.HwRefine(hwParams.Clone()) != PcmError.None)
        {
            throw CliException.Failure("hw_params", PcmError.InvalidArgument, DeviceLimits.Explain(substream, format, layout));
        }

        PcmHwParams ring = hwParams.Clone();
        PcmError error = ChooseRing(refiner, ring, layout);
        error = error == PcmError.None ? await substream.HwParamsAsync(ring, cancellationToken) : error;
        if (error == PcmError.InvalidArgument && layout.PeriodFrames is null)
        {
            // The buffer nearest to half a second may be no whole number of any period that there is; one made of periods is.
            Check("hw_params", ChooseRingByPeriods(refiner, hwParams, layout));
            error = await substream.HwParamsAsync(hwParams, cancellationToken);
        }

        Check("hw_params", error);
        substream.WaitTime = layout.Timeout;
        PcmRuntime runtime = substream.Runtime!;
        long start = layout.StartThreshold ?? (substream.Direction == PcmDirection.Playback ? runtime.BufferFrames : 1);
        if (start > runtime.BufferFrames)
        {
            throw CliException.Failure($"a start threshold of {start} frames is never reached by a buffer of {runtime.BufferFrames}; ask for less, or for more periods");
        }

        Check("sw_params", substream.SetSwParams(substream.GetSwParams() with
        {
            StartThreshold = start,
            StopThreshold = runtime.BufferFrames + (layout.NeverXRuns ? 1 : 0), // one more than can be missing
        }));
        Check("prepare", await substream.PrepareAsync(cancellationToken));
    }

    /// <summary>Throws unless an operation succeeded.</summary>
    public static void Check(string operation, PcmError error)
    {
        if (error != PcmError.None)
        {
            throw CliException.Failure(operation, error);
        }
    }

    /// <summary>What is asked for exactly.</summary>
    public static PcmHwParams Request(StreamFormat format, StreamLayout layout)
    {
        var request = new PcmHwParams
        {
            Access = PcmAccess.ReadWriteInterleaved,
            Format = format.Format,
            Channels = format.Channels,
            Rate = format.Rate,
        };
        if (layout.PeriodFrames is { } periodFrames)
        {
            request.PeriodFrames = periodFrames;
        }

        if (layout.Periods is { } periods)
        {
            request.Periods = periods;
        }

        return request;
    }

    private static PcmError ChooseRing(SubstreamRefiner refiner, PcmHwParams hwParams, StreamLayout layout)
    {
        if (layout.PeriodFrames is not null)
        {
            return layout.Periods is not null
                ? PcmError.None
                : hwParams.SetNear(refiner, PcmHwParameter.Periods, new PcmBound(DefaultPeriods), out _);
        }

        PcmError error = hwParams.SetBufferTimeNear(refiner, BufferMicroseconds, out _);
        return error != PcmError.None || layout.Periods is not null ? error
            : hwParams.TryGet(PcmHwParameter.BufferSize, out uint bufferFrames)
                ? hwParams.SetPeriodFramesNear(refiner, (int)bufferFrames / DefaultPeriods, out _)
                : PcmError.None;
    }

    private static PcmError ChooseRingByPeriods(SubstreamRefiner refiner, PcmHwParams hwParams, StreamLayout layout)
    {
        PcmError error = hwParams.SetNear(refiner, PcmHwParameter.PeriodTime, new PcmBound(BufferMicroseconds / DefaultPeriods), out _);
        return error != PcmError.None || layout.Periods is not null ? error
            : hwParams.SetNear(refiner, PcmHwParameter.Periods, new PcmBound(DefaultPeriods), out _);
    }
}
