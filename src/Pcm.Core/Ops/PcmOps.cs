namespace Pcm;

/// <summary>
/// What a backend does for one substream: the kernel's <c>snd_pcm_ops</c>. The core checks states and parameters and calls these in contract order;
/// an implementation never tests or sets a state.
/// Lifetime: one instance per substream for the life of its card, not per open, because a device may still own messages of a former session.
/// The three places where per-session resources are freed: <see cref="HwParamsAsync"/> (again), <see cref="HwFreeAsync"/>, <see cref="DisposeAsync"/>.
/// </summary>
/// <remarks>
/// The signature is the context: a <see cref="ValueTask"/> op may wait, is called one at a time and never under the stream lock;
/// a plain op must not wait, allocate or throw, and may run under the stream lock on any thread.
/// An exception that escapes an op is logged and counts as <see cref="PcmError.IO"/>.
/// Thread safety: the core serialises as said per member; an implementation guards what its own device threads touch.
/// </remarks>
public abstract class PcmOps : IAsyncDisposable
{
    /// <summary>
    /// What the hardware can do. Read once at the start of each open, before <see cref="OpenAsync"/>.
    /// Context: any; must not wait.
    /// </summary>
    public abstract PcmHardware Hardware { get; }

    /// <summary>
    /// Memory for the ring; override to give memory that the device can reach. Freed through <see cref="PcmBuffer.Dispose()"/>.
    /// Context: inside hw_params, gate held; may allocate.
    /// Errors: throw <see cref="OutOfMemoryException"/>; the application sees <see cref="PcmError.NoMemory"/>.
    /// </summary>
    /// <param name="bytes">Size in bytes, positive.</param>
    public virtual PcmBuffer AllocateBuffer(int bytes) => PcmBuffer.OnHeap(bytes);

    /// <summary>
    /// The substream is opened. Add constraints to <see cref="PcmRuntime.Constraints"/> here; keep <paramref name="runtime"/> until close.
    /// Context: may wait; the card's open lock held. Not followed by close when it fails.
    /// Errors: any; <see cref="PcmError.Again"/> means "busy", and a blocking open then waits for a close.
    /// </summary>
    /// <param name="runtime">The core's side of this session.</param>
    /// <param name="cancellationToken">Gives up the open.</param>
    public virtual ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken) => default;

    /// <summary>
    /// The substream is closed; it may never have seen hw_params. Context: may wait; open lock and gate held. The result is ignored.
    /// </summary>
    public virtual ValueTask<PcmError> CloseAsync() => default;

    /// <summary>
    /// Parameters were chosen. May come again without hw_free in between. Use <paramref name="hwParams"/>:
    /// <see cref="PcmRuntime"/> still has the old values, except <see cref="PcmRuntime.Buffer"/>, which is new already.
    /// Context: may wait; gate held, no transfer under way. Must not start or stop.
    /// Errors: any; the stream falls to OPEN and <see cref="HwFreeAsync"/> is called.
    /// </summary>
    /// <param name="hwParams">The chosen parameters, every one single. Not to be changed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public virtual ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken) => default;

    /// <summary>
    /// Parameters are given up. Must be idempotent: it is also called after a failed hw_params, and on close with nothing allocated.
    /// Context: may wait; gate held. I/O may still be in flight when sync_stop failed.
    /// Errors: returned to the application, but the state becomes OPEN all the same.
    /// </summary>
    public virtual ValueTask<PcmError> HwFreeAsync() => default;

    /// <summary>
    /// Get ready to start from position 0. May come many times in a row.
    /// Context: may wait; gate held.
    /// Errors: any; the state stays.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    public virtual ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken) => default;

    /// <summary>
    /// The pointers were, or are about to be, reset (the kernel's <c>ioctl(RESET)</c>; after each prepare, and for reset).
    /// Context: may wait; gate held.
    /// Errors: any; prepare or reset fails with it.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    public virtual ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken) => default;

    /// <summary>
    /// Start, stop, pause and the like. STOP and SUSPEND cannot fail and must tolerate hardware that never started.
    /// A command the hardware does not know is <see cref="PcmError.InvalidArgument"/>, never success.
    /// Context: may wait (the kernel's "nonatomic" PCM); gate held, not the stream lock. The state moves only after success,
    /// except for STOP and SUSPEND, whose state has moved already.
    /// Errors: any; START is then undone by STOP, a pause by its opposite.
    /// </summary>
    /// <param name="command">What to do.</param>
    /// <param name="cancellationToken">Gives up; never signalled for STOP and SUSPEND.</param>
    public abstract ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken);

    /// <summary>
    /// Wait until nothing of the stopped stream is in flight: after it returns, no callback of this session may run or touch the ring.
    /// Called before the next hw_params, hw_free, prepare or close, at most once per stop, and after a suspend.
    /// Context: may wait, that is its purpose; gate held.
    /// Errors: ignored, as in the kernel; a backend that failed here must remember it and fail the next prepare or hw_params itself.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting; the device may then still own memory.</param>
    public virtual ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken) => default;

    /// <summary>
    /// Where the hardware is in the ring: monotonic modulo the ring, 0 after prepare, kept across a pause.
    /// Context: any thread, under the stream lock, only while running. Must not wait, allocate, throw, or call <see cref="PcmRuntime.PeriodElapsed"/>.
    /// </summary>
    public abstract PcmPosition GetPointer();

    /// <summary>
    /// The application position moved: playback has new frames, capture has room. Absorb "queue full"; do not report it.
    /// Context: any thread, under the stream lock, in any state. Must not wait, allocate, throw, or call back into the core.
    /// Errors: any; the move is rolled back. <see cref="PcmError.XRun"/> also stops the stream.
    /// </summary>
    public virtual PcmError Ack() => PcmError.None;

    /// <summary>
    /// How far the application may take its position back now. The default: not at all with <see cref="PcmInfo.NoRewinds"/>, else without a limit
    /// beyond what the hardware has not reached. A backend that sends data ahead answers what it has not sent.
    /// Context: any thread, under the stream lock. Must not wait, allocate or throw.
    /// </summary>
    /// <param name="runtime">This session.</param>
    /// <returns>Frames, not negative.</returns>
    public virtual long GetRewindable(PcmRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        return (runtime.Info & PcmInfo.NoRewinds) != 0 ? 0 : long.MaxValue;
    }

    /// <summary>
    /// Copies the application's bytes into the ring. The default copies into <see cref="PcmRuntime.Buffer"/>.
    /// Context: the writing thread, no lock held, the ring cannot go away meanwhile; may race with a stop. Must not wait.
    /// Errors: end the transfer.
    /// </summary>
    /// <param name="runtime">This session.</param>
    /// <param name="byteOffset">Where in the ring, <c>[0 .. Buffer.Length)</c>; source fits behind it.</param>
    /// <param name="source">Whole frames, or one channel's whole samples.</param>
    public virtual PcmError CopyToRing(PcmRuntime runtime, int byteOffset, ReadOnlySpan<byte> source)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        source.CopyTo(runtime.Buffer!.Span[byteOffset..]);
        return PcmError.None;
    }

    /// <summary>Copies captured bytes out of the ring. Context: as <see cref="CopyToRing"/>, on the reading thread. Errors: end the transfer.</summary>
    /// <param name="runtime">This session.</param>
    /// <param name="byteOffset">Where in the ring, <c>[0 .. Buffer.Length)</c>.</param>
    /// <param name="destination">Whole frames, or one channel's whole samples.</param>
    public virtual PcmError CopyFromRing(PcmRuntime runtime, int byteOffset, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        runtime.Buffer!.Span.Slice(byteOffset, destination.Length).CopyTo(destination);
        return PcmError.None;
    }

    /// <summary>
    /// Writes silence into the ring, for auto-silence and silent writes. The default writes the format's silence into <see cref="PcmRuntime.Buffer"/>.
    /// Context: under the stream lock or none; must not wait. Errors: end a silent write; ignored for auto-silence.
    /// </summary>
    /// <param name="runtime">This session.</param>
    /// <param name="byteOffset">Where in the ring.</param>
    /// <param name="byteCount">Whole frames, or one channel's whole samples.</param>
    public virtual PcmError FillSilence(PcmRuntime runtime, int byteOffset, int byteCount)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        PcmFormatInfo.FillSilence(runtime.Format, runtime.Buffer!.Span.Slice(byteOffset, byteCount));
        return PcmError.None;
    }

    /// <summary>
    /// A time stamp of the hardware's own, if it has one: fills system time, audio time and the type really delivered.
    /// Context: under the stream lock; must not wait. The default has none.
    /// </summary>
    /// <param name="info">In: the requested type. Out: the stamps.</param>
    /// <returns>False when the core shall derive the audio time from the position.</returns>
    public virtual bool TryGetTimeInfo(ref PcmTimeInfo info) => false;

    /// <summary>
    /// The FIFO behind the ring, in frames, for chosen parameters (the kernel's <c>ioctl(FIFO_SIZE)</c>); 0, the default: what <see cref="Hardware"/> says.
    /// Context: inside hw_refine and hw_params; must not wait.
    /// </summary>
    /// <param name="hwParams">Format and channels are single.</param>
    public virtual uint GetFifoFrames(PcmHwParams hwParams) => 0;

    /// <summary>Ends the substream's life with its card. Context: may wait; no session is open.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }
}
