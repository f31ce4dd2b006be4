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
internal abstract class VirtioPcmOps : PcmOps
{
    private readonly VirtioSoundDriver _driver;
    private readonly VirtioStreamInfo _info;
    private readonly PcmEvent _empty;
    private readonly MessageOwner _owner;
    private readonly ILogger _log;
    private SoundCommandState _device;
    private uint _deviceGeneration;
    private VirtioSoundPcmSetParams _parameters;
    private int _reserved;
    private bool _waitsForEmpty;

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

    /// <summary>Frames of the ring that the device has finished with since prepare, modulo the ring. Guarded by the queue lock.</summary>
    protected long CompletedFrames { get; private set; }

    /// <summary>The device moves data. Guarded by the queue lock.</summary>
    protected bool IsTransferring { get; private set; }

    protected int FrameBytes { get; private set; }

    /// <summary>Messages that the device owns.</summary>
    public int InFlight => Pool?.InFlight ?? 0;

    /// <summary>A number of the data path for each message in flight. Guarded by the queue lock.</summary>
    protected int[] Notes { get; private set; } = [];

    /// <summary>Where the hardware will be when a reset that is under way is done.</summary>
    private long _restart;

    /// <summary>Completed frames that no pointer has told the core of. Guarded by the queue lock.</summary>
    private int _untold;

    /// <summary>Frees a ring, now or when the device has returned everything. Context: the core gave the ring up.</summary>
    public void Retire(DmaRegion ring)
    {
        lock (Queue.Lock)
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
        if (error < PcmError.None)
        {
            return error;
        }

        Runtime = runtime;
        return await FlushAsync(cancellationToken); // what a former session could not take back
    }

    public override ValueTask<PcmError> CloseAsync()
    {
        lock (Queue.Lock)
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
        error = await SetParamsAsync(parameters, cancellationToken);
        if (error != PcmError.None)
        {
            return error;
        }

        FrameBytes = hwParams.FrameBits / 8;
        return AllocatePool(hwParams.Periods);
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
        if (error == PcmError.None && (_device == SoundCommandState.Idle || _deviceGeneration != _driver.Generation))
        {
            error = await SetParamsAsync(_parameters, cancellationToken); // the device was reset since
        }

        if (error == PcmError.None)
        {
            error = await CommandAsync(VirtioSoundRequest.PcmPrepare, SoundCommandState.Prepared, cancellationToken);
        }

        if (error == PcmError.None)
        {
            lock (Queue.Lock)
            {
                CompletedFrames = 0;
            }

            Restart(0);
        }

        return error;
    }

    public override async ValueTask<PcmError> ResetAsync(CancellationToken cancellationToken)
    {
        // prepare has just done it; a reset of a stream with queued data must take them back, because their place in the ring is written anew.
        if (InFlight == 0)
        {
            return PcmError.None;
        }

        bool running = _device == SoundCommandState.Running;
        if (running)
        {
            await StopAsync(cancellationToken);
        }

        PcmError error = await FlushAsync(cancellationToken);
        if (error == PcmError.None)
        {
            error = await CommandAsync(VirtioSoundRequest.PcmPrepare, SoundCommandState.Prepared, cancellationToken);
        }

        if (error != PcmError.None)
        {
            return error;
        }

        lock (Queue.Lock)
        {
            if (!running)
            {
                CompletedFrames = 0;
            }
        }

        Restart(CompletedFrames);
        return running ? await StartAsync(cancellationToken) : PcmError.None;
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
                LookAgain(); // what came back while the stream was being paused was not told, and may have been the last
                return PcmError.None;
            default:
                return PcmError.InvalidArgument;
        }
    }

    public override async ValueTask<PcmError> SyncStopAsync(CancellationToken cancellationToken) => await FlushAsync(cancellationToken);

    public override PcmPosition GetPointer()
    {
        TopUp();
        lock (Queue.Lock)
        {
            if (Runtime is not { BufferFrames: > 0 } runtime)
            {
                return new PcmPosition(CompletedFrames);
            }

            // A fast device returns the whole ring between two looks, and a position that came round looks like one that did not move. So it is
            // told in steps of less than a ring, and the core is made to look again for the rest.
            _untold -= Math.Min(_untold, runtime.BufferFrames - runtime.PeriodFrames);
            if (_untold > 0)
            {
                LookAgain();
            }

            return new PcmPosition(PcmRing.Back(CompletedFrames, _untold % runtime.BufferFrames, runtime.BufferFrames));
        }
    }

    public override async ValueTask DisposeAsync()
    {
        FreePool();
        lock (Queue.Lock)
        {
            _retired?.ForEach(_driver.Dma.Quarantine);
            _retired = null;
        }

        await base.DisposeAsync();
    }

    /// <summary>
    /// The device reports an xrun of this stream (EVT_PCM_XRUN). While draining it is the end of the data, not a failure: the last message tells.
    /// Context: no lock held.
    /// </summary>
    public void OnXRunEvent()
    {
        if (Runtime is { IsDraining: false } runtime)
        {
            runtime.SignalXRun();
        }
    }

    /// <summary>Hands to the device what can be. Context: any, no queue lock held.</summary>
    protected abstract void TopUp();

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

    /// <summary>The device has finished with the next frames of the ring. Context: queue lock held.</summary>
    protected void Advance_NeedsQueueLock(PcmRuntime runtime, int frames)
    {
        CompletedFrames = (CompletedFrames + frames) % runtime.BufferFrames;
        _untold += frames;
    }

    /// <summary>Notes a finished message. Context: queue lock held.</summary>
    /// <param name="message">Its number.</param>
    /// <param name="written">Bytes the device wrote.</param>
    /// <param name="status">What it wrote at the end.</param>
    protected abstract void Completed_NeedsQueueLock(ushort message, uint written, in VirtioSoundPcmStatus status);

    /// <summary>Takes a free message and hands it to the device. Context: queue lock held.</summary>
    /// <returns>False when no message or descriptor is free.</returns>
    protected bool TrySend_NeedsQueueLock(long ringFrame, long frames, bool deviceReads, out ushort message)
    {
        if (!Pool!.TryTake(out message))
        {
            return false;
        }

        // A message may wrap around the ring's end after a short one; then its audio is two pieces.
        VirtioRing ring = Ring!;
        int offset = (int)(ringFrame * FrameBytes), bytes = (int)(frames * FrameBytes);
        int first = Math.Min(bytes, (Runtime!.BufferFrames * FrameBytes) - offset);
        DmaSlice head = ring.Region.Slice(offset, first), tail = first == bytes ? default : ring.Region.Slice(0, bytes - first);
        bool added = deviceReads
            ? Queue.TryAdd_NeedsLock(_owner, message, [Pool.Header(message), head, tail], [Pool.Status(message)])
            : Queue.TryAdd_NeedsLock(_owner, message, [Pool.Header(message)], [head, tail, Pool.Status(message)]);
        if (!added)
        {
            Pool.Return(message);
        }

        return added;
    }

    /// <summary>Takes the latency the device reported, if it is sane: whole frames, at most the ring.</summary>
    protected void NoteLatency_NeedsQueueLock(in VirtioSoundPcmStatus status)
    {
        uint code = status.Status;
        if (code != (uint)VirtioSoundStatusCode.Ok)
        {
            VirtioSoundLog.BadStatus(_log, _info.Id, code);
            return;
        }

        if (IsTransferring && Runtime is { } runtime && FrameBytes > 0)
        {
            uint frames = status.LatencyBytes / (uint)FrameBytes;
            runtime.DelayFrames = frames <= runtime.BufferFrames ? (int)frames : 0;
        }
    }

    private void Restart(long ringFrame)
    {
        lock (Queue.Lock)
        {
            _restart = ringFrame;
            _untold = 0;
            RestartAt_NeedsQueueLock(ringFrame);
        }
    }

    private async ValueTask<PcmError> StartAsync(CancellationToken cancellationToken)
    {
        lock (Queue.Lock)
        {
            IsTransferring = true;
        }

        TopUp();
        PcmError error = await CommandAsync(VirtioSoundRequest.PcmStart, SoundCommandState.Running, cancellationToken);
        if (error != PcmError.None)
        {
            lock (Queue.Lock)
            {
                IsTransferring = false;
            }

            return error;
        }

        LookAgain(); // for what came back while the stream was being stopped
        return PcmError.None;
    }

    private async ValueTask<PcmError> StopAsync(CancellationToken cancellationToken)
    {
        lock (Queue.Lock)
        {
            IsTransferring = false;
        }

        return _device == SoundCommandState.Running && _deviceGeneration == _driver.Generation
            ? await CommandAsync(VirtioSoundRequest.PcmStop, SoundCommandState.Stopped, cancellationToken)
            : PcmError.None; // never started, or reset since
    }

    /// <summary>
    /// Takes every message back from the device: RELEASE, which a device answers only after it has returned them all, then the used ring.
    /// </summary>
    /// <returns>EBADFD: messages are still out, after a time-out here or before; only their return, or a reset of the device, heals that.</returns>
    private async ValueTask<PcmError> FlushAsync(CancellationToken cancellationToken)
    {
        bool current = _deviceGeneration == _driver.Generation;
        if (_device is SoundCommandState.Stopped || (_device is SoundCommandState.Prepared && InFlight > 0))
        {
            PcmError error = current
                ? await CommandAsync(VirtioSoundRequest.PcmRelease, SoundCommandState.Released, cancellationToken)
                : PcmError.None;
            if (error != PcmError.None)
            {
                return error;
            }
        }

        Queue.Drain(); // the answer may have overtaken the interrupt of the messages
        if (!await WaitEmptyAsync(cancellationToken))
        {
            VirtioSoundLog.FlushTimedOut(_log, _info.Id, InFlight, _driver.Options.MessageTimeout);
            return PcmError.BadState;
        }

        return PcmError.None;
    }

    private async ValueTask<bool> WaitEmptyAsync(CancellationToken cancellationToken)
    {
        lock (Queue.Lock)
        {
            if (InFlight == 0 && _stale == 0)
            {
                return true;
            }

            _waitsForEmpty = true;
            _empty.Arm();
        }

        return await _empty.WaitAsync(_driver.Options.MessageTimeout, cancellationToken) || (InFlight == 0 && _stale == 0);
    }

    private async ValueTask<PcmError> SetParamsAsync(VirtioSoundPcmSetParams parameters, CancellationToken cancellationToken)
    {
        uint generation = _driver.Generation;
        PcmError error = await _driver.Control.SendAsync(parameters, Memory<byte>.Empty, cancellationToken);
        if (error != PcmError.None)
        {
            VirtioSoundLog.CommandFailed(_log, _info.Id, VirtioSoundRequest.PcmSetParams, error);
            return error;
        }

        _parameters = parameters;
        _deviceGeneration = generation;
        _device = SoundCommandState.Configured;
        return PcmError.None;
    }

    private async ValueTask<PcmError> CommandAsync(VirtioSoundRequest command, SoundCommandState accepted, CancellationToken cancellationToken)
    {
        var request = new VirtioSoundPcmHeader { Code = (uint)command, StreamId = _info.Id };
        PcmError error = await _driver.Control.SendAsync(request, Memory<byte>.Empty, cancellationToken);
        if (error != PcmError.None)
        {
            VirtioSoundLog.CommandFailed(_log, _info.Id, command, error);
            return error;
        }

        _device = accepted;
        return PcmError.None;
    }

    private PcmError AllocatePool(int messages)
    {
        if (!Queue.TryReserve(messages, 4, out _reserved))
        {
            _reserved = 0;
            return PcmError.NoMemory; // the queue's descriptors are promised to other streams
        }

        PcmMessagePool pool = _driver.SoundServices.Pools.Create(_driver.Dma, _info.Id, messages);
        lock (Queue.Lock)
        {
            Pool = pool;
            Notes = new int[messages];
        }

        return PcmError.None;
    }

    private void FreePool()
    {
        lock (Queue.Lock)
        {
            _stale += InFlight;
            Pool?.Dispose();
            Pool = null;
            _owner.NextLife();
        }

        Queue.Unreserve(_reserved);
        _reserved = 0;
    }

    private void Used_NeedsQueueLock(int message, uint generation, uint written)
    {
        if (generation != _owner.Generation || Pool is null)
        {
            VirtioSoundLog.StaleMessage(_log, _info.Id); // its memory is in quarantine
            _stale--;
            SettleEmpty_NeedsQueueLock();
            return;
        }

        VirtioSoundPcmStatus status = Pool.ReadStatus((ushort)message);
        Completed_NeedsQueueLock((ushort)message, written, in status);
        Pool.Return((ushort)message);
        SettleEmpty_NeedsQueueLock();
    }

    private void Reclaimed_NeedsQueueLock(int message, uint generation)
    {
        if (generation == _owner.Generation && Pool is not null)
        {
            Pool.Return((ushort)message);
        }
        else
        {
            _stale--;
        }

        SettleEmpty_NeedsQueueLock();
    }

    /// <summary>When the last message is back: who waits goes on, and rings given up meanwhile are freed.</summary>
    private void SettleEmpty_NeedsQueueLock()
    {
        if (InFlight > 0 || _stale > 0)
        {
            return;
        }

        if (_waitsForEmpty)
        {
            _waitsForEmpty = false;
            _empty.TrySet();
        }

        if (_retired is not null)
        {
            _retired.ForEach(static ring => ring.Dispose());
            _retired = null;
        }
    }

    /// <summary>Makes the core look at the position, as a finished message does. Context: any.</summary>
    private void LookAgain() => _driver.Services.Scheduler.Schedule(static ops => ((VirtioPcmOps)ops!).AfterUsed(), this);

    private void AfterUsed()
    {
        PcmRuntime? runtime;
        lock (Queue.Lock)
        {
            runtime = IsTransferring ? Runtime : null;
        }

        runtime?.PeriodElapsed();
    }

    /// <summary>The stream as the owner of messages; another object, because ops already have a base.</summary>
    private sealed class MessageOwner(VirtioPcmOps ops) : SoundMessageOwner
    {
        public void NextLife() => Generation++;

        public override void Used_NeedsQueueLock(int message, uint generation, uint written) => ops.Used_NeedsQueueLock(message, generation, written);

        public override void AfterUsed() => ops.AfterUsed();

        public override void Reclaimed_NeedsQueueLock(int message, uint generation) => ops.Reclaimed_NeedsQueueLock(message, generation);
    }
}
