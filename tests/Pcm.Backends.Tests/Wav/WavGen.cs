using CsCheck;

namespace Pcm.Backends.Tests.Wav;

internal static class WavGen
{
    /// <summary>Every format, few channels, any rate that fits, any valid bits, any mask.</summary>
    public static Gen<WavFormat> Format { get; } =
        from sampleFormat in Gen.OneOf(WavFormat.CarriedFormats.ToArray())
        from channels in Gen.OneOf<int>(Gen.Int[1, 3], Gen.Int[1, 40])
        from rate in Gen.OneOf<int>(Gen.OneOf(8000, 44100, 48000, 192000), Gen.Int[1, 13_000_000])
        from mask in Gen.OneOf<uint>(Gen.Const(0u), Gen.UInt)
        let format = new WavFormat(sampleFormat, channels, rate) { ChannelMask = mask }
        from validBits in Gen.OneOf<int>(
            Gen.Const(format.ContainerBits),
            Gen.Int[WavFormat.IsInteger(sampleFormat) ? 1 : format.ContainerBits, format.ContainerBits])
        select format with { ValidBits = validBits };

    /// <summary>A format and whole frames of it, often an odd number of bytes.</summary>
    public static Gen<(WavFormat Format, byte[] Data)> Recording { get; } =
        from format in Format
        from frames in Gen.Int[0, 50]
        from data in Gen.Byte.Array[frames * format.FrameBytes]
        select (format, data);
}
