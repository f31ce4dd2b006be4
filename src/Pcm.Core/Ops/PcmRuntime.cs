namespace Pcm;

/// <summary>
/// One session of a substream, from open to close: the backend's view of the core (the kernel's <c>snd_pcm_runtime</c>).
/// </summary>
/// <remarks>
/// Thread safety: the three signals may come from any thread at any time, also after the session ended (then they do nothing).
/// The negotiated values change only inside hw_params; the positions are consistent with each other only under the stream lock,
/// that is inside <see cref="PcmOps.GetPointer"/> and <see cref="PcmOps.Ack"/>.
/// </remarks>
public sealed class PcmRuntime
{
    private readonly PcmSubstream _substream;

    internal PcmRuntime(PcmSubstream substream, PcmHardware hardware)
    {
        _substream = substream;
        Direction = substream.Direction;
        Hardware = hardware;
        Lifecycle = new PcmLifecycle(substream.Direction);
        Waiters = new PcmWaiterPool(substream.Services);
        SwParams = new PcmSwParams { PeriodStep = 1 };
    }

    /// <summary>The direction of the stream.</summary>
    public PcmDirection Direction { get; }

    /// <summary>The number of the substream in its stream, from 0.</summary>
    public int SubstreamNumber => _substream.Number;

    /// <summary>What the backend declared when the session began.</summary>
    public PcmHardware Hardware { get; }

    /// <summary>The session's constraints. Add to them only inside <see cref="PcmOps.OpenAsync"/>.</summary>
    public PcmConstraints Constraints { get; } = new();

    /// <summary>Clock, scheduler, log, options.</summary>
    public PcmServices Services => _substream.Services;

    /// <summary>The clock: the only one a backend may use.</summary>
    public TimeProvider Time => _substream.Services.Time;

    /// <summary>Where a backend's deferred work runs.</summary>
    public PcmScheduler Scheduler => _substream.Services.Scheduler;

    /// <summary>The negotiated info flags; none before the first hw_params, kept after hw_free.</summary>
    public PcmInfo Info { get; internal set; }

    /// <summary>Negotiated layout.</summary>
    public PcmAccess Access { get; internal set; }

    /// <summary>Negotiated sample format.</summary>
    public PcmFormat Format { get; internal set; }

    /// <summary>Negotiated subformat number.</summary>
    public int Subformat { get; internal set; }

    /// <summary>Negotiated channels.</summary>
    public int Channels { get; internal set; }

    /// <summary>Negotiated rate, Hz.</summary>
    public int Rate { get; internal set; }

    /// <summary>Numerator of the exact rate.</summary>
    public uint RateNumerator { get; internal set; }

    /// <summary>Denominator of the exact rate; 0 before hw_params.</summary>
    public uint RateDenominator { get; internal set; }

    /// <summary>Frames of a period.</summary>
    public int PeriodFrames { get; internal set; }

    /// <summary>Whole periods of the ring; truncated unless the backend constrained periods to be integer.</summary>
    public int Periods { get; internal set; }

    /// <summary>Frames of the ring; 0 before the first hw_params.</summary>
    public int BufferFrames { get; internal set; }

    /// <summary>Bits of a sample in memory.</summary>
    public int SampleBits { get; internal set; }

    /// <summary>Bits of a frame.</summary>
    public int FrameBits { get; internal set; }

    /// <summary>Bytes of the smallest whole number of frames that is whole bytes.</summary>
    public int ByteAlign { get; internal set; }

    /// <summary>Frames of <see cref="ByteAlign"/> bytes; 1 for every format of whole bytes.</summary>
    public int MinAlign { get; internal set; } = 1;

    /// <summary>Bytes of a period.</summary>
    public int PeriodBytes => (int)FramesToBytes(PeriodFrames);

    /// <summary>The application switched period wake-ups off: <see cref="PeriodElapsed"/> need not be called.</summary>
    public bool NoPeriodWakeup { get; internal set; }

    /// <summary>The ring; null outside hw_params .. hw_free.</summary>
    public PcmBuffer? Buffer { get; internal set; }

    /// <summary>The boundary that both positions wrap at; 0 before the first hw_params.</summary>
    public long Boundary { get; internal set; }

    /// <summary>The software parameters.</summary>
    public PcmSwParams SwParams { get; internal set; }

    /// <summary>No position ever stops this stream: the hardware may run past the application.</summary>
    public bool IsFreeRunning => (ulong)SwParams.StopThreshold >= (ulong)Boundary;

    /// <summary>Where the application is, frames, <c>[0 .. Boundary)</c>.</summary>
    public long ApplicationPosition { get; internal set; }

    /// <summary>Where the hardware was at the last update, frames, <c>[0 .. Boundary)</c>.</summary>
    public long HardwarePosition { get; internal set; }

    /// <summary>Latency behind the ring, frames; the backend keeps it, may be negative.</summary>
    public int DelayFrames { get; set; }

    /// <summary>ADC over-ranges; the backend counts them, a status clears them.</summary>
    public int Overrange { get; set; }

    /// <summary>The application writes while nothing more can come: the stream drains.</summary>
    public bool IsDraining => Lifecycle.State == PcmState.Draining;

    /// <summary>
    /// Between the reset op and its end: <see cref="ApplicationPosition"/> still has its old value and is about to become the hardware's.
    /// </summary>
    public bool IsResetting { get; internal set; }

    internal PcmLifecycle Lifecycle { get; }

    /// <summary>Work space of hw_refine; its own lock.</summary>
    internal PcmHwParams Scratch { get; } = new();

    /// <summary>What the ring counts against the card's limit.</summary>
    internal long ReservedBytes { get; set; }

    internal PcmWaiterPool Waiters { get; }

    /// <summary>Poll and drain waiters (the kernel's <c>sleep</c>).</summary>
    internal PcmWaitQueue PollQueue { get; } = new();

    /// <summary>Blocked transfers (the kernel's <c>tsleep</c>).</summary>
    internal PcmWaitQueue TransferQueue { get; } = new();

    /// <summary>Nonzero while a transfer is under way: how much must be available to wake it.</summary>
    internal long TransferWake { get; set; }

    internal long AvailMax { get; set; }

    /// <summary>The position at the start of the present lap (<c>hw_ptr_base</c>).</summary>
    internal long HardwareBase { get; set; }

    /// <summary>The position at the last period boundary seen in an interrupt (<c>hw_ptr_interrupt</c>).</summary>
    internal long HardwareInterrupt { get; set; }

    /// <summary>What the boundary has swallowed so far, for audio time (<c>hw_ptr_wrap</c>).</summary>
    internal long HardwareWrap { get; set; }

    /// <summary>Ticks at the last update (<c>hw_ptr_jiffies</c>).</summary>
    internal long UpdateTicks { get; set; }

    /// <summary>Ticks that a whole ring takes (<c>hw_ptr_buffer_jiffies</c>).</summary>
    internal long BufferTicks { get; set; }

    internal long SilenceStart { get; set; }

    internal long SilenceFilled { get; set; }

    /// <summary>A stop was triggered since the last sync_stop (the kernel's <c>stop_operating</c>).</summary>
    internal bool StopOperating { get; set; }

    /// <summary>STOP or SUSPEND that the state has already moved for and the backend has not yet heard.</summary>
    internal PcmCommand? OwedTrigger { get; set; }

    /// <summary>START is being carried out: signals that come now are kept for the commit.</summary>
    internal bool Starting { get; set; }

    internal bool PeriodWhileStarting { get; set; }

    internal bool XRunWhileStarting { get; set; }

    /// <summary>Positive: transfers copying; negative: a configuration verb owns the ring (<c>buffer_accessing</c>).</summary>
    internal int BufferAccess;

    /// <summary>Another stream's trigger covered this one (the kernel's <c>trigger_master</c> differs from itself).</summary>
    internal PcmRuntime? TriggerMaster { get; set; }

    internal long TriggerTimestampNs { get; set; }

    internal bool TriggerTimestampLatched { get; set; }

    internal long TimestampNs { get; set; }

    internal long AudioTimestampNs { get; set; }

    internal long DriverTimestampNs { get; set; }

    internal PcmAudioTimestampType AudioTypeRequested { get; set; }

    internal bool AudioReportDelay { get; set; }

    internal PcmAudioTimestampType AudioTypeActual { get; set; } = PcmAudioTimestampType.Default;

    internal uint AudioAccuracyNs { get; set; }

    /// <summary>The non-blocking flag as captured at open and at each prepare (<c>f_flags</c>); drain looks at the live one.</summary>
    internal bool NonBlocking { get; set; }

    internal PcmSubstream Substream => _substream;

    /// <summary>
    /// The hardware passed one or more period boundaries: read the position, wake who waits, detect an xrun or the end of a drain.
    /// Once is enough for several periods. Advance what <see cref="PcmOps.GetPointer"/> answers first.
    /// Context: any thread, no lock held that GetPointer or Ack take; never from inside them. Does not wait.
    /// </summary>
    public void PeriodElapsed()
    {
        if (Passes(PcmSignal.PeriodElapsed))
        {
            _substream.PeriodElapsed(this);
        }
    }

    /// <summary>The hardware ran dry or lost its position: a running stream goes to XRUN. Context: as <see cref="PeriodElapsed"/>.</summary>
    public void SignalXRun()
    {
        if (Passes(PcmSignal.XRun))
        {
            _substream.SignalXRun(this);
        }
    }

    /// <summary>
    /// What this capture listens to is gone, or has become something that it cannot capture: a running capture stops, and with it the streams linked to it.
    /// The state becomes DRAINING, because what was captured has not been read. Does nothing unless running. Context: as <see cref="PeriodElapsed"/>.
    /// </summary>
    public void SignalSourceLost()
    {
        if (Passes(PcmSignal.SourceLost))
        {
            _substream.SignalSourceLost(this);
        }
    }

    /// <summary>The hardware is gone: the stream goes to DISCONNECTED, every wait ends. Context: as <see cref="PeriodElapsed"/>.</summary>
    public void SignalDisconnect()
    {
        if (Passes(PcmSignal.Disconnect))
        {
            _substream.SignalDisconnect(this);
        }
    }

    /// <summary>
    /// Asked before each signal is handled, on the signalling thread with no lock of the core held; false keeps the signal from the core, as if its
    /// interrupt were lost. For what watches or disturbs a backend from outside (<see cref="PcmOpsDecorator"/>); null, the default, lets all pass.
    /// Set it inside <see cref="PcmOps.OpenAsync"/>, before the backend's own, and ask the one found there too.
    /// </summary>
    public Func<PcmSignal, bool>? SignalFilter { get; set; }

    /// <summary>
    /// Says, inside a trigger op, that the hardware carried the command out for <paramref name="member"/> of the same group too:
    /// its own trigger is skipped and it shares the time stamp (the kernel's <c>snd_pcm_trigger_done</c>).
    /// Context: inside <see cref="PcmOps.TriggerAsync"/> of this stream.
    /// </summary>
    /// <param name="member">A linked stream of the same hardware.</param>
    public void TriggerDone(PcmRuntime member)
    {
        ArgumentNullException.ThrowIfNull(member);
        member.TriggerMaster = this;
    }

    /// <summary>
    /// The linked streams, this one included, in the order in which actions visit them. Context: inside an op.
    /// </summary>
    public IEnumerable<PcmRuntime> LinkedRuntimes() => _substream.LinkedRuntimes();

    /// <summary>Latches the trigger time stamp to a time the hardware took. Context: inside a trigger op.</summary>
    /// <param name="nanoseconds">Time of <see cref="PcmServices.NowNs"/>.</param>
    public void LatchTriggerTimestamp(long nanoseconds)
    {
        TriggerTimestampNs = nanoseconds;
        TriggerTimestampLatched = true;
    }

    /// <summary>Bytes of whole frames.</summary>
    /// <param name="frames">Not negative.</param>
    public long FramesToBytes(long frames) => frames * FrameBits / 8;

    /// <summary>Whole frames in bytes, truncated.</summary>
    /// <param name="bytes">Not negative.</param>
    public long BytesToFrames(long bytes) => FrameBits == 0 ? 0 : bytes * 8 / FrameBits;

    private bool Passes(PcmSignal signal) => SignalFilter is not { } filter || filter(signal);

    /// <summary>Whether the hardware moves in this state: RUNNING, or DRAINING in playback.</summary>
    internal bool IsMoving
    {
        get
        {
            PcmState state = Lifecycle.State;
            return state == PcmState.Running || (state == PcmState.Draining && Direction == PcmDirection.Playback);
        }
    }

    internal long Avail => Direction == PcmDirection.Playback
        ? PcmRing.PlaybackAvail(HardwarePosition, ApplicationPosition, BufferFrames, Boundary)
        : PcmRing.CaptureAvail(HardwarePosition, ApplicationPosition, Boundary);

    /// <summary>Frames queued (playback) or room left (capture); negative when the hardware ran past.</summary>
    internal long HardwareAvail => BufferFrames - Avail;

    internal long Delay => (Direction == PcmDirection.Playback ? HardwareAvail : Avail) + DelayFrames;
}
