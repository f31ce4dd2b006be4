using static Pcm.Backends.Tests.Wav.WavBytes;

namespace Pcm.Backends.Tests.Wav;

/// <summary>Every way in which a header can be wrong: which byte is blamed, and what the message says.</summary>
public sealed class WavErrorTests
{
    private const int FmtAt = 20;   // the body of a 'fmt ' chunk that comes first

    public static TheoryData<byte[], long, string> Headers => new()
    {
        { Join("RIFX"u8.ToArray(), U32(4), "WAVE"u8.ToArray()), 0, "starts with 'RIFX'; expected 'RIFF', 'RF64' or 'BW64'" },
        { Join([0x7F, (byte)'E', (byte)'L', (byte)'F'], new byte[8]), 0, @"starts with '\x7FELF'" },
        { Join("RIFF"u8.ToArray(), U32(4), "AVI "u8.ToArray()), 8, "form 'AVI '; expected 'WAVE'" },
        { Riff(Chunk("data", Pattern(4))), 12, "a 'data' chunk before any 'fmt ' chunk" },
        { Riff(Chunk("fmt ", S16Stereo), Chunk("fmt ", S16Stereo), Chunk("data")), 36, "a second 'fmt ' chunk; expected one" },
        { Riff(Chunk("fmt ", S16Stereo), Chunk("data", Pattern(6))), 40, "6 bytes of data in frames of 4 bytes; expected whole frames, such as 4" },
        { Riff(Chunk("fmt ", S16Stereo), ChunkOf("LIST", 0xFFFFFFFF)), 36, "chunk 'LIST' without a size" },
        { Riff(Chunk("fmt ", S16Stereo), ChunkOf("LIST", 0xFFFFFFFE, Pattern(9))), 53, "the file ends inside a chunk before the data" },
        { Riff(ChunkOf("LIST", 3, Pattern(3)), Chunk("fmt ", S16Stereo)), 24, @"chunk id 'mt \x10'; expected four printable" },   // no padding
        { Riff(Chunk("\0\0\0\0")), 12, @"chunk id '\x00\x00\x00\x00'" },
        { Riff(), 12, "the file ends inside the chunks before the data" },
        { RiffOf("RF64", uint.MaxValue, Chunk("fmt ", S16Stereo), ChunkOf("data", uint.MaxValue)), 36, "whose data size is in no 'ds64' chunk" },
        { RiffOf("RF64", uint.MaxValue, Chunk("ds64", Pattern(24))), 20, "a 'ds64' chunk of 24 bytes; expected at least 28" },
        { RiffOf("RF64", uint.MaxValue, Ds64(0, 1UL << 63, 0)), 28, "a data size of 9223372036854775808 bytes; expected at most 9223372036854775807" },
        { WithFmt(Pattern(14)), FmtAt, "a 'fmt ' chunk of 14 bytes; expected at least 16" },
        { Riff(ChunkOf("fmt ", 0xFFFFFFFF, S16Stereo)), FmtAt + 16, "the file ends inside the 'fmt ' chunk" },
        { WithFmt(Fmt(2, 1, 8000, 1, 4)), FmtAt, "format tag 0x0002; expected 0x0001 (PCM)" },
        { WithFmt(Fmt(1, 0, 8000, 0, 16)), FmtAt + 2, "0 channels; expected at least 1" },
        { WithFmt(Fmt(1, 1, 0, 2, 16)), FmtAt + 4, "a rate of 0 frames per second; expected [1 .. 2147483647] for frames of 2 bytes" },
        { WithFmt(Fmt(1, 2, 0x80000000, 4, 16)), FmtAt + 4, "a rate of 2147483648 frames per second; expected [1 .. 1073741823] for frames of 4 bytes" },
        { WithFmt(Fmt(1, 2, 48000, 3, 16)), FmtAt + 12, "frames (block align) of 3 bytes for 2 channels of 16 bits; expected 4" },
        { WithFmt(Fmt(1, 2, 48000, 8, 24)), FmtAt + 12, "frames (block align) of 8 bytes for 2 channels of 24 bits; expected 6" },
        { WithFmt(Fmt(1, 65535, 48000, 0xFFFE, 16)), FmtAt + 12, "for 65535 channels of 16 bits; expected 131070" },
        { WithFmt(Fmt(1, 1, 48000, 3, 20)), FmtAt + 14, "PCM samples of 20 bits; expected 8, 16, 24 or 32" },
        { WithFmt(Fmt(1, 1, 48000, 0, 0)), FmtAt + 14, "PCM samples of 0 bits" },
        { WithFmt(Fmt(3, 1, 48000, 2, 16)), FmtAt + 14, "IEEE float samples of 16 bits; expected 32 or 64" },
        { WithFmt(Fmt(7, 1, 48000, 2, 16)), FmtAt + 14, "G.711 samples of 16 bits; expected 8" },
        { WithFmt(Join(Fmt(0xFFFE, 1, 48000, 2, 16), U16(0))), FmtAt, "an extensible 'fmt ' chunk of 18 bytes; expected at least 40" },
        { WithExtensible(at: 16, 21), FmtAt + 16, "an extension of 21 bytes in a 'fmt ' chunk of 40; expected [22 .. 22]" },
        { WithExtensible(at: 16, 23), FmtAt + 16, "an extension of 23 bytes in a 'fmt ' chunk of 40; expected [22 .. 22]" },
        { WithExtensible(at: 18, 17), FmtAt + 18, "17 valid bits in a S16LE sample; expected [1 .. 16], or 0 for all" },
        { WithExtensible(at: 24, 0x55), FmtAt + 24, "format tag 0x0055" },
        { WithExtensible(at: 39, 0x72), FmtAt + 24, "subformat 00000001-0000-0010-8000-00aa00389b72; expected PCM, float, A-law or mu-law" },
        { WithFmt(Extensible(1, 8000, 4, 32, validBits: 24, mask: 0, subTag: 3)), FmtAt + 18, "24 valid bits in a Float32LE sample; expected 32, or 0 for all" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Open_WrongHeader_SaysWhereAndWhatWouldBeRight(byte[] file, long offset, string message)
    {
        foreach (Stream stream in (Stream[])[new MemoryStream(file), new PipeStream(new MemoryStream(file))])
        {
            var error = Assert.Throws<WavException>(() => new WavReader(stream));

            Assert.Contains(message, error.Message, StringComparison.Ordinal);
            Assert.Equal(offset, error.Offset);
            Assert.StartsWith($"WAV, byte {offset}: ", error.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] WithFmt(byte[] fmt) => Riff(Chunk("fmt ", fmt), Chunk("data"));

    private static byte[] WithExtensible(int at, byte value)
    {
        byte[] fmt = Extensible(1, 48000, blockAlign: 2, bits: 16, validBits: 16, mask: 4, subTag: 1);
        fmt[at] = value;
        return WithFmt(fmt);
    }
}
