using Microsoft.Extensions.Logging;

namespace Pcm;

/// <summary>
/// The core's log messages. They take the substream, not its name: some are logged on the hot path, and a name is made only when the level is on.
/// </summary>
internal static partial class PcmLog
{
    [LoggerMessage(1, LogLevel.Error, "{Substream}: a backend op threw; the call fails with EIO.")]
    public static partial void OpThrew(ILogger logger, PcmSubstream substream, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "{Substream}: invalid position {Position}, the ring has {BufferFrames} frames; taken as 0.")]
    public static partial void InvalidPosition(ILogger logger, PcmSubstream substream, long position, int bufferFrames);

    [LoggerMessage(3, LogLevel.Warning, "{Substream}: unexpected position, {Delta} frames in one update of a ring of {BufferFrames}; ignored.")]
    public static partial void UnexpectedPosition(ILogger logger, PcmSubstream substream, long delta, int bufferFrames);

    [LoggerMessage(4, LogLevel.Debug, "{Substream}: lost interrupts? The position moved {Delta} frames, a period is {PeriodFrames}.")]
    public static partial void LostInterrupts(ILogger logger, PcmSubstream substream, long delta, int periodFrames);

    [LoggerMessage(5, LogLevel.Information, "{Substream}: xrun, {Avail} frames available.")]
    public static partial void XRun(ILogger logger, PcmSubstream substream, long avail);

    [LoggerMessage(6, LogLevel.Warning, "{Substream}: {Command} failed with {Error}; it cannot fail, so it is ignored.")]
    public static partial void StopFailed(ILogger logger, PcmSubstream substream, PcmCommand command, PcmError error);

    [LoggerMessage(7, LogLevel.Warning, "{Substream}: the start that a write caused failed with {Error}; the next call tells.")]
    public static partial void AutoStartFailed(ILogger logger, PcmSubstream substream, PcmError error);
}
