using CsCheck;

namespace Pcm.Virtio.Tests;

public sealed class VirtioPcmTableTests
{
    // The specification's order (virtio 5.14.6.6.2) beside ALSA's numbers, written out once more.
    private static readonly PcmFormat[] s_formats =
    [
        PcmFormat.ImaAdpcm, PcmFormat.MuLaw, PcmFormat.ALaw, PcmFormat.S8, PcmFormat.U8, PcmFormat.S16LE, PcmFormat.U16LE, PcmFormat.S18In3LE,
        PcmFormat.U18In3LE, PcmFormat.S20In3LE, PcmFormat.U20In3LE, PcmFormat.S24In3LE, PcmFormat.U24In3LE, PcmFormat.S20LE, PcmFormat.U20LE,
        PcmFormat.S24LE, PcmFormat.U24LE, PcmFormat.S32LE, PcmFormat.U32LE, PcmFormat.Float32LE, PcmFormat.Float64LE, PcmFormat.DsdU8,
        PcmFormat.DsdU16LE, PcmFormat.DsdU32LE, PcmFormat.Iec958SubframeLE,
    ];

    private static readonly int[] s_rates =
        [5512, 8000, 11025, 16000, 22050, 32000, 44100, 48000, 64000, 88200, 96000, 176400, 192000, 384000, 12000, 24000];

    [Fact]
    public void Formats_GoldenList_BothDirections()
    {
        Assert.Equal(VirtioPcmFormats.Count, s_formats.Length);
        for (byte index = 0; index < s_formats.Length; index++)
        {
            Assert.True(VirtioPcmFormats.TryFromVirtio(index, out PcmFormat format));
            Assert.Equal(s_formats[index], format);
            Assert.True(VirtioPcmFormats.TryToVirtio(format, out byte back));
            Assert.Equal(index, back);
        }
    }

    [Fact]
    public void Formats_EveryPcmFormat_HasAnEntryOrNoTwin()
    {
        foreach (PcmFormat format in Enum.GetValues<PcmFormat>())
        {
            bool known = VirtioPcmFormats.TryToVirtio(format, out byte index);
            Assert.Equal(s_formats.Contains(format), known);
            Assert.Equal(known ? (byte)Array.IndexOf(s_formats, format) : (byte)0xFF, index);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(29)]
    [InlineData(30)]
    [InlineData(53)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Formats_NoFormat_SaysNo(int format) => Assert.False(VirtioPcmFormats.TryToVirtio((PcmFormat)format, out _));

    [Fact]
    public void Rates_GoldenList_BothDirections()
    {
        Assert.Equal(VirtioPcmRates.Count, s_rates.Length);
        for (byte index = 0; index < s_rates.Length; index++)
        {
            Assert.True(VirtioPcmRates.TryFromVirtio(index, out int rate));
            Assert.Equal(s_rates[index], rate);
            Assert.True(VirtioPcmRates.TryToVirtio(rate, out byte back));
            Assert.Equal(index, back);
        }
    }

    [Fact]
    public void Tables_AnyIndex_KnowExactlyTheDefinedOnes() => Gen.Byte.Sample(index =>
    {
        Assert.Equal(index < s_formats.Length, VirtioPcmFormats.TryFromVirtio(index, out _));
        Assert.Equal(index < s_rates.Length, VirtioPcmRates.TryFromVirtio(index, out _));
    });

    [Fact]
    public void Rates_AnyHertz_KnowExactlyTheList() => Gen.OneOf(Gen.Int, Gen.Int[0, 400_000], Gen.Int[0, s_rates.Length - 1].Select(i => s_rates[i])).Sample(rate =>
        Assert.Equal(s_rates.Contains(rate), VirtioPcmRates.TryToVirtio(rate, out _)));

    [Fact]
    public void DefaultMaps_Answer_AsTheTables()
    {
        Assert.True(VirtioFormatMap.Default.TryToVirtio(PcmFormat.S16LE, out byte format));
        Assert.Equal(5, format);
        Assert.True(VirtioFormatMap.Default.TryFromVirtio(19, out PcmFormat floating));
        Assert.Equal(PcmFormat.Float32LE, floating);
        Assert.False(VirtioFormatMap.Default.TryFromVirtio(25, out _));
        Assert.True(VirtioRateMap.Default.TryToVirtio(48000, out byte rate));
        Assert.Equal(7, rate);
        Assert.True(VirtioRateMap.Default.TryFromVirtio(13, out int hertz));
        Assert.Equal(384000, hertz);
        Assert.False(VirtioRateMap.Default.TryToVirtio(48001, out _));
    }
}
