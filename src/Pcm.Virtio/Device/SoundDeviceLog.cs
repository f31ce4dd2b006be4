using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>The sound device's log messages.</summary>
internal static partial class SoundDeviceLog
{
    [LoggerMessage(1, LogLevel.Warning, "Stream {Stream}: {Command} failed in the audio side {Audio} with {Error}; the driver gets IO_ERR.")]
    public static partial void AudioFailed(ILogger logger, int stream, SoundStreamCommand command, string audio, PcmError error);

    [LoggerMessage(2, LogLevel.Error, "Stream {Stream}: the device failed; the driver must reset it.")]
    public static partial void DeviceFailed(ILogger logger, int stream, Exception exception);

    [LoggerMessage(3, LogLevel.Information, "Stream {Stream}: asked for periods of {PeriodFrames} in {BufferFrames} frames; the audio side {Audio} has {ActualPeriodFrames} in {ActualBufferFrames}.")]
    public static partial void NearParameters(ILogger logger, int stream, long periodFrames, long bufferFrames, string audio, int actualPeriodFrames, int actualBufferFrames);
}
