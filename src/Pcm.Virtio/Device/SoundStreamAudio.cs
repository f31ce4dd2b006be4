using Microsoft.Extensions.Logging;

namespace Pcm.Virtio;

/// <summary>
/// The audio side of a stream: a substream of any backend, driven as an application would. Starts and stops only when told to: it never
/// starts by being filled, and it stops with an xrun when it runs dry.
/// Lifetime: opened by the first <see cref="OpenAsync"/>, closed by <see cref="CloseAsync"/>.
/// </summary>
/// <remarks>Thread safety: the device's executor only, one verb at a time.</remarks>
internal sealed class SoundStreamAudio(int stream, PcmSubstream substream, ILogger log) : IPcmRefiner
{
    private PcmHwParams? _wanted;  // as refined by SET_PARAMS
    private bool _applied;         // the substream has them
    private bool _opened;          // by us, and so to be closed by us

    /// <summary>Where the substream stands.</summary>
    public PcmState State => substream.State;

    /// <summary>A timer, not armed, of the clock that paces it. Only while open.</summary>
    public ITimer CreateTimer(TimerCallback callback, object? state) => substream.Runtime!.Services.CreateSharedTimer(callback, state);

    /// <summary>Bytes of a frame; 0 before the first <see cref="Configure"/>.</summary>
    public int FrameBytes { get; private set; }

    /// <summary>Frames between two wake-ups.</summary>
    public int PeriodFrames { get; private set; }

    /// <summary>Frames of the ring.</summary>
    public int BufferFrames { get; private set; }

    /// <summary>Frames per second.</summary>
    public int Rate { get; private set; }

    /// <summary>Bytes between the ring and the air.</summary>
    public uint LatencyBytes => (uint)Math.Max(0L, (long)(substream.Runtime?.DelayFrames ?? 0) * FrameBytes);

    private bool CanPause => substream.Runtime?.Info.HasFlag(PcmInfo.Pause) ?? false;

    /// <summary>Opens, once. Somebody else's session is not shared: EBUSY.</summary>
    public async ValueTask<PcmError> OpenAsync(VirtioDeviceBus bus)
    {
        if (_opened && substream.IsOpen)
        {
            return PcmError.None;
        }

        PcmError error = await On(bus, substream.OpenAsync(PcmOpenMode.NonBlocking));
        _opened = error == PcmError.None;
        return error;
    }

    /// <summary>Closes, if it was opened here, and forgets the parameters.</summary>
    public async ValueTask CloseAsync()
    {
        bool opened = _opened;
        _opened = false;
        _wanted = null;
        _applied = false;
        FrameBytes = 0;
        if (opened)
        {
            await substream.CloseAsync();
        }
    }

    /// <summary>
    /// Looks for parameters: format, rate and channels exactly as asked, period and buffer too if the backend can, else near. Changes nothing
    /// when there are none; the substream hears of them in <see cref="PrepareAsync"/>.
    /// </summary>
    /// <returns>EINVAL: no such combination.</returns>
    public PcmError Configure(PcmFormat format, int rateHz, int channels, uint periodBytes, uint bufferBytes)
    {
        int frameBytes = format.PhysicalWidthBits() / 8 * channels;
        long periodFrames = periodBytes / frameBytes, bufferFrames = bufferBytes / frameBytes;
        var space = new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved, Format = format, Channels = channels, Rate = rateHz };
        PcmError error = Refine(space);
        if (error != PcmError.None)
        {
            return error;
        }

        PcmHwParams wanted = space.Clone();
        wanted.SetRange(PcmHwParameter.PeriodSize, (uint)periodFrames, (uint)periodFrames);
        wanted.SetRange(PcmHwParameter.BufferSize, (uint)bufferFrames, (uint)bufferFrames);
        if (Refine(wanted) != PcmError.None)
        {
            wanted = space;
            error = wanted.SetPeriodFramesNear(this, (int)Math.Min(periodFrames, int.MaxValue), out int nearPeriodFrames);
            if (error == PcmError.None)
            {
                error = wanted.SetBufferFramesNear(this, (int)Math.Min(bufferFrames, int.MaxValue), out int nearBufferFrames);
                SoundDeviceLog.NearParameters(log, stream, periodFrames, bufferFrames, substream.ToString(), nearPeriodFrames, nearBufferFrames);
            }
        }

        if (error == PcmError.None)
        {
            _wanted = wanted;
            _applied = false;
            FrameBytes = frameBytes;
        }

        return error;
    }

    /// <summary>Gets the substream ready to start from position 0, with the parameters of the last <see cref="Configure"/>.</summary>
    public async ValueTask<PcmError> PrepareAsync(VirtioDeviceBus bus)
    {
        PcmError error;
        if (!_applied)
        {
            if (substream.State is PcmState.Running or PcmState.Paused)
            {
                await On(bus, substream.DropAsync()); // hw_params is refused there
            }

            error = await On(bus, substream.HwParamsAsync(_wanted!.Clone()));
            if (error == PcmError.None)
            {
                error = TakeParameters();
            }

            if (error != PcmError.None)
            {
                return error;
            }
        }

        return await On(bus, substream.PrepareAsync());
    }

    public ExecutorAwaitable<PcmError> StartAsync(VirtioDeviceBus bus) => On(bus, substream.StartAsync());

    /// <summary>Goes on after <see cref="StopAsync"/> where it was, if it could pause.</summary>
    public ExecutorAwaitable<PcmError> UnpauseAsync(VirtioDeviceBus bus) => On(bus, substream.PauseAsync(enable: false));

    /// <summary>Stops at once, keeping the place if the backend can. A substream that ran dry has stopped already.</summary>
    public async ValueTask<PcmError> StopAsync(VirtioDeviceBus bus) =>
        substream.State == PcmState.Running && CanPause && await On(bus, substream.PauseAsync(enable: true)) == PcmError.None
            ? PcmError.None
            : await DropAsync(bus);

    /// <summary>Plays what is queued to its end, then stops.</summary>
    public async ValueTask<PcmError> DrainAsync(VirtioDeviceBus bus)
    {
        substream.NonBlocking = false; // a drain looks at it
        PcmError error = await On(bus, substream.DrainAsync());
        substream.NonBlocking = true;
        return error;
    }

    /// <summary>Stops and forgets what is queued. Its result does not matter: whatever state it is in, it is stopped then.</summary>
    public ExecutorAwaitable<PcmError> DropAsync(VirtioDeviceBus bus) => On(bus, substream.DropAsync());

    /// <summary>Where the hardware was at its last interrupt, or at the last look; nothing is asked. False when it is gone, and nobody knows.</summary>
    /// <param name="frames">As <see cref="TryLookAtRing"/>.</param>
    public bool TryGetLastRing(out long frames)
    {
        bool known = substream.TryGetSnapshot(out PcmSnapshot last);
        frames = known ? RingFrames(last.ApplicationPosition, last.HardwarePosition) : 0;
        return known;
    }

    /// <summary>Looks at the hardware itself. False when it is gone, and nobody knows.</summary>
    /// <param name="frames">Frames in the ring: written and not played, or captured and not read; 0 when the hardware went past the application.</param>
    public bool TryLookAtRing(out long frames)
    {
        // An error of the look is a state, and the caller looks at that; the positions stand all the same. In one call, for each takes the lock.
        bool known = substream.SyncPointer(new PcmSyncPointer { HwSync = true }, out PcmPointers pointers) == PcmError.None
            || substream.SyncPointer(default, out pointers) == PcmError.None;
        frames = known ? RingFrames(pointers.ApplicationPosition, pointers.HardwarePosition) : 0;
        return known;
    }

    /// <summary>
    /// Asks for a wake-up as soon as so many frames are available (free for playback, captured for capture), or the run has ended. By the interrupts:
    /// between two of them the hardware is not asked.
    /// </summary>
    /// <returns>True: that many are not there now, and the wake-up will come. False: look again, they are, or the stream stopped.</returns>
    public bool TryArm(long availMin, PcmPollCallback wakeUp) =>
        substream.SyncPointer(new PcmSyncPointer { AvailMin = availMin }, out _) == PcmError.None && substream.Poll(wakeUp) == PcmPollEvents.None;

    /// <summary>Writes whole frames; as many as fit.</summary>
    public int Write(ReadOnlySpan<byte> frames)
    {
        substream.Write(frames, out int written); // an error is "full", or a state, and the caller looks at that
        return written;
    }

    /// <summary>Reads whole frames; as many as there are.</summary>
    public int Read(Span<byte> frames)
    {
        substream.Read(frames, out int read); // as above
        return read;
    }

    public PcmError Refine(PcmHwParams hwParams) => substream.HwRefine(hwParams);

    public override string ToString() => substream.ToString();

    private static ExecutorAwaitable<PcmError> On(VirtioDeviceBus bus, ValueTask<PcmError> verb) => new(verb, bus);

    private PcmError TakeParameters()
    {
        if (substream.Runtime is not { } runtime)
        {
            return PcmError.NoDevice; // closed by its card
        }

        PeriodFrames = runtime.PeriodFrames;
        BufferFrames = runtime.BufferFrames;
        Rate = runtime.Rate;
        PcmError error = substream.SetSwParams(substream.GetSwParams() with { StartThreshold = runtime.Boundary, StopThreshold = runtime.BufferFrames });
        _applied = error == PcmError.None;
        return error;
    }

    private long RingFrames(long applicationPosition, long hardwarePosition)
    {
        long frames = substream.Direction == PcmDirection.Playback ? applicationPosition - hardwarePosition : hardwarePosition - applicationPosition;
        frames += frames < 0 ? substream.Runtime?.Boundary ?? 0 : 0;
        return frames <= BufferFrames ? frames : 0;
    }
}
