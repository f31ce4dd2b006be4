using Microsoft.Extensions.Logging;

namespace Pcm.Backends.Alsa;

/// <summary>The libasound backend's log messages.</summary>
internal static partial class AlsaLog
{
    [LoggerMessage(1, LogLevel.Error, "ALSA PCM '{Name}': {Operation} failed: {Reason}")]
    public static partial void Failed(ILogger logger, string name, string operation, string reason);

    [LoggerMessage(2, LogLevel.Warning, "ALSA PCM '{Name}': {Operation} succeeded, but libasound says: {Text}")]
    public static partial void Said(ILogger logger, string name, string operation, string text);

    [LoggerMessage(3, LogLevel.Error, "ALSA PCM '{Name}': {Operation} lost data: {Text}")]
    public static partial void Lost(ILogger logger, string name, string operation, string text);

    [LoggerMessage(4, LogLevel.Error, "ALSA PCM '{Name}': libasound was asked for {Wanted} and set {Got}.")]
    public static partial void OtherParams(ILogger logger, string name, string wanted, string got);

    [LoggerMessage(5, LogLevel.Error, "ALSA PCM '{Name}' cannot be opened: {Reason}")]
    public static partial void CannotOpen(ILogger logger, string name, string reason);

    [LoggerMessage(6, LogLevel.Error, "ALSA PCM '{Name}' has a clock of its own, so it cannot run on another one than the system's.")]
    public static partial void NeedsRealTime(ILogger logger, string name);

    [LoggerMessage(7, LogLevel.Error, "ALSA PCM '{Name}' took {Taken} of {Offered} frames although it said that it had room.")]
    public static partial void ShortTransfer(ILogger logger, string name, long taken, long offered);

    [LoggerMessage(8, LogLevel.Error, "ALSA PCM '{Name}' is at frame {Offset} of its ring, not at {Expected}; its ring cannot be shared.")]
    public static partial void LostPosition(ILogger logger, string name, int offset, int expected);

    [LoggerMessage(9, LogLevel.Error, "ALSA PCM '{Name}' is gone.")]
    public static partial void Gone(ILogger logger, string name);
}
