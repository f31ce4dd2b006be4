namespace Pcm;

/// <content>Finding parameters that both sides have.</content>
public sealed partial class PcmBridge
{
    private const int PreferredChannels = 2;
    private const int PreferredRate = 48000;
    private const int Periods = 4;

    /// <summary>Chooses a format, channels and a rate that both sides have, a ring for each, and prepares both.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was chosen for the source; the sink has the same but for its ring.</returns>
    /// <exception cref="PcmException">EINVAL: the sides have nothing in common that was asked for. Anything else: a side's own answer.</exception>
    public async ValueTask<PcmHwParams> ConfigureAsync(CancellationToken cancellationToken = default)
    {
        PcmHwParams common = ChooseCommon();
        PcmHwParams chosen = await ConfigureSideAsync(_source, "the source", common, cancellationToken);
        await ConfigureSideAsync(_sink, "the sink", common, cancellationToken);
        PcmSwParams swParams = _sink.GetSwParams();
        _sink.SetSwParams(swParams with { StartThreshold = Math.Max(1, _sink.Runtime!.BufferFrames / 2) }).ThrowIfError("sw_params of the sink");
        (await _source.PrepareAsync(cancellationToken)).ThrowIfError("prepare of the source");
        (await _sink.PrepareAsync(cancellationToken)).ThrowIfError("prepare of the sink");
        return chosen;
    }

    private PcmHwParams ChooseCommon()
    {
        var both = new Refiner(_source, _sink);
        var common = new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved };
        if (_options.Format is { } format)
        {
            common.Format = format;
        }

        SetExactly(common, PcmHwParameter.Channels, _options.Channels);
        SetExactly(common, PcmHwParameter.Rate, _options.Rate);
        both.Refine(common).ThrowIfError("hw_params of source and sink together");
        PcmFormats formats = common.Formats;
        common.Format = formats.Contains(PcmFormat.S16LE) ? PcmFormat.S16LE : (PcmFormat)common.GetMask(PcmHwParameter.Format).Lowest;
        both.Refine(common).ThrowIfError("hw_params of source and sink together");
        common.SetNear(both, PcmHwParameter.Channels, new PcmBound(PreferredChannels), out _).ThrowIfError("channels of source and sink together");
        common.SetRateNear(both, PreferredRate, out _).ThrowIfError("rate of source and sink together");
        return common;
    }

    private static void SetExactly(PcmHwParams space, PcmHwParameter parameter, int? value)
    {
        if (value is { } exact)
        {
            space.SetInterval(parameter, PcmInterval.Of((uint)exact));
        }
    }

    private async ValueTask<PcmHwParams> ConfigureSideAsync(PcmSubstream side, string name, PcmHwParams common, CancellationToken cancellationToken)
    {
        var request = new PcmHwParams();
        Refiner.CopyShared(common, request);
        int microseconds = (int)Math.Clamp(_options.BufferTime.TotalMicroseconds, 1, int.MaxValue);
        var own = new OwnRefiner(side);
        request.SetBufferTimeNear(own, microseconds, out _).ThrowIfError($"buffer of {name}");
        if (request.TryGet(PcmHwParameter.BufferSize, out uint bufferFrames))
        {
            request.SetPeriodFramesNear(own, Math.Max(1, (int)bufferFrames / Periods), out _).ThrowIfError($"period of {name}");
        }

        (await side.HwParamsAsync(request, cancellationToken)).ThrowIfError($"hw_params of {name}");
        return request;
    }

    /// <summary>One side's whole space.</summary>
    private sealed class OwnRefiner(PcmSubstream side) : IPcmRefiner
    {
        public PcmError Refine(PcmHwParams hwParams) => side.HwRefine(hwParams);
    }

    /// <summary>What two spaces share of access, format, channels and rate; each keeps its own periods and buffer.</summary>
    private sealed class Refiner(PcmSubstream first, PcmSubstream second) : IPcmRefiner
    {
        private static readonly PcmHwParameter[] s_intervals = [PcmHwParameter.Channels, PcmHwParameter.Rate];

        public PcmError Refine(PcmHwParams hwParams)
        {
            bool changed = true;
            while (changed) // each round narrows something, or is the last
            {
                PcmHwParams before = hwParams.Clone();
                foreach (PcmSubstream side in (ReadOnlySpan<PcmSubstream>)[first, second])
                {
                    var own = new PcmHwParams();
                    CopyShared(hwParams, own);
                    PcmError error = side.HwRefine(own);
                    if (error != PcmError.None)
                    {
                        return error;
                    }

                    CopyShared(own, hwParams);
                }

                changed = !SameShared(before, hwParams);
            }

            hwParams.Requested = 0;
            return PcmError.None;
        }

        public static void CopyShared(PcmHwParams from, PcmHwParams to)
        {
            to.Accesses = from.Accesses;
            to.Formats = from.Formats;
            foreach (PcmHwParameter parameter in s_intervals)
            {
                to.SetInterval(parameter, from.GetInterval(parameter));
            }
        }

        private static bool SameShared(PcmHwParams left, PcmHwParams right) =>
            left.Accesses == right.Accesses && left.Formats == right.Formats
            && s_intervals.All(parameter => left.GetInterval(parameter) == right.GetInterval(parameter));
    }
}
