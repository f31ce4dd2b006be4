namespace Pcm.Testing;

/// <summary>Ops that hand everything to other ops: the base of what stands between the core and a backend. Override what is to be changed.</summary>
/// <param name="inner">The ops that are wrapped; owned, disposed with this.</param>
/// <remarks>
/// Every member's context and errors are those of the wrapped ops. Thread safety: adds nothing of its own.
/// </remarks>
public class DelegatingOps(PcmOps inner) : PcmOps
{
    /// <summary>The ops that are wrapped.</summary>
    protected PcmOps Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <summary>The session; null before the first open.</summary>
    public PcmRuntime? Runtime { get; private set; }

    /// <inheritdoc/>
    public override PcmHardware Hardware => Inner.Hardware;

    /// <inheritdoc/>
    public override PcmBuffer AllocateBuffer(int bytes) => Inner.AllocateBuffer(bytes);

    /// <inheritdoc/>
    public override ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        Runtime = runtime;
        Func<PcmSignal, bool>? next = runtime.SignalFilter;
        runtime.SignalFilter = signal => OnSignal(runtime, signal) && (next is null || next(signal));
        return Inner.OpenAsync(runtime, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<PcmError> CloseAsync() => Inner.CloseAsync();

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken) => Inner.HwParamsAsync(hwParams, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<PcmError> HwFreeAsync() => Inner.HwFreeAsync();

    /// <inheritdoc/>
    public override ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken) => Inner.PrepareAsync(cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken) => Inner.ResetAsync(cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken) => Inner.TriggerAsync(command, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken) => Inner.SyncStopAsync(cancellationToken);

    /// <inheritdoc/>
    public override PcmPosition GetPointer() => Inner.GetPointer();

    /// <inheritdoc/>
    public override PcmError Ack() => Inner.Ack();

    /// <inheritdoc/>
    public override long GetRewindable(PcmRuntime runtime) => Inner.GetRewindable(runtime);

    /// <inheritdoc/>
    public override PcmError CopyToRing(PcmRuntime runtime, int byteOffset, ReadOnlySpan<byte> source) => Inner.CopyToRing(runtime, byteOffset, source);

    /// <inheritdoc/>
    public override PcmError CopyFromRing(PcmRuntime runtime, int byteOffset, Span<byte> destination) => Inner.CopyFromRing(runtime, byteOffset, destination);

    /// <inheritdoc/>
    public override PcmError FillSilence(PcmRuntime runtime, int byteOffset, int byteCount) => Inner.FillSilence(runtime, byteOffset, byteCount);

    /// <inheritdoc/>
    public override bool TryGetTimeInfo(ref PcmTimeInfo info) => Inner.TryGetTimeInfo(ref info);

    /// <inheritdoc/>
    public override uint GetFifoFrames(PcmHwParams hwParams) => Inner.GetFifoFrames(hwParams);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await Inner.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// The backend signals. Context: as <see cref="PcmRuntime.SignalFilter"/>: the signalling thread, no lock of the core held; must not wait.
    /// </summary>
    /// <param name="runtime">The session that signals, perhaps one that is over.</param>
    /// <param name="signal">What it signals.</param>
    /// <returns>False: the core does not hear it.</returns>
    protected virtual bool OnSignal(PcmRuntime runtime, PcmSignal signal) => true;
}
