using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>The driver's log messages.</summary>
internal static partial class VirtioSoundLog
{
    [LoggerMessage(100, LogLevel.Warning, "The device did not answer {Request} within {Timeout}. {Queue}. If its used index stands still, check that the device runs and looks at this queue; if it has moved, that its interrupts arrive. The slot stays the device's until it answers or is reset.")]
    public static partial void ControlTimedOut(ILogger logger, VirtioSoundRequest request, TimeSpan timeout, string queue);

    [LoggerMessage(101, LogLevel.Warning, "No slot for {Request}: the device keeps all {Slots}. {Queue}.")]
    public static partial void NoControlSlot(ILogger logger, VirtioSoundRequest request, int slots, string queue);

    [LoggerMessage(102, LogLevel.Warning, "Stream {Stream} is left out: {Reason}.")]
    public static partial void BadStream(ILogger logger, int stream, string reason);

    [LoggerMessage(103, LogLevel.Warning, "Stream {Stream}: {Count} messages are still with the device {Timeout} after RELEASE; the stream waits for them before it is prepared again.")]
    public static partial void FlushTimedOut(ILogger logger, uint stream, int count, TimeSpan timeout);

    [LoggerMessage(104, LogLevel.Warning, "Stream {Stream}: the device answered a message with status {Status:x}.")]
    public static partial void BadStatus(ILogger logger, uint stream, uint status);

    [LoggerMessage(105, LogLevel.Error, "{Queue}. The device broke the protocol: look at what it writes into its used ring. It needs a reset.")]
    public static partial void QueueBroken(ILogger logger, string queue);

    [LoggerMessage(106, LogLevel.Error, "The device asks for a reset (DEVICE_NEEDS_RESET).")]
    public static partial void NeedsReset(ILogger logger);

    [LoggerMessage(107, LogLevel.Information, "The device is gone.")]
    public static partial void Disconnected(ILogger logger);

    [LoggerMessage(108, LogLevel.Warning, "Stream {Stream}: {Command} was answered with {Error}.")]
    public static partial void CommandFailed(ILogger logger, uint stream, VirtioSoundRequest command, PcmError error);

    [LoggerMessage(109, LogLevel.Debug, "Stream {Stream}: a message of a former life came back.")]
    public static partial void StaleMessage(ILogger logger, uint stream);

    [LoggerMessage(110, LogLevel.Warning, "The device is reset and set up again ({Reason}); running streams are in XRUN.")]
    public static partial void Recovering(ILogger logger, string reason);

    [LoggerMessage(111, LogLevel.Error, "The device failed {Count} times in a row; it is given up. Look at the device's own log.")]
    public static partial void TooManyRecoveries(ILogger logger, int count);

    [LoggerMessage(112, LogLevel.Error, "The device did not come back from a reset: {Reason}")]
    public static partial void RecoveryFailed(ILogger logger, string reason);

    [LoggerMessage(120, LogLevel.Warning, "The answer to {Request} has {Bytes} bytes; expected {Expected}.")]
    public static partial void ShortAnswer(ILogger logger, VirtioSoundRequest request, int bytes, int expected);

    [LoggerMessage(121, LogLevel.Warning, "The answer to {Request} was there and its interrupt was not. {Queue}. Check how the device's interrupts are delivered.")]
    public static partial void InterruptLost(ILogger logger, VirtioSoundRequest request, string queue);

    [LoggerMessage(122, LogLevel.Warning, "The device does not describe its {Elements}: {Reason}. They are left out.")]
    public static partial void ElementsLeftOut(ILogger logger, string elements, string reason);

    [LoggerMessage(123, LogLevel.Warning, "{Element} {Id} is left out: {Reason}.")]
    public static partial void ElementLeftOut(ILogger logger, string element, uint id, string reason);

    [LoggerMessage(124, LogLevel.Error, "A handler of {Element} failed.")]
    public static partial void HandlerFailed(ILogger logger, string element, Exception exception);

    [LoggerMessage(125, LogLevel.Debug, "An event is ignored: code {Code:x}, data {Data:x}.")]
    public static partial void EventIgnored(ILogger logger, uint code, uint data);

    [LoggerMessage(126, LogLevel.Warning, "The device stopped answering with EVENT_IDX in use; it is tried again without.")]
    public static partial void WithoutEventIndex(ILogger logger);
}
