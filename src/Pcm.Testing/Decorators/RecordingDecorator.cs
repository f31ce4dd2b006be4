namespace Pcm.Testing;

/// <summary>Records what the core asks of a backend and what the backend answers and signals, beside the backend's own work.</summary>
/// <param name="log">Where the calls go; several streams may share one.</param>
/// <remarks>Thread safety: as <see cref="PcmOpsDecorator"/>; the log from any thread.</remarks>
public sealed class RecordingDecorator(RecordingLog log) : PcmOpsDecorator
{
    /// <summary>What was called.</summary>
    public RecordingLog Log { get; } = log ?? throw new ArgumentNullException(nameof(log));

    /// <inheritdoc/>
    public override PcmOps Decorate(PcmOps ops, PcmDirection direction, int substream) =>
        new TracingOps(ops, Log, $"{(direction == PcmDirection.Playback ? "playback" : "capture")}{substream}");
}
