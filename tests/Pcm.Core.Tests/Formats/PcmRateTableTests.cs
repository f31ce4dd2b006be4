namespace Pcm.Core.Tests.Formats;

public class PcmRateTableTests
{
    [Theory]
    [InlineData(0, 5512)]
    [InlineData(1, 8000)]
    [InlineData(2, 11025)]
    [InlineData(3, 16000)]
    [InlineData(4, 22050)]
    [InlineData(5, 32000)]
    [InlineData(6, 44100)]
    [InlineData(7, 48000)]
    [InlineData(8, 64000)]
    [InlineData(9, 88200)]
    [InlineData(10, 96000)]
    [InlineData(11, 176400)]
    [InlineData(12, 192000)]
    [InlineData(13, 352800)]
    [InlineData(14, 384000)]
    [InlineData(15, 705600)]
    [InlineData(16, 768000)]
    [InlineData(17, 12000)]
    [InlineData(18, 24000)]
    [InlineData(19, 128000)]
    public void BitAndHz_KnownRate_AreTheKernels(int bit, int hz)
    {
        var rate = (PcmRates)(1u << bit);
        Assert.Equal($"Hz{hz}", rate.ToString());
        Assert.Equal((uint)hz, PcmRateTable.ToHz(rate));
        Assert.Equal(rate, PcmRateTable.FromHz((uint)hz));
    }

    [Fact]
    public void BitAndHz_UnknownRate_AreKnotAndZero()
    {
        Assert.Equal(PcmRates.Knot, PcmRateTable.FromHz(47999));
        Assert.Equal(0x40000000u, (uint)PcmRates.Continuous);
        Assert.Equal(0x80000000u, (uint)PcmRates.Knot);
        foreach (PcmRates none in (PcmRates[])[PcmRates.None, PcmRates.Continuous, PcmRates.Knot, (PcmRates)(1u << 20), PcmRates.Hz8000 | PcmRates.Hz16000])
        {
            Assert.Equal(0u, PcmRateTable.ToHz(none));
        }
    }

    [Theory]
    [InlineData(PcmRates.Hz8000 | PcmRates.Hz44100 | PcmRates.Hz12000, true, 8000, 44100)]
    [InlineData(PcmRates.Hz128000, true, 128000, 128000)]
    [InlineData(PcmRates.Hz5512 | PcmRates.Hz768000 | PcmRates.Knot, true, 5512, 768000)]
    [InlineData(PcmRates.Continuous | PcmRates.Knot, false, 0, 0)]
    [InlineData(PcmRates.None, false, 0, 0)]
    public void TryGetLimits_Mask_AreItsKnownRates(PcmRates rates, bool expected, int minHz, int maxHz)
    {
        Assert.Equal(expected, PcmRateTable.TryGetLimits(rates, out uint min, out uint max));
        Assert.Equal(((uint)minHz, (uint)maxHz), (min, max));
    }

    [Theory]
    [InlineData(PcmRates.Hz8000 | PcmRates.Hz48000, PcmRates.Hz48000 | PcmRates.Hz96000, PcmRates.Hz48000)]
    [InlineData(PcmRates.Continuous | PcmRates.Hz8000, PcmRates.Hz48000, PcmRates.Hz48000)]
    [InlineData(PcmRates.Knot, PcmRates.Hz48000, PcmRates.Hz48000)]
    [InlineData(PcmRates.Continuous, PcmRates.Knot | PcmRates.Hz8000, PcmRates.Knot)]
    [InlineData(PcmRates.Continuous | PcmRates.Knot, PcmRates.Continuous, PcmRates.Continuous)]
    [InlineData(PcmRates.Knot | PcmRates.Hz8000, PcmRates.Knot, PcmRates.Knot)]
    [InlineData(PcmRates.Hz8000, PcmRates.Hz48000, PcmRates.None)]
    public void Intersect_TwoMasks_ContinuousWinsOverKnot(PcmRates left, PcmRates right, PcmRates expected)
    {
        Assert.Equal(expected, PcmRateTable.Intersect(left, right));
        Assert.Equal(expected, PcmRateTable.Intersect(right, left));
    }
}
