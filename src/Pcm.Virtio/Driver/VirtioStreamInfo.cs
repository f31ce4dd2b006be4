namespace Pcm.Virtio;

/// <summary>What the driver made of a PCM_INFO: a stream that it can drive.</summary>
/// <param name="Id">The stream's number.</param>
/// <param name="Direction">Its direction.</param>
/// <param name="FunctionNode">Groups streams into one PCM device.</param>
/// <param name="Hardware">The limits derived from it.</param>
/// <param name="SelectedFeatures">What SET_PARAMS selects: of what is offered, what the driver knows.</param>
internal sealed record VirtioStreamInfo(
    uint Id, PcmDirection Direction, uint FunctionNode, PcmHardware Hardware, VirtioSoundPcmFeatures SelectedFeatures)
{
    /// <summary>The device looks for messages itself; it is not notified.</summary>
    public bool IsPolled => (SelectedFeatures & VirtioSoundPcmFeatures.MessagePolling) != 0;

    /// <summary>
    /// Derives the limits as Linux's driver does (VIRTIO-SOUND 2.3): integer arithmetic, rate / 1000 truncated.
    /// </summary>
    /// <param name="id">The stream's number.</param>
    /// <param name="info">What the device said; not trusted.</param>
    /// <param name="options">Buffer and period lengths.</param>
    /// <param name="services">The maps.</param>
    /// <param name="problem">Why the stream cannot be driven.</param>
    public static VirtioStreamInfo? TryCreate(
        uint id, in VirtioSoundPcmInfo info, VirtioSoundOptions options, VirtioSoundServices services, out string problem)
    {
        problem = info.ChannelsMin == 0 || info.ChannelsMin > info.ChannelsMax ? $"channels {info.ChannelsMin} to {info.ChannelsMax}; expected 1 or more, the smaller first"
            : info.Direction > 1 ? $"direction {info.Direction}; expected 0 or 1"
            : "";
        if (problem.Length > 0)
        {
            return null;
        }

        PcmFormats formats = MapFormats(info.Formats, services.Formats, out uint sampleMin, out uint sampleMax);
        PcmRates rates = MapRates(info.Rates, services.Rates);
        if (formats.IsEmpty || rates == PcmRates.None || !PcmRateTable.TryGetLimits(rates, out uint rateMin, out uint rateMax))
        {
            problem = $"formats {info.Formats.Value:x}, rates {info.Rates.Value:x}; expected at least one known of each";
            return null;
        }

        uint channelsMin = info.ChannelsMin, channelsMax = info.ChannelsMax;
        const VirtioSoundPcmFeatures known = VirtioSoundPcmFeatures.MessagePolling | VirtioSoundPcmFeatures.XRunEvents;
        return new VirtioStreamInfo(
            id,
            (PcmDirection)info.Direction,
            info.HdaFunctionNode,
            new PcmHardware
            {
                Info = PcmInfo.Mmap | PcmInfo.MmapValid | PcmInfo.Batch | PcmInfo.BlockTransfer | PcmInfo.Interleaved | PcmInfo.Pause
                    | PcmInfo.NoRewinds | PcmInfo.SyncApplPtr | PcmInfo.DrainTrigger,
                Formats = formats,
                Rates = rates,
                RateMin = rateMin,
                RateMax = rateMax,
                ChannelsMin = channelsMin,
                ChannelsMax = channelsMax,
                BufferBytesMax = PageAlign(sampleMax * channelsMax * (uint)options.BufferMs * (rateMax / 1000)),
                PeriodBytesMin = sampleMin * channelsMin * (uint)options.PeriodMsMin * (rateMin / 1000),
                PeriodBytesMax = sampleMax * channelsMax * (uint)options.PeriodMsMax * (rateMax / 1000),
                PeriodsMin = (uint)options.PeriodsMin,
                PeriodsMax = (uint)options.PeriodsMax,
            },
            (VirtioSoundPcmFeatures)info.Features.Value & known);
    }

    /// <summary>The formats the map knows, and the smallest and largest sample. A format of less than a byte is left out: periods are bytes.</summary>
    private static PcmFormats MapFormats(ulong bits, VirtioFormatMap map, out uint sampleMin, out uint sampleMax)
    {
        PcmFormats formats = default;
        sampleMin = uint.MaxValue;
        sampleMax = 0;
        for (byte index = 0; index < 64; index++)
        {
            if ((bits & (1UL << index)) != 0 && map.TryFromVirtio(index, out PcmFormat format) && format.PhysicalWidthBits() >= 8)
            {
                uint bytes = (uint)format.PhysicalWidthBits() / 8;
                formats |= PcmFormats.Create([format]);
                sampleMin = Math.Min(sampleMin, bytes);
                sampleMax = Math.Max(sampleMax, bytes);
            }
        }

        return formats;
    }

    private static PcmRates MapRates(ulong bits, VirtioRateMap map)
    {
        PcmRates rates = PcmRates.None;
        for (byte index = 0; index < 64; index++)
        {
            if ((bits & (1UL << index)) != 0 && map.TryFromVirtio(index, out int hz))
            {
                rates |= PcmRateTable.FromHz((uint)hz) & ~PcmRates.Knot;
            }
        }

        return rates;
    }

    private static uint PageAlign(uint bytes) => (bytes + 4095) & ~4095u;
}
