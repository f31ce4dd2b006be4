using System.Globalization;

namespace Pcm.Testing;

/// <summary>
/// Ops that record every call of the ops they wrap: op, arguments, result, time; signals too, as <c>period_elapsed</c> and the like.
/// A call that throws is recorded with EIO, which is what the core makes of it.
/// </summary>
/// <remarks>Recording allocates: not for measuring what a backend allocates. Thread safety: as the wrapped ops; the log from any thread.</remarks>
public sealed class TracingOps : DelegatingOps
{
    private readonly RecordingLog _log;
    private readonly string _name;

    /// <summary>Records <paramref name="inner"/>.</summary>
    /// <param name="inner">The ops that do the work; owned.</param>
    /// <param name="log">Where the calls go.</param>
    /// <param name="name">The name of these ops in the log.</param>
    public TracingOps(PcmOps inner, RecordingLog log, string name = "ops")
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(log);
        _log = log;
        _name = name;
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken) =>
        RecordAsync("open", "", () => base.OpenAsync(runtime, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<PcmError> CloseAsync() => RecordAsync("close", "", () => base.CloseAsync());

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken) =>
        RecordAsync("hw_params", OpText.Of(hwParams), () => base.HwParamsAsync(hwParams, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwFreeAsync() => RecordAsync("hw_free", "", () => base.HwFreeAsync());

    /// <inheritdoc/>
    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken) => RecordAsync("prepare", "", () => base.PrepareAsync(cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken) => RecordAsync("reset", "", () => base.ResetAsync(cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken) =>
        RecordAsync("trigger", OpText.Of(command), () => base.TriggerAsync(command, cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken) => RecordAsync("sync_stop", "", () => base.SyncStopAsync(cancellationToken));

    /// <inheritdoc/>
    public override PcmPosition GetPointer()
    {
        PcmPosition position = base.GetPointer();
        Add("pointer", "", position.IsXRun ? (long)PcmError.XRun : position.Frame);
        return position;
    }

    /// <inheritdoc/>
    public override PcmError Ack() => Record("ack", Text(Runtime!.ApplicationPosition), base.Ack());

    /// <inheritdoc/>
    public override PcmError CopyToRing(PcmRuntime runtime, int byteOffset, ReadOnlySpan<byte> source) =>
        Record("copy", OpText.Frames(runtime, byteOffset, source.Length), base.CopyToRing(runtime, byteOffset, source));

    /// <inheritdoc/>
    public override PcmError CopyFromRing(PcmRuntime runtime, int byteOffset, Span<byte> destination) =>
        Record("copy", OpText.Frames(runtime, byteOffset, destination.Length), base.CopyFromRing(runtime, byteOffset, destination));

    /// <inheritdoc/>
    public override PcmError FillSilence(PcmRuntime runtime, int byteOffset, int byteCount) =>
        Record("fill_silence", OpText.Frames(runtime, byteOffset, byteCount), base.FillSilence(runtime, byteOffset, byteCount));

    /// <inheritdoc/>
    protected override bool OnSignal(PcmRuntime runtime, PcmSignal signal)
    {
        Add(OpText.Of(signal), "", 0);
        return true;
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private async ValueTask<PcmError> RecordAsync(string op, string arguments, Func<ValueTask<PcmError>> call)
    {
        PcmError error = PcmError.IO;
        try
        {
            return error = await call();
        }
        finally
        {
            Add(op, arguments, (long)error);
        }
    }

    private PcmError Record(string op, string arguments, PcmError error)
    {
        Add(op, arguments, (long)error);
        return error;
    }

    private void Add(string op, string arguments, long result) => _log.Add(new RecordedCall(op, arguments, result, Runtime?.Services.NowNs ?? 0, _name));
}
