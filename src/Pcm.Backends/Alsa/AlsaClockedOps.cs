namespace Pcm.Backends.Alsa;

/// <summary>
/// A stream of a PCM that nothing paces (null, and file, plug or rate over it): the clock of the services does. At each period the frames that
/// are due are copied, once, between the core's ring and libasound's memory-mapped area; the area cannot be the ring, because what is above a null
/// PCM takes committed frames away, and fills freed ones, at once and not when their time has come.
/// </summary>
/// <remarks>
/// Locks: <c>_native</c> is a leaf, held while libasound is called; taken by the tick and by STOP, never under the stream lock.
/// Lifetime: the PCM lives from open to close, libasound's area from hw_params to hw_free.
/// </remarks>
internal sealed class AlsaClockedOps(AlsaEndpoint endpoint, PcmHardware hardware) : ClockedPcmOps
{
    private readonly Lock _native = new();
    private AlsaPcm? _pcm;
    private int _frameBytes;
    private bool _started;

    /// <inheritdoc/>
    public override PcmHardware Hardware { get; } = hardware;

    /// <summary>What the clock gives to a PCM that has none.</summary>
    public static PcmInfo Info => PcmInfo.Batch | PcmInfo.BlockTransfer | PcmInfo.Pause | PcmInfo.Resume | PcmInfo.DrainTrigger | PcmInfo.PerfectDrain;

    /// <inheritdoc/>
    protected override PcmError OpenPeer(PcmRuntime runtime)
    {
        PcmError error = endpoint.TryOpen(Log, out _pcm);
        if (error == PcmError.None)
        {
            error = AlsaHardware.AddRules(runtime.Constraints, _pcm!);
            if (error != PcmError.None)
            {
                ClosePeer();
            }
        }

        return error;
    }

    /// <inheritdoc/>
    protected override PcmError ClosePeer()
    {
        _pcm!.Dispose();
        _pcm = null;
        return PcmError.None;
    }

    /// <inheritdoc/>
    protected override PcmError Configure(PcmHwParams hwParams)
    {
        _frameBytes = hwParams.FrameBits / 8;
        PcmError error = _pcm!.SetHwParams(hwParams);
        return error == PcmError.None && endpoint.Direction == PcmDirection.Capture ? SilenceArea(hwParams) : error;
    }

    /// <summary>The null PCM captures nothing, and its area is fresh memory of malloc: without this an application would read what the process freed.</summary>
    private unsafe PcmError SilenceArea(PcmHwParams hwParams)
    {
        int frames = 0;
        int error = _pcm!.Begin(ref frames, out nint address, out int offset);
        if (error < 0)
        {
            _pcm.Log("mmap", error);
            return (PcmError)error;
        }

        // SAFETY: the area is as long as the buffer that was just set, and nothing writes to it before START.
        PcmFormatInfo.FillSilence(hwParams.Format, new Span<byte>((void*)address, hwParams.BufferBytes));
        _ = _pcm.Commit(offset, 0); // a file PCM counts begins
        return PcmError.None;
    }

    /// <inheritdoc/>
    protected override PcmError Begin()
    {
        StopPeer(isDrained: false); // after a suspend nobody stopped it
        return _pcm!.Prepare();
    }

    /// <inheritdoc/>
    protected override PcmError Finish() => _pcm!.HwFree();

    /// <inheritdoc/>
    protected override PcmError StartPeer()
    {
        lock (_native)
        {
            PcmError error = _pcm!.Start();
            _started = error == PcmError.None;
            return error;
        }
    }

    /// <inheritdoc/>
    protected override void StopPeer(bool isDrained)
    {
        lock (_native)
        {
            if (_started && !(isDrained && _pcm!.Drain() == PcmError.None)) // a rate plugin keeps part of a period until it is drained
            {
                _pcm!.Drop();
            }

            _started = false;
        }
    }

    /// <inheritdoc/>
    protected override long LimitAhead(long queuedFrames) => endpoint.Direction == PcmDirection.Playback ? queuedFrames : BufferFrames - queuedFrames;

    /// <inheritdoc/>
    protected override PcmError Move(Span<byte> ring)
    {
        lock (_native)
        {
            while (!ring.IsEmpty && _started) // a STOP may have come since the frames were due; it drops them
            {
                long moved = MoveSome(ring);
                if (moved <= 0)
                {
                    return Failure(moved, ring.Length / _frameBytes);
                }

                ring = ring[(int)(moved * _frameBytes)..];
            }

            return PcmError.None;
        }
    }

    /// <summary>Moves what libasound takes at once: up to the end of its ring.</summary>
    /// <returns>Frames, or a negative errno.</returns>
    private long MoveSome(Span<byte> ring)
    {
        long avail = _pcm!.Avail();
        if (avail <= 0)
        {
            return avail;
        }

        // Not more than is copied: a file PCM reads its input at begin, and what is not committed of it is lost.
        int frames = (int)Math.Min(avail, ring.Length / _frameBytes);
        int error = _pcm.Begin(ref frames, out nint address, out int offset);
        if (error < 0)
        {
            return error;
        }

        Span<byte> area;
        unsafe
        {
            // SAFETY: begin gave so many frames from this offset on, interleaved, ours until commit.
            area = new Span<byte>((byte*)address + ((long)offset * _frameBytes), frames * _frameBytes);
        }

        if (endpoint.Direction == PcmDirection.Playback)
        {
            ring[..area.Length].CopyTo(area);
        }
        else
        {
            area.CopyTo(ring);
        }

        return _pcm.Commit(offset, frames);
    }

    private PcmError Failure(long result, int offered)
    {
        switch ((PcmError)result)
        {
            case PcmError.XRun or PcmError.Suspended:
                return PcmError.XRun;
            case PcmError.NoDevice:
                AlsaLog.Gone(Log, endpoint.Name);
                endpoint.Gone();
                return PcmError.NoDevice;
            case PcmError.None:
                AlsaLog.ShortTransfer(Log, endpoint.Name, 0, offered);
                return PcmError.IO;
            default:
                _pcm!.Log("transfer", result);
                return (PcmError)result;
        }
    }
}
