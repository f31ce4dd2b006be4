namespace Pcm.Backends.Loopback;

/// <summary>The tick counter that moves the cables (the kernel's jiffies), and when a timer armed in ticks fires.</summary>
/// <remarks>Thread safety: immutable.</remarks>
internal sealed class LoopbackClock(PcmServices services, int ticksPerSecond)
{
    /// <summary>Slots of a level of the kernel's timer wheel, less one: the longest wait that the finest level takes.</summary>
    private const int FinestLevelTicks = 63;

    private const int LevelShift = 3;
    private const int Levels = 9;

    public int TicksPerSecond => ticksPerSecond;

    public TimeProvider Time => services.Time;

    public long NowTick => (long)((Int128)services.NowNs * ticksPerSecond / 1_000_000_000);

    /// <summary>
    /// The tick at which a timer fires that is armed now for so many ticks. The wheel never fires early: in its finest level one tick late,
    /// in each coarser one at the next multiple of 8, 64 and so on.
    /// </summary>
    /// <param name="now">The tick counter.</param>
    /// <param name="ticks">How long, at least 1.</param>
    /// <param name="inTimer">Armed from a timer's own callback, when the wheel's clock is a tick ahead already.</param>
    public static long FiringTick(long now, long ticks, bool inTimer)
    {
        long delta = inTimer ? ticks - 1 : ticks;
        int shift = 0;
        for (long limit = FinestLevelTicks; delta >= limit && shift < LevelShift * (Levels - 1); limit <<= LevelShift)
        {
            shift += LevelShift;
        }

        return (((now + ticks) >> shift) + 1) << shift;
    }

    /// <summary>How long until a tick begins; never negative.</summary>
    public TimeSpan Until(long tick)
    {
        Int128 dueNs = (((Int128)tick * 1_000_000_000) + ticksPerSecond - 1) / ticksPerSecond;
        long waitNs = Math.Max(0, (long)dueNs - services.NowNs);
        return TimeSpan.FromTicks((waitNs + 99) / 100);
    }
}
