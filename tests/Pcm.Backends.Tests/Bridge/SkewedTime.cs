using Pcm.Testing;

namespace Pcm.Backends.Tests.Bridge;

/// <summary>A clock that runs some parts in a million faster than the simulation's.</summary>
internal sealed class SkewedTime(VirtualClock clock, double ppm) : TimeProvider
{
    private readonly double _factor = 1 + (ppm / 1e6);

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => (long)(clock.NowNs * _factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(clock.CreateTimer(callback, state, Slow(dueTime), period), this);

    /// <summary>Rounded up, so that no timer comes before its time on this clock.</summary>
    private TimeSpan Slow(TimeSpan ours) => ours < TimeSpan.Zero ? ours : TimeSpan.FromTicks((long)Math.Ceiling(ours.Ticks / _factor) + 1);

    private sealed class Timer(ITimer timer, SkewedTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Slow(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
