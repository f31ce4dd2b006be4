namespace Pcm.Backends.Tests.Wav;

/// <summary>Whole files, byte for byte, against the layouts of "Multiple channel audio data and WAVE files" and EBU Tech 3306.</summary>
public sealed class WavWriterGoldenTests
{
    // "JUNK", 28 bytes of room for a ds64.
    private const string Junk = "4A554E4B 1C000000 00000000000000000000000000000000000000000000000000000000";
    private const string SubFormatTail = "000000001000800000AA00389B71";

    public static TheoryData<string, WavFormat, string, string> Files => new()
    {
        {
            "S16 stereo: WAVE_FORMAT_PCM",
            new WavFormat(PcmFormat.S16LE, 2, 48000),
            "01020304",
            $"52494646 4C000000 57415645 {Junk} 666D7420 10000000 0100 0200 80BB0000 00EE0200 0400 1000 64617461 04000000 01020304"
        },
        {
            "U8 mono, odd: padded, and the pad byte is in the RIFF only",
            new WavFormat(PcmFormat.U8, 1, 8000),
            "80",
            $"52494646 4A000000 57415645 {Junk} 666D7420 10000000 0100 0100 401F0000 401F0000 0100 0800 64617461 01000000 80 00"
        },
        {
            "S24 mono: more than 16 bits, so extensible",
            new WavFormat(PcmFormat.S24In3LE, 1, 44100),
            "010203 040506",
            $"52494646 66000000 57415645 {Junk} 666D7420 28000000 FEFF 0100 44AC0000 CC040200 0300 1800 1600 1800 00000000 0100{SubFormatTail} 64617461 06000000 010203 040506"
        },
        {
            "24 valid bits in 32, named speakers",
            new WavFormat(PcmFormat.S32LE, 2, 96000) { ValidBits = 24, ChannelMask = 3 },
            "0001020300040506",
            $"52494646 68000000 57415645 {Junk} 666D7420 28000000 FEFF 0200 00770100 00B80B00 0800 2000 1600 1800 03000000 0100{SubFormatTail} 64617461 08000000 0001020300040506"
        },
        {
            "S16 of three channels: extensible",
            new WavFormat(PcmFormat.S16LE, 3, 8000),
            "010203040506",
            $"52494646 66000000 57415645 {Junk} 666D7420 28000000 FEFF 0300 401F0000 80BB0000 0600 1000 1600 1000 00000000 0100{SubFormatTail} 64617461 06000000 010203040506"
        },
        {
            "float 32: WAVE_FORMAT_IEEE_FLOAT with fact",
            new WavFormat(PcmFormat.Float32LE, 1, 48000),
            "0000803F",
            $"52494646 5A000000 57415645 {Junk} 666D7420 12000000 0300 0100 80BB0000 00EE0200 0400 2000 0000 66616374 04000000 01000000 64617461 04000000 0000803F"
        },
        {
            "float 64 of three channels: extensible with fact",
            new WavFormat(PcmFormat.Float64LE, 3, 1000),
            "",
            $"52494646 6C000000 57415645 {Junk} 666D7420 28000000 FEFF 0300 E8030000 C05D0000 1800 4000 1600 4000 00000000 0300{SubFormatTail} 66616374 04000000 00000000 64617461 00000000"
        },
        {
            "A-law",
            new WavFormat(PcmFormat.ALaw, 2, 8000),
            "D5D5",
            $"52494646 58000000 57415645 {Junk} 666D7420 12000000 0600 0200 401F0000 803E0000 0200 0800 0000 66616374 04000000 01000000 64617461 02000000 D5D5"
        },
        {
            "mu-law",
            new WavFormat(PcmFormat.MuLaw, 1, 8000),
            "FF7F",
            $"52494646 58000000 57415645 {Junk} 666D7420 12000000 0700 0100 401F0000 401F0000 0100 0800 0000 66616374 04000000 02000000 64617461 02000000 FF7F"
        },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Write_EachKind_WritesTheseBytes(string kind, WavFormat format, string data, string expected)
    {
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, format))
        {
            writer.Write(Hex(data));
        }

        Assert.Equal(Hex(expected), stream.ToArray());
        Assert.False(string.IsNullOrEmpty(kind));
    }

    [Fact]
    public void Write_IntoPipe_WritesNoSizesNoRoomAndNoPadding()
    {
        using var bytes = new MemoryStream();
        using (var writer = new WavWriter(new PipeStream(bytes), new WavFormat(PcmFormat.U8, 1, 8000)))
        {
            writer.Write([0x80]);
        }

        Assert.Equal(
            Hex("52494646 FFFFFFFF 57415645 666D7420 10000000 0100 0100 401F0000 401F0000 0100 0800 64617461 FFFFFFFF 80"),
            bytes.ToArray());
    }

    [Fact]
    public void Write_AboveTheRiffLimit_BecomesAnRf64()
    {
        // RIFF size of one frame is 76.
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, new WavFormat(PcmFormat.S16LE, 2, 48000), maxRiffBytes: 76))
        {
            writer.Write([1, 2, 3, 4]);
            writer.Write([5, 6, 7, 8]);
        }

        Assert.Equal(
            Hex("""
                52463634 FFFFFFFF 57415645
                64733634 1C000000 5000000000000000 0800000000000000 0200000000000000 00000000
                666D7420 10000000 0100 0200 80BB0000 00EE0200 0400 1000
                64617461 FFFFFFFF 0102030405060708
                """),
            stream.ToArray());
    }

    [Fact]
    public void Write_AtTheRiffLimit_StaysARiff()
    {
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, new WavFormat(PcmFormat.S16LE, 2, 48000), maxRiffBytes: 76))
        {
            writer.Write([1, 2, 3, 4]);
        }

        Assert.Equal("RIFF"u8, stream.ToArray().AsSpan(0, 4));
    }

    [Fact]
    public void Write_MoreThan4GiB_BecomesAnRf64OfThatSize()
    {
        const int Writes = 65;
        var block = new byte[1 << 26];
        using var stream = new HeadOnlyStream();
        using (var writer = new WavWriter(stream, new WavFormat(PcmFormat.S32LE, 2, 192000)))
        {
            for (int i = 0; i < Writes; i++)
            {
                writer.Write(block);
            }
        }

        long dataBytes = (long)Writes * block.Length;
        using var head = new MemoryStream(stream.Head);
        Assert.Equal("RF64"u8, stream.Head.AsSpan(0, 4));
        Assert.Equal(dataBytes, new WavReader(head).DataBytes);
        Assert.Equal(dataBytes + head.Position, stream.Length);
        Assert.Equal(stream.Length, stream.Position);
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(string.Concat(hex.Where(static c => !char.IsWhiteSpace(c))));
}
