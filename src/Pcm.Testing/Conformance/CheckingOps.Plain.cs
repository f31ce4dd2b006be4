namespace Pcm.Testing.Conformance;

/// <content>The ops that may not wait: position, ack, copies.</content>
internal sealed partial class CheckingOps
{
    /// <summary>How far a position may be ahead of the clock beyond one period: timers, rounding, a frame begun.</summary>
    private const long ClockGrainNs = 2_000_000;

    private static readonly TimeSpan s_plainLimit = TimeSpan.FromSeconds(1);

    private volatile int _plainThread = -1;
    private long _application;
    private bool _applicationKnown;
    private long _frame;
    private bool _frameKnown;
    private long _frameNs;

    /// <summary>Frames moved since prepare, as the positions read so far say.</summary>
    public long Moved { get; private set; }

    public override PcmPosition GetPointer()
    {
        long before = EnterPlain();
        try
        {
            PcmPosition position = Inner.GetPointer();
            trace.Op(NowNs, "pointer", "", position.IsXRun ? (long)PcmError.XRun : position.Frame);
            Observe(position, before);
            Law(Math.Abs((long)Runtime!.DelayFrames) <= 60L * Runtime.Rate, MonitorLaws.DelayIsSane, $"DelayFrames is {Runtime.DelayFrames}");
            return position;
        }
        catch (Exception e)
        {
            Threw("GetPointer", e);
            throw;
        }
        finally
        {
            LeavePlain("GetPointer", before);
        }
    }

    public override PcmError Ack()
    {
        long before = EnterPlain();
        try
        {
            long position = Runtime!.ApplicationPosition;
            PcmError error = AckInstead?.Invoke() ?? Inner.Ack();
            trace.Op(NowNs, "ack", OpTextNumber(position), (long)error);
            bool forward = _applicationKnown && Distance(position, _application) <= Runtime.BufferFrames;
            Law(!forward || error is PcmError.None or PcmError.XRun || AckInstead is not null, MonitorLaws.AckAbsorbs, $"ack of frames from {_application} to {position} answered {error.ErrnoName()}");
            if (error >= PcmError.None)
            {
                _application = position;
                _applicationKnown = true;
            }

            return error;
        }
        catch (Exception e)
        {
            Threw("Ack", e);
            throw;
        }
        finally
        {
            LeavePlain("Ack", before);
        }
    }

    public override long GetRewindable(PcmRuntime runtime)
    {
        long frames = Inner.GetRewindable(runtime);
        Law(frames >= 0, MonitorLaws.RewindableNotNegative, $"GetRewindable answered {frames}");
        return frames;
    }

    public override PcmError CopyToRing(PcmRuntime runtime, int byteOffset, ReadOnlySpan<byte> source)
    {
        try
        {
            return Copied(runtime, "copy", byteOffset, source.Length, Inner.CopyToRing(runtime, byteOffset, source));
        }
        catch (Exception e)
        {
            Threw("CopyToRing", e);
            throw;
        }
    }

    public override PcmError CopyFromRing(PcmRuntime runtime, int byteOffset, Span<byte> destination)
    {
        try
        {
            return Copied(runtime, "copy", byteOffset, destination.Length, Inner.CopyFromRing(runtime, byteOffset, destination));
        }
        catch (Exception e)
        {
            Threw("CopyFromRing", e);
            throw;
        }
    }

    public override PcmError FillSilence(PcmRuntime runtime, int byteOffset, int byteCount)
    {
        try
        {
            return Copied(runtime, "fill_silence", byteOffset, byteCount, Inner.FillSilence(runtime, byteOffset, byteCount));
        }
        catch (Exception e)
        {
            Threw("FillSilence", e);
            throw;
        }
    }

    private static string OpTextNumber(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private PcmError Copied(PcmRuntime runtime, string op, int byteOffset, int bytes, PcmError error)
    {
        trace.Op(NowNs, op, OpText.Frames(runtime, byteOffset, bytes), (long)error);
        Law(error == PcmError.None, MonitorLaws.CopiesSucceed, $"{op}({OpText.Frames(runtime, byteOffset, bytes)}) answered {error.ErrnoName()}");
        return error;
    }

    private long EnterPlain()
    {
        _plainThread = Environment.CurrentManagedThreadId;
        return NowNs;
    }

    private void LeavePlain(string op, long beforeNs)
    {
        _plainThread = -1;
        long tookNs = NowNs - beforeNs;

        // On a virtual clock time stands still unless something waits; on the system's the machine may have been busy.
        long limitNs = Runtime!.Time is VirtualClock ? 0 : s_plainLimit.Ticks * 100;
        Law(tookNs <= limitNs, MonitorLaws.PlainOpsDoNotWait, $"{op} took {tookNs / 1e6:0.###} ms");
    }

    private void Threw(string op, Exception e) => Law(false, MonitorLaws.PlainOpsDoNotThrow, $"{op} threw {e.GetType().Name}: {e.Message}");

    /// <summary>
    /// Holds a position against the one before. On a clock that does not stand still each was taken at some instant of its call, so that from the
    /// beginning of the one to the end of the other is the most that can have passed between them.
    /// </summary>
    private void Observe(PcmPosition position, long beganNs)
    {
        PcmRuntime runtime = Runtime!;
        if (position.IsXRun)
        {
            return;
        }

        long ring = runtime.BufferFrames, frame = position.Frame, now = NowNs;
        if (frame < 0 || frame >= ring)
        {
            Law(false, MonitorLaws.PointerInRange, $"GetPointer answered {frame}, the ring has {ring} frames");
            return;
        }

        if (!_frameKnown)
        {
            (_frame, _frameKnown, _frameNs) = (frame, true, beganNs);
            return;
        }

        long advance = (frame - _frame + ring) % ring;
        long elapsed = ((now - _frameNs) * runtime.Rate / 1_000_000_000) + 1;
        long slack = runtime.PeriodFrames + (ClockGrainNs * runtime.Rate / 1_000_000_000) + 1;
        bool canTell = elapsed + slack < ring; // after a whole ring any position is possible
        Law(!canTell || advance <= elapsed + slack, MonitorLaws.PointerMonotonic,
            $"GetPointer went from {_frame} to {frame} of {ring} frames while {elapsed} frames of time passed");
        Moved += advance;
        (_frame, _frameNs) = (frame, beganNs);
    }

    private void RestartPosition()
    {
        Moved = 0;
        (_frame, _frameKnown, _frameNs) = (0, true, NowNs);
        (_application, _applicationKnown) = (0, true);
    }

    private void ForgetPosition() => _frameKnown = _applicationKnown = false;

    private void ForgetApplication() => _applicationKnown = false;

    /// <summary>The position is as it was, but the time since does not count; some hardware begins anew after a suspend.</summary>
    private void ForgetTime(bool resumes)
    {
        _frameNs = NowNs;
        _frameKnown &= !resumes;
    }

    private long Distance(long to, long from)
    {
        long distance = to - from;
        return distance < 0 ? distance + Runtime!.Boundary : distance;
    }
}
