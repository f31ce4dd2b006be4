namespace Pcm.Cli.Sessions;

/// <summary>What a frame is, and how many there are in a second.</summary>
internal readonly record struct StreamFormat(PcmFormat Format, int Channels, int Rate)
{
    /// <summary>Bytes of a frame; 0 when it is no whole number of bytes.</summary>
    public int FrameBytes => Format.PhysicalWidthBits() * Channels % 8 == 0 ? Format.PhysicalWidthBits() * Channels / 8 : 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Format.AlsaName()}, {Channels} channel{(Channels == 1 ? "" : "s")}, {Rate} Hz";
}
