namespace Pcm.Backends.Loopback;

/// <summary>
/// A cable: one playback end, one capture end, and what they agree on. The hardware's limits are full when the first end is opened; each prepare while the
/// other end is not prepared narrows them to that end's own format, rate and channels; only closing both ends widens them again.
/// </summary>
/// <remarks>Thread safety: every member from any thread; its lock is a queue lock, taken under a stream lock and never held while the core is called.</remarks>
internal sealed class LoopbackCable(LoopbackClock clock)
{
    private readonly Lock _lock = new();
    private LoopbackEnd? _playback;
    private LoopbackEnd? _capture;
    private PcmHardware _hardware = s_unlimited;

    private static readonly PcmHardware s_unlimited = new()
    {
        Info = PcmInfo.Mmap | PcmInfo.MmapValid | PcmInfo.Interleaved | PcmInfo.NonInterleaved | PcmInfo.Pause | PcmInfo.Resume,
        Formats =
        [
            PcmFormat.S16LE, PcmFormat.S16BE, PcmFormat.S24LE, PcmFormat.S24BE, PcmFormat.S24In3LE, PcmFormat.S24In3BE, PcmFormat.S32LE, PcmFormat.S32BE,
            PcmFormat.Float32LE, PcmFormat.Float32BE, PcmFormat.DsdU8, PcmFormat.DsdU16LE, PcmFormat.DsdU16BE, PcmFormat.DsdU32LE, PcmFormat.DsdU32BE,
        ],
        Rates = PcmRates.Continuous,
        RateMin = 8000,
        RateMax = 768000,
        ChannelsMin = 1,
        ChannelsMax = 32,
        BufferBytesMax = 2 * 1024 * 1024,
        PeriodBytesMin = 64,
        PeriodBytesMax = 1024 * 1024,
        PeriodsMin = 1,
        PeriodsMax = 1024,
    };

    /// <summary>What the cable can carry now.</summary>
    public PcmHardware Hardware => Volatile.Read(ref _hardware);

    public LoopbackClock Clock => clock;

    public void Plug(LoopbackEnd end)
    {
        lock (_lock)
        {
            EndOf(end.Runtime.Direction) = end;
        }
    }

    public void Unplug(LoopbackEnd end)
    {
        lock (_lock)
        {
            EndOf(end.Runtime.Direction) = null;
            if (_playback is null && _capture is null)
            {
                Volatile.Write(ref _hardware, s_unlimited);
            }
        }
    }

    public void Prepare(LoopbackEnd end)
    {
        lock (_lock)
        {
            end.Position = 0;
            end.Fraction = 0;
            end.PeriodDue = false;
            if (end == _capture)
            {
                LoopbackTransfer.Silence(end.Runtime, 0, end.Runtime.BufferFrames);
                end.SilentFrames = end.Runtime.BufferFrames;
            }

            if (PeerOf(end) is not { IsValid: true })
            {
                Narrow_NeedsLock(end.Runtime);
            }

            end.IsValid = true;
        }
    }

    public void Free(LoopbackEnd end)
    {
        lock (_lock)
        {
            end.IsValid = false;
        }
    }

    /// <summary>Starts an end.</summary>
    /// <param name="end">Which.</param>
    /// <param name="firingTick">When its timer shall fire.</param>
    /// <param name="lostSource">The capture that must end because the new playback has another format; null when there is none.</param>
    /// <returns>EIO: capture differs from a prepared playback.</returns>
    public PcmError Start(LoopbackEnd end, out long firingTick, out PcmRuntime? lostSource)
    {
        firingTick = 0;
        lostSource = null;
        lock (_lock)
        {
            if (_playback is { IsValid: true } playback && _capture is { IsValid: true } capture && !LoopbackTransfer.AreAlike(playback.Runtime, capture.Runtime))
            {
                if (end == capture)
                {
                    return PcmError.IO;
                }

                if (capture.IsMoving)
                {
                    capture.IsRunning = false; // at once; the STOP that follows finds it stopped
                    lostSource = capture.Runtime;
                }
            }

            end.IsRunning = true;
            end.Drift = 0;
            firingTick = GoOn_NeedsLock(end);
            return PcmError.None;
        }
    }

    public void Stop(LoopbackEnd end)
    {
        lock (_lock)
        {
            end.IsRunning = false;
            end.IsPaused = false;
        }
    }

    public void Pause(LoopbackEnd end)
    {
        lock (_lock)
        {
            end.IsPaused = true;
        }
    }

    /// <summary>Ends a pause, or a suspend.</summary>
    /// <returns>When its timer shall fire.</returns>
    public long Release(LoopbackEnd end)
    {
        lock (_lock)
        {
            return GoOn_NeedsLock(end);
        }
    }

    /// <summary>Moves what is due and says where an end is.</summary>
    public long GetPosition(LoopbackEnd end)
    {
        lock (_lock)
        {
            Update_NeedsLock();
            return end.Position;
        }
    }

    /// <summary>An end's timer fired.</summary>
    /// <param name="end">Which.</param>
    /// <param name="firingTick">When it shall fire next; null when the end does not move.</param>
    /// <returns>Whether a period has ended.</returns>
    public bool OnTimer(LoopbackEnd end, out long? firingTick)
    {
        lock (_lock)
        {
            Update_NeedsLock();
            firingTick = null;
            if (!end.IsMoving)
            {
                return false;
            }

            firingTick = LoopbackClock.FiringTick(clock.NowTick, end.TicksToPeriodEnd(clock.TicksPerSecond), inTimer: true);
            bool due = end.PeriodDue;
            end.PeriodDue = false;
            return due;
        }
    }

    private ref LoopbackEnd? EndOf(PcmDirection direction)
    {
        if (direction == PcmDirection.Playback)
        {
            return ref _playback;
        }

        return ref _capture;
    }

    private LoopbackEnd? PeerOf(LoopbackEnd end) => end == _playback ? _capture : _playback;

    private void Narrow_NeedsLock(PcmRuntime runtime) => Volatile.Write(ref _hardware, _hardware with
    {
        Formats = [runtime.Format],
        RateMin = (uint)runtime.Rate,
        RateMax = (uint)runtime.Rate,
        ChannelsMin = (uint)runtime.Channels,
        ChannelsMax = (uint)runtime.Channels,
    });

    private long GoOn_NeedsLock(LoopbackEnd end)
    {
        end.LastTick = clock.NowTick;
        end.IsPaused = false;
        return LoopbackClock.FiringTick(end.LastTick, end.TicksToPeriodEnd(clock.TicksPerSecond), inTimer: false);
    }

    /// <summary>Counts the ticks since the last time for the ends that move. While both do, they move together and the frames are copied.</summary>
    private void Update_NeedsLock()
    {
        long now = clock.NowTick;
        long playbackTicks = TakeTicks(_playback, now);
        long captureTicks = TakeTicks(_capture, now);
        if (playbackTicks > captureTicks) // what was played before capture ran is heard by nobody
        {
            _playback!.Move(_playback.Advance(playbackTicks - captureTicks, clock.TicksPerSecond));
        }
        else if (captureTicks > playbackTicks)
        {
            long frames = _capture!.Advance(captureTicks - playbackTicks, clock.TicksPerSecond);
            LoopbackTransfer.ClearCapture(_capture, frames);
            _capture.Move(frames);
        }

        long together = Math.Min(playbackTicks, captureTicks);
        if (together > 0)
        {
            MoveTogether(_playback!, _capture!, together);
        }
    }

    /// <summary>Moves both ends by the same frames; the one whose fraction adds fewer owes the difference.</summary>
    private void MoveTogether(LoopbackEnd playback, LoopbackEnd capture, long ticks)
    {
        long played = playback.Advance(ticks, clock.TicksPerSecond), captured = capture.Advance(ticks, clock.TicksPerSecond);
        long frames = Math.Max(played, captured);
        playback.Drift = frames - played;
        capture.Drift = frames - captured;
        LoopbackTransfer.CopyPlayback(playback, capture, frames);
        playback.Move(frames);
        capture.Move(frames);
    }

    private static long TakeTicks(LoopbackEnd? end, long now)
    {
        if (end is not { IsMoving: true })
        {
            return 0;
        }

        long ticks = now - end.LastTick;
        end.LastTick = now;
        return ticks;
    }
}
