using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>
/// The ops of one virtio-snd stream: what playback and capture share, which is everything but the data path.
/// I/O messages lifetime: see <see cref="PcmMessagePool"/>. A message in flight belongs to the device; <see cref="FlushAsync"/> takes all back by RELEASE.
/// </summary>
/// <remarks>
/// Thread safety: the may-wait ops come one at a time; positions are guarded by the stream lock; <see cref="Pool"/> and what completions note
/// by the queue's lock. Lock order: stream, then queue.
/// </remarks>
internal abstract partial class VirtioPcmOps : PcmOps
{
    private readonly VirtioSoundDriver _driver;
    private readonly VirtioStreamInfo _info;
    private readonly PcmEvent _empty;
    private readonly MessageOwner _owner;
    private readonly ILogger _log;
    private SoundCommandState _device;
    private uint _deviceGeneration;
    private VirtioSoundPcmSetParams _parameters;
    private ITimer? _dry;
    private int _reserved;
    private bool _waitsForEmpty;
    private DmaRegion? _padding;

    /// <summary>RELEASE returns messages that were not played, or not filled: they move no position. Guarded by the queue lock.</summary>
    private bool _takesBack;

    /// <summary>Where the hardware will be when a reset that is under way is done.</summary>
    private long _restart;

    /// <summary>Messages of former pools that are still with the device. Guarded by the queue lock.</summary>
    private int _stale;

    /// <summary>Rings that the core gave up while messages named them; freed when the last came back. Guarded by the queue lock.</summary>
    private List<DmaRegion>? _retired;

    protected VirtioPcmOps(VirtioSoundDriver driver, VirtioStreamInfo info, SoundQueue queue)
    {
        _driver = driver;
        _info = info;
        Queue = queue;
        _empty = new PcmEvent(driver.Services);
        _owner = new MessageOwner(this);
        _log = driver.Log;
    }

    public override PcmHardware Hardware => _info.Hardware;

    protected SoundQueue Queue { get; }

    protected PcmRuntime? Runtime { get; private set; }

    /// <summary>Messages of the present parameters; null before hw_params.</summary>
    protected PcmMessagePool? Pool { get; private set; }

    protected VirtioRing? Ring { get; private set; }

    /// <summary>
    /// Frames of the ring that the device has finished with since prepare, modulo the ring, as told the core. Written under the queue lock; while the
    /// stream runs only by <see cref="GetPointer"/>, which may therefore read it under the stream lock alone.
    /// </summary>
    private long _position;

    /// <summary>
    /// A message came back since <see cref="GetPointer"/> last took the queue lock: the position may move, and there may be more to send. Set and
    /// cleared under the queue lock, looked at without.
    /// </summary>
    private volatile bool _hasNews;

    /// <summary>
    /// Frames finished and not told yet. A device that finishes a whole ring at once, or that was looked at late, brings the position back to
    /// where it was; told in two steps it is progress, and not none. Guarded by the queue lock.
    /// </summary>
    private long _untold;

    /// <summary>Messages that a free-running stream keeps with the device, whatever the application does.</summary>
    protected const int FreeRunMessages = 2;

    /// <summary>The device moves data. Written under the queue lock.</summary>
    protected bool IsTransferring
    {
        get => Volatile.Read(ref _isTransferring);
        private set => Volatile.Write(ref _isTransferring, value);
    }

    private bool _isTransferring;

    protected int FrameBytes { get; private set; }

    /// <summary>A playback message has a multiple of so many frames, by a quirk; else 1.</summary>
    protected int MessageStepFrames { get; private set; } = 1;

    /// <summary>Messages that the device owns.</summary>
    public int InFlight => Pool?.InFlight ?? 0;

    /// <summary>A number of the data path for each message in flight. Guarded by the queue lock.</summary>
    protected int[] Notes { get; private set; } = [];

    /// <summary>Frees a ring, now or when the device has returned everything. Context: the core gave the ring up.</summary>
    public void Retire(DmaRegion ring)
    {
        using (Queue.Lock.EnterScope())
        {
            if (InFlight > 0 || _stale > 0)
            {
                (_retired ??= []).Add(ring);
                return;
            }
        }

        ring.Dispose();
    }

    public override PcmBuffer AllocateBuffer(int bytes) => Ring = new VirtioRing(_driver.Dma, bytes, this);

    public override async ValueTask<PcmError> OpenAsync(PcmRuntime runtime, CancellationToken cancellationToken)
    {
        // Periods become messages, so a ring is a whole number of them.
        PcmError error = runtime.Constraints.Integer(PcmHwParameter.Periods);
        if (error >= PcmError.None && _info.Direction == PcmDirection.Playback && _driver.Options.PlaybackMessageMultiple > 1)
        {
            uint multiple = (uint)_driver.Options.PlaybackMessageMultiple;
            error = runtime.Constraints.Step(PcmHwParameter.PeriodBytes, multiple);
            error = error < PcmError.None ? error : runtime.Constraints.Step(PcmHwParameter.BufferBytes, multiple); // follows; said, so that it is chosen so
        }

        if (error < PcmError.None)
        {
            return error;
        }

        Runtime = runtime;
        return await FlushAsync(cancellationToken); // what a former session could not take back
    }

    public override ValueTask<PcmError> CloseAsync()
    {
        using (Queue.Lock.EnterScope())
        {
            Runtime = null;
        }

        return default;
    }

    public override async ValueTask<PcmError> HwParamsAsync(PcmHwParams hwParams, CancellationToken cancellationToken)
    {
        PcmError error = await FlushAsync(cancellationToken); // also from PREPARED with data queued
        if (error != PcmError.None)
        {
            return error;
        }

        FreePool();
        if (!_driver.SoundServices.Formats.TryToVirtio(hwParams.Format, out byte format) || !_driver.SoundServices.Rates.TryToVirtio(hwParams.Rate, out byte rate))
        {
            return PcmError.InvalidArgument;
        }

        var parameters = new VirtioSoundPcmSetParams
        {
            Code = (uint)VirtioSoundRequest.PcmSetParams,
            StreamId = _info.Id,
            BufferBytes = (uint)hwParams.BufferBytes,
            PeriodBytes = (uint)hwParams.PeriodBytes,
            Features = (uint)_info.SelectedFeatures,
            Channels = (byte)hwParams.Channels,
            Format = format,
            Rate = rate,
        };
        error = await SetUpAsync(parameters, prepare: false, cancellationToken);
        if (error != PcmError.None)
        {
            return error;
        }

        FrameBytes = hwParams.FrameBits / 8;
        return AllocatePool(hwParams.Format, hwParams.Periods);
    }

    public override async ValueTask<PcmError> HwFreeAsync()
    {
        PcmError error = await FlushAsync(CancellationToken.None);
        FreePool();
        return error;
    }

    public override async ValueTask<PcmError> PrepareAsync(CancellationToken cancellationToken)
    {
        PcmError error = await FlushAsync(cancellationToken);
        if (error == PcmError.None)
        {
            error = await SetUpAsync(_parameters, prepare: true, cancellationToken);
        }

        if (error == PcmError.None)
        {
            using (Queue.Lock.EnterScope())
            {
                _position = 0;
                _untold = 0;
            }

            Restart(0);
        }

        return error;
    }

    public override async ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken)
    {
        // prepare has just done it; a reset of a stream with queued data must take them back, because their place in the ring is written anew.
        bool running = _device == SoundCommandState.Running && IsCurrent;
        bool takesBack = InFlight > 0;
        if (takesBack)
        {
            PcmError error = await TakeBackAsync(running, cancellationToken);
            if (error != PcmError.None)
            {
                return error;
            }
        }

        long position;
        using (Queue.Lock.EnterScope())
        {
            _position = running ? (_position + _untold) % Runtime!.BufferFrames : 0;
            _untold = 0;
            position = _position;
        }

        Restart(position);
        if (!running || !takesBack)
        {
            return PcmError.None;
        }

        PcmError started = await StartAsync(cancellationToken);
        if (started == PcmError.None)
        {
            RunDryAfterAPeriod(Runtime!);
        }

        return started;
    }

    private async ValueTask<PcmError> TakeBackAsync(bool running, CancellationToken cancellationToken)
    {
        if (running)
        {
            await StopAsync(cancellationToken);
        }

        PcmError error = await FlushAsync(cancellationToken);
        return error == PcmError.None ? await CommandAsync(VirtioSoundRequest.PcmPrepare, SoundCommandState.Prepared, cancellationToken) : error;
    }

    public override async ValueTask<PcmError> TriggerAsync(PcmCommand command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case PcmCommand.Start or PcmCommand.PauseRelease:
                return await StartAsync(cancellationToken);
            case PcmCommand.Stop or PcmCommand.Suspend or PcmCommand.PausePush:
                return await StopAsync(cancellationToken);
            case PcmCommand.Drain:
                SendRest();
                LookForTheEnd();
                return PcmError.None;
            default:
                return PcmError.InvalidArgument;
        }
    }

    public override async ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken) => await FlushAsync(cancellationToken);

    /// <remarks>
    /// Without news no queue lock: the position is what it was, and what could be sent was sent by Ack. An application that writes, or asks where it
    /// is, more often than the device answers does not get in the way of the queue's other streams.
    /// </remarks>
    public override PcmPosition GetPointer() =>
        !_hasNews && Runtime is { } runtime && InFlight >= (runtime.IsFreeRunning ? FreeRunMessages : 1)
            ? new PcmPosition(Volatile.Read(ref _position))
            : TakeNews();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PcmPosition TakeNews()
    {
        bool notify = false;
        long position;
        using (Queue.Lock.EnterScope())
        {
            if (Runtime is { BufferFrames: > 0 } runtime)
            {
                notify = TopUp_NeedsQueueLock(runtime);
                long step = Math.Min(_untold, runtime.BufferFrames - runtime.PeriodFrames);
                _untold -= step;
                Volatile.Write(ref _position, (_position + step) % runtime.BufferFrames);
                _hasNews = _untold > 0;
            }

            position = _position;
        }

        Notify(notify);
        return new PcmPosition(position);
    }

    public override async ValueTask DisposeAsync()
    {
        _dry?.Dispose();
        FreePool();
        using (Queue.Lock.EnterScope())
        {
            _retired?.ForEach(_driver.Dma.Quarantine);
            _retired = null;
        }

        await base.DisposeAsync();
    }

    /// <summary>Adds the messages that can be to the queue, and publishes them. Context: queue lock held.</summary>
    /// <returns>True: the device wants to be notified, see <see cref="Notify"/>.</returns>
    protected abstract bool TopUp_NeedsQueueLock(PcmRuntime runtime);

    /// <summary>Hands to the device what can be. Context: any, no queue lock held.</summary>
    protected void TopUp()
    {
        bool notify;
        using (Queue.Lock.EnterScope())
        {
            notify = Runtime is { } runtime && TopUp_NeedsQueueLock(runtime);
        }

        Notify(notify);
    }

    /// <summary>Playback began to drain: what is left goes as a short message. Context: gate held.</summary>
    protected abstract void SendRest();

    /// <summary>The next frame to send or to ask for. Context: queue lock held, nothing in flight.</summary>
    protected abstract void RestartAt_NeedsQueueLock(long ringFrame);

    /// <summary>The application's position; while a reset is under way, the one that it will have.</summary>
    protected long ApplicationFrame(PcmRuntime runtime) => runtime.IsResetting ? _restart : runtime.ApplicationPosition;

    /// <summary>Tells the device about what was published, unless it polls. Context: no queue lock held.</summary>
    protected void Notify(bool wanted)
    {
        if (wanted && !_info.IsPolled)
        {
            Queue.Notify();
        }
    }

    /// <summary>Notes a finished message. Context: queue lock held.</summary>
    /// <param name="message">Its number.</param>
    /// <param name="written">Bytes the device wrote.</param>
    /// <param name="status">What it wrote at the end.</param>
    protected abstract void Completed_NeedsQueueLock(ushort message, uint written, in VirtioSoundPcmStatus status);

    /// <summary>The device has finished with frames of the ring. Context: queue lock held.</summary>
    protected void Advance_NeedsQueueLock(long frames) => _untold += frames;
}
