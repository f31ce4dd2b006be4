using System.Globalization;

namespace Pcm.Testing;

/// <summary>Ops and their arguments in the kernel's words, as records and traces have them.</summary>
internal static class OpText
{
    public static string Of(PcmCommand command) => command switch
    {
        PcmCommand.PausePush => "PAUSE_PUSH",
        PcmCommand.PauseRelease => "PAUSE_RELEASE",
        _ => command.ToString().ToUpperInvariant(),
    };

    public static string Of(PcmSignal signal) => signal switch
    {
        PcmSignal.PeriodElapsed => "period_elapsed",
        PcmSignal.XRun => "signal_xrun",
        PcmSignal.SourceLost => "signal_source_lost",
        _ => "signal_disconnect",
    };

    public static string Of(PcmHwParams hwParams) => string.Create(
        CultureInfo.InvariantCulture,
        $"{hwParams.Format.AlsaName()},{hwParams.Channels}ch,{hwParams.Rate}Hz,{hwParams.PeriodFrames}x{(double)hwParams.BufferFrames / hwParams.PeriodFrames:0.##}");

    public static string Frames(PcmRuntime runtime, int byteOffset, int bytes) => string.Create(
        CultureInfo.InvariantCulture, $"{runtime.BytesToFrames(byteOffset)},{runtime.BytesToFrames(bytes)}");
}
