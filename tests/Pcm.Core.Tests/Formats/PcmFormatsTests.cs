using CsCheck;

namespace Pcm.Core.Tests.Formats;

public class PcmFormatsTests
{
    [Fact]
    public void CollectionExpression_SomeFormats_HasTheKernelsBits()
    {
        PcmFormats formats = [PcmFormat.S16LE, PcmFormat.U8, PcmFormat.DsdU32BE, PcmFormat.U8];
        Assert.Equal((1UL << 2) | (1UL << 1) | (1UL << 52), formats.Bits);
        Assert.Equal(3, formats.Count);
        Assert.Equal("U8 S16_LE DSD_U32_BE", formats.ToString());
    }

    [Fact]
    public void Create_NoBitForIt_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PcmFormats.Create([(PcmFormat)64]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PcmFormats.Create([(PcmFormat)(-1)]));
    }

    [Fact]
    public void Sets_RandomBits_BehaveAsSets() => Gen.Select(Gen.ULong, Gen.ULong).Sample((left, right) =>
    {
        var a = new PcmFormats(left);
        var b = new PcmFormats(right);
        var enumerated = new List<int>();
        foreach (PcmFormat format in a)
        {
            enumerated.Add((int)format);
        }

        Assert.Equal(Enumerable.Range(0, 64).Where(bit => (left >> bit & 1) != 0), enumerated);
        Assert.Equal(enumerated.Count, a.Count);
        for (int bit = -1; bit <= 64; bit++)
        {
            var format = (PcmFormat)bit;
            Assert.Equal(bit is >= 0 and < 64 && (left >> bit & 1) != 0, a.Contains(format));
            Assert.Equal(a.Contains(format) || b.Contains(format), (a | b).Contains(format));
            Assert.Equal(a.Contains(format) && b.Contains(format), (a & b).Contains(format));
        }
    });

    [Fact]
    public void Enumerate_AllFormats_AllocatesNothing()
    {
        AllocationMeter.AssertNothing(
            static () =>
            {
                int sum = 0;
                foreach (PcmFormat format in PcmFormats.All)
                {
                    sum += (int)format;
                }

                return sum == (52 * 53 / 2) - 29 - 30;
            },
            periods: 100);
    }

    [Fact]
    public void ToString_NoName_IsTheNumber() => Assert.Equal("S8 29 63", new PcmFormats((1UL << 29) | (1UL << 63) | 1).ToString());
}
