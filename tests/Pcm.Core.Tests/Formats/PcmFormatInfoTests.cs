namespace Pcm.Core.Tests.Formats;

public class PcmFormatInfoTests
{
    // number, ALSA's name, width, width in memory, byte order, sign, one silent sample; "-" where it does not apply.
    private const string KernelTable = """
        0 S8 8 8 - yes 00
        1 U8 8 8 - no 80
        2 S16_LE 16 16 LE yes 0000
        3 S16_BE 16 16 BE yes 0000
        4 U16_LE 16 16 LE no 0080
        5 U16_BE 16 16 BE no 8000
        6 S24_LE 24 32 LE yes 00000000
        7 S24_BE 24 32 BE yes 00000000
        8 U24_LE 24 32 LE no 00008000
        9 U24_BE 24 32 BE no 00800000
        10 S32_LE 32 32 LE yes 00000000
        11 S32_BE 32 32 BE yes 00000000
        12 U32_LE 32 32 LE no 00000080
        13 U32_BE 32 32 BE no 80000000
        14 FLOAT_LE 32 32 LE - 00000000
        15 FLOAT_BE 32 32 BE - 00000000
        16 FLOAT64_LE 64 64 LE - 0000000000000000
        17 FLOAT64_BE 64 64 BE - 0000000000000000
        18 IEC958_SUBFRAME_LE 32 32 LE - 00000000
        19 IEC958_SUBFRAME_BE 32 32 BE - 00000000
        20 MU_LAW 8 8 - - 7f
        21 A_LAW 8 8 - - 55
        22 IMA_ADPCM 4 4 - - 00
        23 MPEG 0 0 - - -
        24 GSM 0 0 - - -
        25 S20_LE 20 32 LE yes 00000000
        26 S20_BE 20 32 BE yes 00000000
        27 U20_LE 20 32 LE no 00000800
        28 U20_BE 20 32 BE no 00080000
        29 - 0 0 BE no -
        30 - 0 0 BE no -
        31 SPECIAL 0 0 - - -
        32 S24_3LE 24 24 LE yes 000000
        33 S24_3BE 24 24 BE yes 000000
        34 U24_3LE 24 24 LE no 000080
        35 U24_3BE 24 24 BE no 800000
        36 S20_3LE 20 24 LE yes 000000
        37 S20_3BE 20 24 BE yes 000000
        38 U20_3LE 20 24 LE no 000008
        39 U20_3BE 20 24 BE no 080000
        40 S18_3LE 18 24 LE yes 000000
        41 S18_3BE 18 24 BE yes 000000
        42 U18_3LE 18 24 LE no 000002
        43 U18_3BE 18 24 BE no 020000
        44 G723_24 3 3 - - 00
        45 G723_24_1B 3 8 - - 00
        46 G723_40 5 5 - - 00
        47 G723_40_1B 5 8 - - 00
        48 DSD_U8 8 8 LE no 69
        49 DSD_U16_LE 16 16 LE no 6969
        50 DSD_U32_LE 32 32 LE no 69696969
        51 DSD_U16_BE 16 16 LE no 6969
        52 DSD_U32_BE 32 32 LE no 69696969
        """;

    public static TheoryData<int, string, int, int, string, string, string> Rows()
    {
        var rows = new TheoryData<int, string, int, int, string, string, string>();
        foreach (string line in KernelTable.Split('\n'))
        {
            string[] cells = line.Split(' ');
            rows.Add(int.Parse(cells[0]), cells[1], int.Parse(cells[2]), int.Parse(cells[3]), cells[4], cells[5], cells[6]);
        }

        return rows;
    }

    [Fact]
    public void Rows_Count_IsTheTablesLength() => Assert.Equal(PcmFormatInfo.Count, Rows().Count);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Properties_EachFormat_AreTheKernels(int number, string name, int width, int physical, string order, string sign, string silence)
    {
        var format = (PcmFormat)number;
        Assert.Equal(name == "-" ? null : name, format.AlsaName());
        Assert.Equal(width, format.WidthBits());
        Assert.Equal(physical, format.PhysicalWidthBits());
        Assert.Equal(order == "-" ? null : order == "LE", format.IsLittleEndian());
        Assert.Equal(sign == "-" ? null : sign == "yes", format.IsSigned());
        Assert.Equal(sign != "-", format.IsLinear());
        Assert.Equal(physical * 1000L / 8, format.BytesFor(1000));
        AssertSilence(format, physical, silence);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void TryParse_EachName_GivesTheFormat(int number, string name, int width, int physical, string order, string sign, string silence)
    {
        _ = (width, physical, order, sign, silence);
        Assert.Equal(name != "-", PcmFormatInfo.TryParse(name, out PcmFormat byAlsaName));
        Assert.Equal(name != "-", PcmFormatInfo.TryParse(Enum.GetName((PcmFormat)number) ?? "", out PcmFormat byEnumName));
        var expected = name == "-" ? default : (PcmFormat)number;
        Assert.Equal((expected, expected), (byAlsaName, byEnumName));
    }

    [Theory]
    [InlineData("s16_le", true, PcmFormat.S16LE)]
    [InlineData("float32be", true, PcmFormat.Float32BE)]
    [InlineData("S16LE ", false, default(PcmFormat))]
    [InlineData("2", false, default(PcmFormat))]
    [InlineData("", false, default(PcmFormat))]
    [InlineData("S17_LE", false, default(PcmFormat))]
    public void TryParse_OtherSpellings_IgnoresCaseOnly(string name, bool expected, PcmFormat format)
    {
        Assert.Equal(expected, PcmFormatInfo.TryParse(name, out PcmFormat parsed));
        Assert.Equal(format, parsed);
    }

    [Theory]
    [InlineData("S16", PcmFormat.S16LE, PcmFormat.S16BE)]
    [InlineData("float64", PcmFormat.Float64LE, PcmFormat.Float64BE)]
    public void TryParse_NoByteOrder_IsTheMachines(string name, PcmFormat little, PcmFormat big)
    {
        Assert.True(PcmFormatInfo.TryParse(name, out PcmFormat parsed));
        Assert.Equal(BitConverter.IsLittleEndian ? little : big, parsed);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(53)]
    [InlineData(int.MaxValue)]
    public void Properties_NoFormat_AreNone(int number)
    {
        var format = (PcmFormat)number;
        Assert.Equal((0, 0, 0L), (format.WidthBits(), format.PhysicalWidthBits(), format.BytesFor(8)));
        Assert.Null(format.IsSigned());
        Assert.Null(format.IsLittleEndian());
        Assert.False(format.IsLinear());
        Assert.Null(format.AlsaName());
        Assert.Equal(PcmError.InvalidArgument, format.FillSilence(new byte[4]));
    }

    [Fact]
    public void FillSilence_PartOfASample_Throws()
    {
        Assert.Throws<ArgumentException>(() => PcmFormat.S24In3LE.FillSilence(new byte[4]));
        Assert.Throws<ArgumentException>(() => PcmFormat.U16LE.FillSilence(new byte[3]));
        Assert.Equal(PcmError.None, PcmFormat.ImaAdpcm.FillSilence(new byte[3]));
    }

    [Fact]
    public void BytesFor_PackedFormats_RoundDown()
    {
        Assert.Equal(1, PcmFormat.ImaAdpcm.BytesFor(3));
        Assert.Equal(3, PcmFormat.G72324.BytesFor(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => PcmFormat.S8.BytesFor(-1));
    }

    private static void AssertSilence(PcmFormat format, int physical, string silence)
    {
        Assert.Equal(PcmError.None, format.FillSilence([]));
        if (silence == "-")
        {
            Assert.Equal(PcmError.InvalidArgument, format.FillSilence(new byte[8]));
            return;
        }

        byte[] sample = Convert.FromHexString(silence);
        Assert.Equal(Math.Max(1, physical / 8), sample.Length);
        foreach (int samples in (int[])[1, 2, 3, 7, 64, 1000])
        {
            var memory = new byte[sample.Length * samples];
            Array.Fill(memory, (byte)0xEE);
            Assert.Equal(PcmError.None, format.FillSilence(memory));
            Assert.Equal(Enumerable.Repeat(sample, samples).SelectMany(b => b), memory);
        }
    }
}
