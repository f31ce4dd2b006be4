namespace Pcm.Backends.Loopback;

/// <summary>One open end of a cable: where it is in its ring. Positions are frames; fractions are frames times ticks per second.</summary>
/// <remarks>Thread safety: every member under the cable's lock, except those set before the end is plugged in.</remarks>
internal sealed class LoopbackEnd(PcmRuntime runtime)
{
    public PcmRuntime Runtime { get; } = runtime;

    /// <summary>START came and no STOP since.</summary>
    public bool IsRunning { get; set; }

    /// <summary>Paused or suspended.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Prepared and not freed since: its parameters count.</summary>
    public bool IsValid { get; set; }

    /// <summary>The tick up to which time has been counted.</summary>
    public long LastTick { get; set; }

    /// <summary>Frames in the ring, <c>[0 .. BufferFrames)</c>.</summary>
    public long Position { get; set; }

    /// <summary>How far into the period, <c>[0 .. PeriodFrames * TicksPerSecond)</c>.</summary>
    public long Fraction { get; set; }

    /// <summary>Frames that this end was moved too far, because the other end's fraction was ahead.</summary>
    public long Drift { get; set; }

    /// <summary>A period boundary was crossed and not yet reported.</summary>
    public bool PeriodDue { get; set; }

    /// <summary>Capture: frames of the ring that are known to be silent.</summary>
    public long SilentFrames { get; set; }

    public bool IsMoving => IsRunning && !IsPaused;

    /// <summary>Ticks until the period ends, at least 1. A period that is over already is due.</summary>
    public long TicksToPeriodEnd(int ticksPerSecond)
    {
        NormalizePeriod(ticksPerSecond);
        return ((Runtime.PeriodFrames * (long)ticksPerSecond) - Fraction + Runtime.Rate - 1) / Runtime.Rate;
    }

    /// <summary>Counts ticks.</summary>
    /// <returns>The whole frames that they add.</returns>
    public long Advance(long ticks, int ticksPerSecond)
    {
        long before = Fraction / ticksPerSecond;
        Fraction += ticks * Runtime.Rate;
        long frames = (Fraction / ticksPerSecond) - before;
        if (frames >= Drift)
        {
            frames -= Drift;
        }

        Drift = 0;
        NormalizePeriod(ticksPerSecond);
        return frames;
    }

    public void Move(long frames) => Position = (Position + frames) % Runtime.BufferFrames;

    private void NormalizePeriod(int ticksPerSecond)
    {
        long period = Runtime.PeriodFrames * (long)ticksPerSecond;
        if (Fraction >= period)
        {
            Fraction %= period;
            PeriodDue = true;
        }
    }
}
