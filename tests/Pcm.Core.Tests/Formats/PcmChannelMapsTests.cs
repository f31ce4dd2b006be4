using static Pcm.PcmChannelPosition;

namespace Pcm.Core.Tests.Formats;

public class PcmChannelMapsTests
{
    // Numbers 0 to 36 in order, as ALSA spells them; the enum's documentation starts with the same words.
    private const string KernelOrder =
        "UNKNOWN NA MONO FL FR RL RR FC LFE SL SR RC FLC FRC RLC RRC FLW FRW FLH FCH FRH TC TFL TFR TFC TRL TRR TRC TFLC TFRC TSL TSR LLFE RLFE BC BLC BRC";

    [Fact]
    public void Positions_EveryNumber_IsTheKernels()
    {
        string[] names = KernelOrder.Split(' ');
        Assert.Equal(37, names.Length);
        for (int number = 3; number < names.Length; number++)
        {
            string enumName = Enum.GetName((PcmChannelPosition)number)!;
            Assert.Equal(names[number], Abbreviate(enumName));
        }

        Assert.Equal((0, 1, 2), ((int)Unknown, (int)NotApplicable, (int)PcmChannelPosition.Mono));
        Assert.Equal((0x10000, 0x20000), ((int)PhaseInverse, (int)DriverSpecific));
    }

    [Fact]
    public void Maps_EachCount_AreTheStandardOnes()
    {
        Assert.Equal([PcmChannelPosition.Mono], PcmChannelMaps.Standard(1).ToArray());
        Assert.Equal([FrontLeft, FrontRight], PcmChannelMaps.Standard(2).ToArray());
        Assert.Equal([FrontLeft, FrontRight, RearLeft, RearRight], PcmChannelMaps.Standard(4).ToArray());
        Assert.Equal([FrontLeft, FrontRight, RearLeft, RearRight, FrontCenter, LowFrequency], PcmChannelMaps.Standard(6).ToArray());
        Assert.Equal([FrontLeft, FrontRight, RearLeft, RearRight, FrontCenter, LowFrequency, SideLeft, SideRight], PcmChannelMaps.Standard(8).ToArray());
        Assert.Equal([FrontLeft, FrontRight, RearLeft, RearRight], PcmChannelMaps.Alternative(4).ToArray());
        Assert.Equal([FrontLeft, FrontRight, FrontCenter, LowFrequency, RearLeft, RearRight], PcmChannelMaps.Alternative(6).ToArray());
        Assert.Equal([FrontLeft, FrontRight, FrontCenter, LowFrequency, RearLeft, RearRight, SideLeft, SideRight], PcmChannelMaps.Alternative(8).ToArray());
        foreach (int none in (int[])[-1, 0, 3, 5, 7, 9])
        {
            Assert.True(PcmChannelMaps.Standard(none).IsEmpty);
            Assert.True(PcmChannelMaps.Alternative(none).IsEmpty);
        }
    }

    [Fact]
    public void Position_WithFlags_IsWithoutThem() => Assert.Equal(SideLeft, (SideLeft | PhaseInverse | DriverSpecific).Position());

    /// <summary>The capitals of the name; "LowFrequency" is LFE.</summary>
    private static string Abbreviate(string name) => string.Concat(name.Replace("LowFrequency", "LFE", StringComparison.Ordinal).Where(char.IsUpper));
}
