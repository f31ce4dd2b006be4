using Pcm.Backends.Null;

namespace Pcm.Core.Tests.Parameters;

/// <summary>A card of the kernel traces as constraints: what its open would have built.</summary>
internal sealed class TraceCard
{
    private const PcmInfo VirtioInfo = (PcmInfo)0x20090133;

    private static readonly PcmHardware s_virtio = new()
    {
        Info = VirtioInfo,
        Formats = [PcmFormat.S8, PcmFormat.U8, PcmFormat.S16LE, PcmFormat.U16LE, PcmFormat.S32LE, PcmFormat.U32LE, PcmFormat.Float32LE],
        Rates = PcmRates.Hz5512 | PcmRates.Hz8000 | PcmRates.Hz11025 | PcmRates.Hz16000 | PcmRates.Hz22050 | PcmRates.Hz32000 | PcmRates.Hz44100
            | PcmRates.Hz48000 | PcmRates.Hz64000 | PcmRates.Hz88200 | PcmRates.Hz96000 | PcmRates.Hz176400 | PcmRates.Hz192000 | PcmRates.Hz384000,
        RateMin = 5512,
        RateMax = 384000,
        ChannelsMin = 1,
        ChannelsMax = 2,
        BufferBytesMax = 491520,
        PeriodBytesMin = 50,
        PeriodBytesMax = 245760,
        PeriodsMin = 2,
        PeriodsMax = 16,
    };

    private static readonly PcmHardware s_aloop = new()
    {
        Info = PcmInfo.Mmap | PcmInfo.MmapValid | PcmInfo.Interleaved | PcmInfo.NonInterleaved | PcmInfo.Pause | PcmInfo.Resume,
        Formats =
        [
            PcmFormat.S16LE, PcmFormat.S16BE, PcmFormat.S24LE, PcmFormat.S24BE, PcmFormat.S24In3LE, PcmFormat.S24In3BE, PcmFormat.S32LE,
            PcmFormat.S32BE, PcmFormat.Float32LE, PcmFormat.Float32BE, PcmFormat.DsdU8, PcmFormat.DsdU16LE, PcmFormat.DsdU16BE, PcmFormat.DsdU32LE, PcmFormat.DsdU32BE,
        ],
        Rates = PcmRates.Continuous,
        RateMin = 8000,
        RateMax = 768000,
        ChannelsMin = 1,
        ChannelsMax = 32,
        BufferBytesMax = 2 * 1024 * 1024,
        PeriodBytesMin = 64,
        PeriodBytesMax = 1024 * 1024,
        PeriodsMin = 1,
        PeriodsMax = 1024,
    };

    private TraceCard(PcmHardware hardware) => Hardware = hardware;

    public PcmHardware Hardware { get; }

    public PcmConstraints Constraints { get; } = new();

    public static TraceCard Open(string card, PcmDirection direction) => card switch
    {
        "virtio" => OpenVirtio(),
        "aloop" => OpenAloop(),
        "dummy" => OpenNull(NullCardModel.Dummy, direction),
        "Demu" => OpenNull(NullCardModel.Emu10k1, direction),
        "Drme" => OpenNull(NullCardModel.Rme9652, direction),
        "Dice" => OpenNull(NullCardModel.Ice1712, direction),
        "Duda" => OpenNull(NullCardModel.Uda1341, direction),
        "Dac97" => OpenNull(NullCardModel.Ac97, direction),
        "Dca" => OpenNull(NullCardModel.Ca0106, direction),
        _ => throw new ArgumentException($"The traces have no card '{card}'.", nameof(card)),
    };

    public static TraceCard OpenNull(NullCardModel model, PcmDirection direction)
    {
        var card = new TraceCard(model.Hardware);
        Check(model.AddConstraints?.Invoke(card.Constraints, direction) ?? PcmError.None);
        return card.Complete();
    }

    public static TraceCard Of(PcmHardware hardware, Action<PcmConstraints>? open = null)
    {
        var card = new TraceCard(hardware);
        open?.Invoke(card.Constraints);
        return card.Complete();
    }

    /// <summary>hw_refine: in place, so a failure leaves a mixture.</summary>
    public PcmError HwRefine(PcmHwParams hwParams)
    {
        PcmError error = Constraints.Refine(hwParams);
        return error == PcmError.None ? PcmConstraints.Fixup(hwParams, Hardware, mmapSupported: true) : error;
    }

    /// <summary>The parameter half of hw_params.</summary>
    public PcmError HwParams(PcmHwParams hwParams)
    {
        hwParams.Requested = uint.MaxValue;
        PcmError error = Constraints.Refine(hwParams);
        if (error == PcmError.None)
        {
            error = Constraints.Choose(hwParams);
        }

        return error == PcmError.None ? PcmConstraints.Fixup(hwParams, Hardware, mmapSupported: true) : error;
    }

    private static TraceCard OpenVirtio() => Of(s_virtio, static constraints => Check(constraints.Integer(PcmHwParameter.Periods)));

    private static TraceCard OpenAloop() => Of(s_aloop, static constraints =>
    {
        Check(constraints.Integer(PcmHwParameter.Periods));
        Check(constraints.AddRule(new PcmRule(static p => p.Refine(PcmHwParameter.Format, new PcmMask(s_aloop.Formats.Bits)))
        {
            Variable = PcmHwParameter.Format,
            Dependencies = [PcmHwParameter.Format],
        }));
        Check(constraints.AddRule(new PcmRule(static p => p.Refine(PcmHwParameter.Rate, PcmInterval.Closed(8000, 768000)))
        {
            Variable = PcmHwParameter.Rate,
            Dependencies = [PcmHwParameter.Rate],
        }));
        Check(constraints.AddRule(new PcmRule(static p => p.Refine(PcmHwParameter.Channels, PcmInterval.Closed(1, 32)))
        {
            Variable = PcmHwParameter.Channels,
            Dependencies = [PcmHwParameter.Channels],
        }));
    });

    private static void Check(PcmError error) => Assert.Equal(PcmError.None, error);

    private TraceCard Complete()
    {
        Check(Constraints.Complete(Hardware, uint.MaxValue, mmapSupported: true));
        return this;
    }
}
