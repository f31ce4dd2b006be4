using Microsoft.Extensions.Logging;

namespace Pcm.Backends;

/// <summary>The WAV backend's log messages.</summary>
internal static partial class WavLog
{
    [LoggerMessage(1, LogLevel.Error, "The WAV file '{Path}' cannot be opened: {Reason}")]
    public static partial void CannotOpen(ILogger logger, string path, string reason);

    [LoggerMessage(2, LogLevel.Error, "Writing the WAV file '{Path}' failed after {Frames} frames: {Reason}")]
    public static partial void WriteFailed(ILogger logger, string path, long frames, string reason);

    [LoggerMessage(3, LogLevel.Error, "Reading the WAV file '{Path}' failed after {Frames} frames: {Reason}")]
    public static partial void ReadFailed(ILogger logger, string path, long frames, string reason);

    [LoggerMessage(4, LogLevel.Error, "The WAV file '{Path}' ends early, after {Frames} frames; silence follows. {Reason}")]
    public static partial void EndsEarly(ILogger logger, string path, long frames, string reason);

    [LoggerMessage(5, LogLevel.Error, "The WAV file '{Path}' has begun as {Begun}; frames of {Wanted} cannot follow. Close the stream and open it again for a new file.")]
    public static partial void OtherFormat(ILogger logger, string path, string begun, string wanted);

    [LoggerMessage(6, LogLevel.Error, "The WAV file '{Path}' is not the one it was when the card was made: {Now} instead of {Then}.")]
    public static partial void FileChanged(ILogger logger, string path, string now, string then);

    [LoggerMessage(7, LogLevel.Information, "The WAV file '{Path}' has {Frames} frames.")]
    public static partial void Finished(ILogger logger, string path, long frames);

    [LoggerMessage(8, LogLevel.Information, "The WAV file '{Path}' is at its end after {Frames} frames; silence follows.")]
    public static partial void AtEnd(ILogger logger, string path, long frames);
}
