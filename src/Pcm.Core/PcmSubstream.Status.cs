namespace Pcm;

/// <content>Looking at the stream: status, delay, positions, rewind and forward.</content>
public sealed partial class PcmSubstream
{
    /// <summary>Takes a snapshot, after a pointer update when running.</summary>
    /// <param name="status">The snapshot; in OPEN only the states are filled.</param>
    /// <param name="audioType">The audio time stamp wanted; needs <see cref="PcmSwParams.Timestamps"/>.</param>
    /// <param name="reportDelay">Whether the audio time counts the backend's delay.</param>
    /// <returns>Success in every state; ENXIO closed; ENODEV gone. An xrun found by the update is not an error here.</returns>
    public PcmError GetStatus(out PcmStatus status, PcmAudioTimestampType audioType = PcmAudioTimestampType.Compat, bool reportDelay = false)
    {
        PcmError error = TryGetRuntime(out PcmRuntime runtime);
        if (error != PcmError.None)
        {
            status = default;
            return error;
        }

        PcmStreamLock held = EnterStream();
        try
        {
            status = Status_NeedsLock(runtime, audioType, reportDelay);
            return PcmError.None;
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>Frames until a frame written now is heard, or since the next frame to read was captured; looks at the hardware.</summary>
    /// <param name="frames">The delay; negative while the hardware is past the application.</param>
    /// <returns>EPIPE, ESTRPIPE, EBADFD as the state says.</returns>
    public PcmError GetDelay(out long frames)
    {
        PcmError error = TryGetRuntime(out PcmRuntime runtime);
        frames = 0;
        if (error != PcmError.None)
        {
            return error;
        }

        PcmStreamLock held = EnterStream();
        try
        {
            error = HwSync_NeedsLock(runtime);
            frames = error == PcmError.None ? runtime.Delay : 0;
            return error;
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>Looks at the hardware and says how many frames can be transferred.</summary>
    /// <param name="frames">Frames, <c>[0 .. boundary)</c>; 0 on error.</param>
    /// <returns>EPIPE, ESTRPIPE, EBADFD as the state says.</returns>
    public PcmError GetAvail(out long frames)
    {
        PcmError error = TryGetRuntime(out PcmRuntime runtime);
        frames = 0;
        if (error != PcmError.None)
        {
            return error;
        }

        PcmStreamLock held = EnterStream();
        try
        {
            error = HwSync_NeedsLock(runtime);
            frames = error == PcmError.None ? runtime.Avail : 0;
            return error;
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>Looks at the hardware; nothing else.</summary>
    /// <returns>EPIPE, ESTRPIPE, EBADFD as the state says.</returns>
    public PcmError HwSync() => GetAvail(out _);

    /// <summary>Reads the positions as they stand, or moves the application's; does not look at the hardware unless asked.</summary>
    /// <param name="request">What to read and what to set.</param>
    /// <param name="pointers">What stands afterwards.</param>
    /// <returns>With <see cref="PcmSyncPointer.HwSync"/>: as <see cref="HwSync"/>. EINVAL: the position is at or past the boundary, or refused by the backend.</returns>
    public PcmError SyncPointer(in PcmSyncPointer request, out PcmPointers pointers)
    {
        pointers = default;
        PcmError error = TryGetRuntime(out PcmRuntime runtime);
        if (error != PcmError.None)
        {
            return error;
        }

        PcmStreamLock held = EnterStream();
        try
        {
            if (request.HwSync)
            {
                error = HwSync_NeedsLock(runtime);
                if (error != PcmError.None)
                {
                    return error;
                }
            }

            if (request.ApplicationPosition is { } position)
            {
                error = ApplyApplicationPosition_NeedsLock(runtime, position);
                if (error != PcmError.None)
                {
                    return error;
                }
            }

            if (request.AvailMin is { } availMin)
            {
                runtime.SwParams = runtime.SwParams with { AvailMin = availMin };
            }

            pointers = new PcmPointers
            {
                State = runtime.Lifecycle.State,
                SuspendedState = runtime.Lifecycle.SuspendedState,
                ApplicationPosition = runtime.ApplicationPosition,
                HardwarePosition = runtime.HardwarePosition,
                AvailMin = runtime.SwParams.AvailMin,
                TimestampNs = runtime.TimestampNs,
                AudioTimestampNs = runtime.AudioTimestampNs,
            };
            return PcmError.None;
        }
        finally
        {
            held.Exit();
        }
    }

    /// <summary>Moves the application back, over frames that the hardware has not reached.</summary>
    /// <param name="frames">How far at most; not negative.</param>
    /// <param name="moved">How far it went.</param>
    /// <returns>As <see cref="HwSync"/>. A backend that cannot rewind moves 0 frames, without an error.</returns>
    public PcmError Rewind(long frames, out long moved) => Move(frames, back: true, out moved);

    /// <summary>Moves the application forward, over frames that are available.</summary>
    /// <param name="frames">How far at most; not negative.</param>
    /// <param name="moved">How far it went.</param>
    /// <returns>As <see cref="HwSync"/>, or what the backend answers.</returns>
    public PcmError Forward(long frames, out long moved) => Move(frames, back: false, out moved);

    /// <summary>Where a channel lies in a memory-mapped ring.</summary>
    /// <param name="channel">From 0.</param>
    /// <param name="info">Offsets in bits.</param>
    /// <returns>EBADFD in OPEN; EINVAL: no such channel.</returns>
    public PcmError GetChannelInfo(int channel, out PcmChannelInfo info)
    {
        info = default;
        PcmError error = TryGetRuntime(out PcmRuntime runtime);
        if (error != PcmError.None)
        {
            return error;
        }

        if (runtime.Lifecycle.State == PcmState.Open)
        {
            return PcmError.BadState;
        }

        if (channel < 0 || channel >= runtime.Channels)
        {
            return PcmError.InvalidArgument;
        }

        bool interleaved = runtime.Access is PcmAccess.MmapInterleaved or PcmAccess.ReadWriteInterleaved;
        info = new PcmChannelInfo(
            Offset: runtime.Info.HasFlag(PcmInfo.Mmap) ? 0 : -1,
            FirstBit: interleaved
                ? (long)channel * runtime.SampleBits
                : channel * (runtime.FramesToBytes(runtime.BufferFrames) / runtime.Channels) * 8,
            StepBits: interleaved ? runtime.Channels * runtime.SampleBits : runtime.SampleBits);
        return PcmError.None;
    }

    private PcmStatus Status_NeedsLock(PcmRuntime runtime, PcmAudioTimestampType audioType, bool reportDelay)
    {
        PcmState state = runtime.Lifecycle.State;
        PcmState suspended = runtime.Lifecycle.SuspendedState;
        if (state == PcmState.Open)
        {
            return new PcmStatus { State = state, SuspendedState = suspended };
        }

        runtime.AudioTypeRequested = audioType != PcmAudioTimestampType.Compat ? audioType
            : (runtime.Hardware.Info & PcmInfo.HasLinkAudioTime) != 0 ? PcmAudioTimestampType.Link
            : PcmAudioTimestampType.Default;
        runtime.AudioReportDelay = reportDelay;
        long timestampNs = runtime.TimestampNs;
        if (runtime.IsMoving)
        {
            UpdatePointer_NeedsLock(runtime);
            timestampNs = runtime.TimestampNs;
        }
        else if (runtime.SwParams.Timestamps)
        {
            timestampNs = Services.NowNs;
        }

        var status = new PcmStatus
        {
            State = state,
            SuspendedState = suspended,
            ApplicationPosition = runtime.ApplicationPosition,
            HardwarePosition = runtime.HardwarePosition,
            Avail = runtime.Avail,
            Delay = runtime.IsMoving ? runtime.Delay : 0,
            AvailMax = runtime.AvailMax,
            Overrange = runtime.Overrange,
            TriggerTimestampNs = runtime.TriggerTimestampNs,
            TimestampNs = runtime.SwParams.Timestamps ? timestampNs : 0,
            AudioTimestampNs = runtime.SwParams.Timestamps ? runtime.AudioTimestampNs : 0,
            DriverTimestampNs = runtime.SwParams.Timestamps ? runtime.DriverTimestampNs : 0,
            AudioTimestampType = runtime.AudioTypeActual,
            AudioTimestampAccuracyNs = runtime.AudioAccuracyNs,
        };
        runtime.AvailMax = 0;
        runtime.Overrange = 0;
        return status;
    }

    private PcmError Move(long frames, bool back, out long moved)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frames);
        moved = 0;
        PcmError error = TryGetRuntime(out PcmRuntime runtime);
        if (error != PcmError.None || frames == 0)
        {
            return error;
        }

        PcmStreamLock held = EnterStream();
        try
        {
            error = HwSync_NeedsLock(runtime);
            if (error != PcmError.None)
            {
                return error;
            }

            long distance = Math.Min(frames, back ? Math.Min(runtime.HardwareAvail, Ops.GetRewindable(runtime)) : runtime.Avail);
            if (distance <= 0)
            {
                return PcmError.None;
            }

            long position = back
                ? PcmRing.Back(runtime.ApplicationPosition, distance, runtime.Boundary)
                : PcmRing.Forward(runtime.ApplicationPosition, distance, runtime.Boundary);
            error = ApplyApplicationPosition_NeedsLock(runtime, position);
            if (error != PcmError.None)
            {
                return back ? PcmError.None : error; // the kernel hides why a rewind did not happen
            }

            moved = distance;
            return PcmError.None;
        }
        finally
        {
            held.Exit();
        }
    }
}
