namespace Pcm.Backends.Tests.Wav;

public sealed class WavFormatTests
{
    public static TheoryData<PcmFormat> Refused => [.. Enum.GetValues<PcmFormat>().Where(static f => !WavFormat.CanCarry(f))];

    [Fact]
    public void CarriedFormats_Is_TheseEight() =>
        Assert.Equal(
            [
                PcmFormat.U8, PcmFormat.S16LE, PcmFormat.S24In3LE, PcmFormat.S32LE,
                PcmFormat.Float32LE, PcmFormat.Float64LE, PcmFormat.ALaw, PcmFormat.MuLaw,
            ],
            WavFormat.CarriedFormats.ToArray());

    [Theory]
    [MemberData(nameof(Refused))]
    public void Create_FormatWithoutCode_NamesItAndWhatWavCarries(PcmFormat format)
    {
        var error = Assert.Throws<ArgumentException>(() => new WavFormat(format, 2, 48000));

        Assert.Contains($"cannot carry {format}", error.Message, StringComparison.Ordinal);
        Assert.All(WavFormat.CarriedFormats.ToArray(), f => Assert.Contains(f.ToString(), error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(PcmFormat.U8, 1, 1, 8)]
    [InlineData(PcmFormat.S16LE, 2, 4, 16)]
    [InlineData(PcmFormat.S24In3LE, 2, 6, 24)]
    [InlineData(PcmFormat.S32LE, 32, 128, 32)]
    [InlineData(PcmFormat.Float32LE, 3, 12, 32)]
    [InlineData(PcmFormat.Float64LE, 2, 16, 64)]
    [InlineData(PcmFormat.ALaw, 2, 2, 8)]
    [InlineData(PcmFormat.MuLaw, 1, 1, 8)]
    public void Create_EachFormat_HasTheseWidths(PcmFormat format, int channels, int frameBytes, int bits)
    {
        var wav = new WavFormat(format, channels, 48000);

        Assert.Equal(frameBytes, wav.FrameBytes);
        Assert.Equal(bits, wav.ContainerBits);
        Assert.Equal(bits, wav.ValidBits);
    }

    [Theory]
    [InlineData(PcmFormat.U8, 65535)]
    [InlineData(PcmFormat.S24In3LE, 21845)]
    [InlineData(PcmFormat.Float64LE, 8191)]
    public void Create_MoreChannelsThanAFrameHasBytesFor_IsRefused(PcmFormat format, int most)
    {
        Assert.Equal(most, new WavFormat(format, most, 1).Channels);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WavFormat(format, most + 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WavFormat(format, 0, 1));
    }

    [Theory]
    [InlineData(1, int.MaxValue)]
    [InlineData(2, 1073741823)]   // 4 bytes a frame: the byte rate has 32 bits
    [InlineData(8, 268435455)]
    public void Create_RateWhoseByteRateHasMoreThan32Bits_IsRefused(int channels, int most)
    {
        Assert.Equal(most, new WavFormat(PcmFormat.S16LE, channels, most).Rate);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WavFormat(PcmFormat.S16LE, channels, 0));
        if (most < int.MaxValue)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new WavFormat(PcmFormat.S16LE, channels, most + 1));
        }
    }

    [Theory]
    [InlineData(PcmFormat.S32LE, 1, true)]
    [InlineData(PcmFormat.S32LE, 24, true)]
    [InlineData(PcmFormat.S32LE, 0, false)]
    [InlineData(PcmFormat.S32LE, 33, false)]
    [InlineData(PcmFormat.Float32LE, 24, false)]
    [InlineData(PcmFormat.MuLaw, 7, false)]
    [InlineData(PcmFormat.MuLaw, 8, true)]
    public void ValidBits_OutsideTheContainerOrPartOfNoInteger_IsRefused(PcmFormat format, int validBits, bool legal)
    {
        WavFormat Set() => new(format, 1, 8000) { ValidBits = validBits };

        if (legal)
        {
            Assert.Equal(validBits, Set().ValidBits);
        }
        else
        {
            Assert.Throws<ArgumentOutOfRangeException>(Set);
        }
    }
}
