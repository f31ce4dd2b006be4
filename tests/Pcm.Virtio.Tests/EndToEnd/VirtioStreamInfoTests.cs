namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>What the driver makes of a stream's description: formats, rates, and Linux's arithmetic for the limits.</summary>
public sealed class VirtioStreamInfoTests
{
    [Fact]
    public void TryCreate_EveryBit_HasEveryFormatAndRateThatFits()
    {
        VirtioStreamInfo stream = Create(formats: ulong.MaxValue, rates: ulong.MaxValue);
        for (byte index = 0; index < VirtioPcmFormats.Count; index++)
        {
            Assert.True(VirtioPcmFormats.TryFromVirtio(index, out PcmFormat format));
            Assert.Equal(format != PcmFormat.ImaAdpcm, stream.Hardware.Formats.Contains(format)); // half a byte is no whole message
        }

        for (byte index = 0; index < VirtioPcmRates.Count; index++)
        {
            Assert.True(VirtioPcmRates.TryFromVirtio(index, out int rateHz));
            Assert.True((stream.Hardware.Rates & PcmRateTable.FromHz((uint)rateHz)) != 0, $"{rateHz} Hz");
        }

        Assert.Equal((5512u, 384000u), (stream.Hardware.RateMin, stream.Hardware.RateMax));
    }

    [Theory]
    [InlineData(13, 384000)]
    [InlineData(14, 12000)]
    [InlineData(15, 24000)]
    public void TryCreate_ALateRateAlone_IsTheOnlyOne(int bit, int rateHz)
    {
        VirtioStreamInfo stream = Create(formats: 1 << 5, rates: 1UL << bit);
        Assert.Equal(((uint)rateHz, (uint)rateHz), (stream.Hardware.RateMin, stream.Hardware.RateMax));
    }

    [Theory] // the fact sheet's worked example: QEMU's S8 to FLOAT, 1 to 2 channels
    [InlineData(0x3FFF, 491520u, 50u, 245760u)]
    [InlineData(0x1FFF, 245760u, 50u, 122880u)]
    public void TryCreate_QemusStream_HasLinuxsLimits(int rates, uint buffer, uint periodMin, uint periodMax)
    {
        PcmHardware hardware = Create(formats: 0xE0078, rates: (ulong)rates).Hardware;
        Assert.Equal((buffer, periodMin, periodMax, 2u, 16u), (hardware.BufferBytesMax, hardware.PeriodBytesMin, hardware.PeriodBytesMax, hardware.PeriodsMin, hardware.PeriodsMax));
    }

    private static VirtioStreamInfo Create(ulong formats, ulong rates)
    {
        var info = new VirtioSoundPcmInfo { Formats = formats, Rates = rates, ChannelsMin = 1, ChannelsMax = 2 };
        VirtioStreamInfo? stream = VirtioStreamInfo.TryCreate(0, in info, new VirtioSoundOptions(), VirtioSoundServices.Default, out string problem);
        Assert.Equal("", problem);
        return stream!;
    }
}
