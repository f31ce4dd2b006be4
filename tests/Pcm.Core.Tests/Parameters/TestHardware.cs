using Pcm.Backends.Null;

namespace Pcm.Core.Tests.Parameters;

internal static class TestHardware
{
    /// <summary>A few rates, two formats, whole periods: what virtio-snd on a modest device looks like.</summary>
    public static PcmHardware VirtioLike { get; } = NullCardModel.Dummy.Hardware with
    {
        Info = PcmInfo.Mmap | PcmInfo.Interleaved,
        Formats = [PcmFormat.S16LE, PcmFormat.S32LE],
        Rates = PcmRates.Hz44100 | PcmRates.Hz48000,
        RateMin = 44100,
        RateMax = 48000,
        PeriodBytesMin = 880,
        PeriodBytesMax = 30720,
        PeriodsMin = 2,
        PeriodsMax = 16,
        BufferBytesMax = 65536,
    };

    public static TraceCard OpenVirtioLike() =>
        TraceCard.Of(VirtioLike, static constraints => Assert.Equal(PcmError.None, constraints.Integer(PcmHwParameter.Periods)));

    public static TraceCard OpenDummy() => TraceCard.OpenNull(NullCardModel.Dummy, PcmDirection.Playback);
}
