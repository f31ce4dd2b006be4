namespace Pcm.Bench.EndToEnd;

/// <summary>What all runs play: S16 stereo at 48 kHz.</summary>
internal static class Session
{
    public const int FrameBytes = 4;

    public static PcmHwParams Request(int periodFrames, int periods) => new()
    {
        Access = PcmAccess.ReadWriteInterleaved,
        Format = PcmFormat.S16LE,
        Channels = 2,
        Rate = 48000,
        PeriodFrames = periodFrames,
        BufferFrames = periodFrames * periods,
    };
}
