namespace Pcm.Backends.Alsa;

/// <summary>
/// A PCM's configuration space through libasound's own refinement: what the core asks is narrowed by <c>snd_pcm_hw_params_set_*_minmax</c>, parameter by
/// parameter, and what is left is read back. So every relation that the PCM has (a plug's, a card's) holds in the core's space too.
/// </summary>
/// <remarks>Thread safety: any thread; one lock. Refining allocates nothing in managed memory.</remarks>
internal sealed class AlsaSpaceReader : IDisposable
{
    private readonly Lock _lock = new();
    private readonly AlsaPcmHandle _pcm;
    private readonly AlsaHwParamsHandle _everything;
    private readonly AlsaHwParamsHandle _work;
    private readonly AlsaFormatMaskHandle _mask;
    private AlsaSpace _asked;
    private AlsaSpace _left;
    private bool _known;

    /// <exception cref="AlsaException">The PCM has no interleaved access.</exception>
    public AlsaSpaceReader(AlsaPcmHandle pcm, string name)
    {
        _pcm = pcm;
        _everything = AlsaHwParamsHandle.Allocate();
        _work = AlsaHwParamsHandle.Allocate();
        _mask = AlsaFormatMaskHandle.Allocate();
        int error = LibAsound.snd_pcm_hw_params_any(pcm, _everything);
        if (error >= 0)
        {
            error = LibAsound.snd_pcm_hw_params_set_access(pcm, _everything, LibAsound.AccessMmapInterleaved);
            if (error < 0)
            {
                IsCopied = true;
                error = LibAsound.snd_pcm_hw_params_set_access(pcm, _everything, LibAsound.AccessReadWriteInterleaved);
            }
        }

        if (error < 0)
        {
            Dispose();
            throw new AlsaException(
                $"ALSA PCM '{name}' has no interleaved access ({LibAsound.Describe(error)}); put libasound's plug before it: 'plug:{name}'.", (PcmError)error);
        }

        Everything = Read(_everything);
        Info = ReadInfo();
    }

    /// <summary>Everything that the PCM can do.</summary>
    public AlsaSpace Everything { get; }

    /// <summary>The PCM has no memory of its own to share: frames are written to it and read from it.</summary>
    public bool IsCopied { get; }

    /// <summary>Its capabilities.</summary>
    public PcmInfo Info { get; }

    /// <summary>A copy of the whole space, to choose from.</summary>
    public AlsaHwParamsHandle CreateParams()
    {
        var copy = AlsaHwParamsHandle.Allocate();
        LibAsound.snd_pcm_hw_params_copy(copy, _everything);
        return copy;
    }

    /// <summary>What is possible of <paramref name="asked"/>.</summary>
    /// <returns>False when nothing is.</returns>
    public bool TryRefine(in AlsaSpace asked, out AlsaSpace left)
    {
        lock (_lock)
        {
            if (_known && asked.IsBetween(_asked, _left))
            {
                left = _left; // the rules for the other parameters ask again, narrowed by what the first of them took from here
                return true;
            }

            LibAsound.snd_pcm_hw_params_copy(_work, _everything);
            using AlsaErrorText listening = AlsaErrorText.Listen();
            if (!TryNarrow(asked))
            {
                left = default;
                return false;
            }

            _asked = asked;
            _left = left = Read(_work);
            return _known = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _everything.Dispose();
        _work.Dispose();
        _mask.Dispose();
    }

    private bool TryNarrow(in AlsaSpace asked) =>
        TryNarrowFormats(asked.Formats) && TryNarrowChannels(asked.Channels) && TryNarrowRate(asked.Rate)
        && TryNarrowPeriodSize(asked.PeriodSize) && TryNarrowPeriods(asked.Periods) && TryNarrowBufferSize(asked.BufferSize);

    private bool TryNarrowFormats(PcmFormats formats)
    {
        LibAsound.snd_pcm_format_mask_none(_mask);
        foreach (PcmFormat format in formats & PcmFormats.All)
        {
            LibAsound.snd_pcm_format_mask_set(_mask, (int)format);
        }

        return LibAsound.snd_pcm_hw_params_set_format_mask(_pcm, _work, _mask) >= 0;
    }

    private bool TryNarrowChannels(PcmInterval range)
    {
        uint min = range.OpenMin ? range.Min + 1 : range.Min, max = range.OpenMax ? range.Max - 1 : range.Max; // whole numbers
        return LibAsound.snd_pcm_hw_params_set_channels_minmax(_pcm, _work, ref min, ref max) >= 0;
    }

    private bool TryNarrowRate(PcmInterval range)
    {
        (uint min, uint max, int minDirection, int maxDirection) = (range.Min, range.Max, Below(range), Above(range));
        return LibAsound.snd_pcm_hw_params_set_rate_minmax(_pcm, _work, ref min, ref minDirection, ref max, ref maxDirection) >= 0;
    }

    private bool TryNarrowPeriodSize(PcmInterval range)
    {
        (nuint min, nuint max, int minDirection, int maxDirection) = (range.Min, range.Max, Below(range), Above(range));
        return LibAsound.snd_pcm_hw_params_set_period_size_minmax(_pcm, _work, ref min, ref minDirection, ref max, ref maxDirection) >= 0;
    }

    private bool TryNarrowPeriods(PcmInterval range)
    {
        (uint min, uint max, int minDirection, int maxDirection) = (range.Min, range.Max, Below(range), Above(range));
        return LibAsound.snd_pcm_hw_params_set_periods_minmax(_pcm, _work, ref min, ref minDirection, ref max, ref maxDirection) >= 0;
    }

    private bool TryNarrowBufferSize(PcmInterval range)
    {
        (nuint min, nuint max) = (range.OpenMin ? range.Min + 1 : range.Min, range.OpenMax ? range.Max - 1 : range.Max);
        return LibAsound.snd_pcm_hw_params_set_buffer_size_minmax(_pcm, _work, ref min, ref max) >= 0;
    }

    private static int Below(PcmInterval range) => range.OpenMin ? 1 : 0;

    private static int Above(PcmInterval range) => range.OpenMax ? -1 : 0;

    private AlsaSpace Read(AlsaHwParamsHandle hwParams)
    {
        LibAsound.snd_pcm_hw_params_get_format_mask(hwParams, _mask);
        ulong formats = 0;
        foreach (PcmFormat format in PcmFormats.All)
        {
            formats |= LibAsound.snd_pcm_format_mask_test(_mask, (int)format) != 0 ? 1UL << (int)format : 0;
        }

        LibAsound.snd_pcm_hw_params_get_channels_min(hwParams, out uint channelsMin);
        LibAsound.snd_pcm_hw_params_get_channels_max(hwParams, out uint channelsMax);
        LibAsound.snd_pcm_hw_params_get_rate_min(hwParams, out uint rateMin, out int rateBelow);
        LibAsound.snd_pcm_hw_params_get_rate_max(hwParams, out uint rateMax, out int rateAbove);
        LibAsound.snd_pcm_hw_params_get_period_size_min(hwParams, out nuint periodMin, out int periodBelow);
        LibAsound.snd_pcm_hw_params_get_period_size_max(hwParams, out nuint periodMax, out int periodAbove);
        LibAsound.snd_pcm_hw_params_get_periods_min(hwParams, out uint periodsMin, out int periodsBelow);
        LibAsound.snd_pcm_hw_params_get_periods_max(hwParams, out uint periodsMax, out int periodsAbove);
        LibAsound.snd_pcm_hw_params_get_buffer_size_min(hwParams, out nuint bufferMin);
        LibAsound.snd_pcm_hw_params_get_buffer_size_max(hwParams, out nuint bufferMax);
        return new AlsaSpace
        {
            Formats = new PcmFormats(formats),
            Channels = PcmInterval.Closed(channelsMin, channelsMax),
            Rate = Range(rateMin, rateBelow, rateMax, rateAbove),
            PeriodSize = Range((uint)periodMin, periodBelow, (uint)periodMax, periodAbove),
            Periods = Range(periodsMin, periodsBelow, periodsMax, periodsAbove),
            BufferSize = PcmInterval.Closed((uint)bufferMin, (uint)bufferMax),
        };
    }

    private static PcmInterval Range(uint min, int below, uint max, int above) => new() { Min = min, OpenMin = below > 0, Max = max, OpenMax = above < 0 };

    private PcmInfo ReadInfo() =>
        (LibAsound.snd_pcm_hw_params_can_pause(_everything) == 1 ? PcmInfo.Pause : PcmInfo.None)
        | (LibAsound.snd_pcm_hw_params_can_resume(_everything) == 1 ? PcmInfo.Resume : PcmInfo.None)
        | (LibAsound.snd_pcm_hw_params_is_batch(_everything) == 1 ? PcmInfo.Batch : PcmInfo.None)
        | (LibAsound.snd_pcm_hw_params_is_block_transfer(_everything) == 1 ? PcmInfo.BlockTransfer : PcmInfo.None);
}
