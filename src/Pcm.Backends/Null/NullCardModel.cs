namespace Pcm.Backends.Null;

/// <summary>
/// What a null card pretends to be: the hardware limits of a known card, without the card.
/// The models are those of Linux's snd-dummy, so their answers can be compared with the kernel's.
/// </summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record NullCardModel
{
    private static readonly PcmHardware s_dummy = new()
    {
        Info = PcmInfo.Mmap | PcmInfo.MmapValid | PcmInfo.Interleaved | PcmInfo.Resume,
        Formats = [PcmFormat.U8, PcmFormat.S16LE],
        Rates = PcmRates.Continuous | PcmRates.Hz8000 | PcmRates.Hz11025 | PcmRates.Hz16000 | PcmRates.Hz22050 | PcmRates.Hz32000 | PcmRates.Hz44100 | PcmRates.Hz48000,
        RateMin = 5500,
        RateMax = 48000,
        ChannelsMin = 1,
        ChannelsMax = 2,
        BufferBytesMax = 64 * 1024,
        PeriodBytesMin = 64,
        PeriodBytesMax = 64 * 1024,
        PeriodsMin = 1,
        PeriodsMax = 1024,
    };

    /// <summary>The name, as in <c>modprobe snd-dummy model=name</c>; <c>dummy</c> for the default.</summary>
    public required string Name { get; init; }

    /// <summary>What the card can do.</summary>
    public required PcmHardware Hardware { get; init; }

    /// <summary>How many streams can be open at a time, in each direction; at least 1.</summary>
    public int SubstreamsPerDirection { get; init; } = 8;

    /// <summary>Adds what the hardware's description cannot say; called in open. Null when it says everything.</summary>
    public Func<PcmConstraints, PcmDirection, PcmError>? AddConstraints { get; init; }

    /// <summary>Mono or stereo, 8 or 16 bit, any rate up to 48 kHz; periods need not divide the buffer.</summary>
    public static NullCardModel Dummy { get; } = new() { Name = "dummy", Hardware = s_dummy };

    /// <summary>As <see cref="Dummy"/>, but playback needs whole periods and at least 256 bytes of buffer.</summary>
    public static NullCardModel Emu10k1 { get; } = new()
    {
        Name = "emu10k1",
        Hardware = s_dummy with { BufferBytesMax = 128 * 1024 },
        AddConstraints = static (constraints, direction) => direction == PcmDirection.Playback ? AddEmu10k1Playback(constraints) : PcmError.None,
    };

    /// <summary>26 channels of 32 bit in two periods.</summary>
    public static NullCardModel Rme9652 { get; } = new()
    {
        Name = "rme9652",
        Hardware = s_dummy with
        {
            Formats = [PcmFormat.S32LE],
            ChannelsMin = 26,
            ChannelsMax = 26,
            BufferBytesMax = 26 * 64 * 1024,
            PeriodsMin = 2,
            PeriodsMax = 2,
        },
    };

    /// <summary>Ten channels of 32 bit.</summary>
    public static NullCardModel Ice1712 { get; } = new()
    {
        Name = "ice1712",
        Hardware = s_dummy with { Formats = [PcmFormat.S32LE], ChannelsMin = 10, ChannelsMax = 10, BufferBytesMax = 256 * 1024 },
    };

    /// <summary>Stereo, 16 bit, a buffer of 16380 bytes.</summary>
    public static NullCardModel Uda1341 { get; } = new()
    {
        Name = "uda1341",
        Hardware = s_dummy with { Formats = [PcmFormat.S16LE], ChannelsMin = 2, ChannelsMax = 2, BufferBytesMax = 16380, PeriodsMin = 2, PeriodsMax = 255 },
    };

    /// <summary>Stereo, 16 bit, 48 kHz only.</summary>
    public static NullCardModel Ac97 { get; } = new()
    {
        Name = "ac97",
        Hardware = s_dummy with { Formats = [PcmFormat.S16LE], ChannelsMin = 2, ChannelsMax = 2, Rates = PcmRates.Hz48000, RateMin = 48000, RateMax = 48000 },
    };

    /// <summary>Stereo, 16 bit, 48, 96 or 192 kHz, up to eight periods.</summary>
    public static NullCardModel Ca0106 { get; } = new()
    {
        Name = "ca0106",
        Hardware = s_dummy with
        {
            Formats = [PcmFormat.S16LE],
            ChannelsMin = 2,
            ChannelsMax = 2,
            Rates = PcmRates.Hz48000 | PcmRates.Hz96000 | PcmRates.Hz192000,
            RateMin = 48000,
            RateMax = 192000,
            BufferBytesMax = ((64 * 1024) - 64) * 8,
            PeriodBytesMax = (64 * 1024) - 64,
            PeriodsMin = 2,
            PeriodsMax = 8,
        },
    };

    /// <summary>What QEMU's virtio-sound offers its guest: mono or stereo, little-endian 8, 16 and 32 bit and float, 5512 to 384000 Hz without 352800.</summary>
    public static NullCardModel Qemu { get; } = new()
    {
        Name = "qemu",
        Hardware = s_dummy with
        {
            Formats = [PcmFormat.S8, PcmFormat.U8, PcmFormat.S16LE, PcmFormat.U16LE, PcmFormat.S32LE, PcmFormat.U32LE, PcmFormat.Float32LE],
            Rates = PcmRates.Hz5512 | PcmRates.Hz8000 | PcmRates.Hz11025 | PcmRates.Hz16000 | PcmRates.Hz22050 | PcmRates.Hz32000 | PcmRates.Hz44100
                | PcmRates.Hz48000 | PcmRates.Hz64000 | PcmRates.Hz88200 | PcmRates.Hz96000 | PcmRates.Hz176400 | PcmRates.Hz192000 | PcmRates.Hz384000,
            RateMin = 5512,
            RateMax = 384000,
            BufferBytesMax = 1024 * 1024,
            PeriodBytesMin = 16,
            PeriodBytesMax = 512 * 1024,
        },
    };

    /// <summary>Every model, <see cref="Dummy"/> first.</summary>
    public static IReadOnlyList<NullCardModel> All { get; } = [Dummy, Emu10k1, Rme9652, Ice1712, Uda1341, Ac97, Ca0106, Qemu];

    /// <summary>The model with a name, in any case; null when there is none.</summary>
    /// <param name="name">The name.</param>
    public static NullCardModel? Find(string name)
    {
        foreach (NullCardModel model in All)
        {
            if (model.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return model;
            }
        }

        return null;
    }

    private static PcmError AddEmu10k1Playback(PcmConstraints constraints)
    {
        PcmError error = constraints.Integer(PcmHwParameter.Periods);
        return error == PcmError.None ? constraints.MinMax(PcmHwParameter.BufferBytes, 256, uint.MaxValue) : error;
    }
}
