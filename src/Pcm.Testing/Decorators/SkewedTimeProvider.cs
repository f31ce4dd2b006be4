namespace Pcm.Testing;

/// <summary>
/// A clock that is not quite that of the machine: it drifts by parts per million, and jumps when told. Timers follow it.
/// A card that is made with it, in a program that keeps the true time, is a card whose crystal is off.
/// </summary>
/// <remarks>Thread safety: every member from any thread.</remarks>
public sealed class SkewedTimeProvider : TimeProvider
{
    private const long Million = 1_000_000;

    private readonly TimeProvider _inner;
    private readonly long _ppm;
    private readonly long _start;
    private long _jumped;

    /// <summary>A clock that is right now, and then is not.</summary>
    /// <param name="inner">The true time.</param>
    /// <param name="driftPpm">Parts per million that it is too fast; negative: too slow. Above -1,000,000.</param>
    public SkewedTimeProvider(TimeProvider inner, long driftPpm = 0)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(driftPpm, -Million);
        _inner = inner;
        _ppm = driftPpm;
        _start = inner.GetTimestamp();
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => _inner.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _inner.LocalTimeZone;

    /// <summary>Moves the clock; timers that are armed already come when they would have come.</summary>
    /// <param name="distance">How far; negative: back.</param>
    public void Jump(TimeSpan distance) => Interlocked.Add(ref _jumped, (long)(distance.TotalSeconds * TimestampFrequency));

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        long true_ = _inner.GetTimestamp();
        return true_ + (long)((Int128)(true_ - _start) * _ppm / Million) + Interlocked.Read(ref _jumped);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        long skew = GetTimestamp() - _inner.GetTimestamp();
        return _inner.GetUtcNow() + TimeSpan.FromSeconds((double)skew / TimestampFrequency);
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new SkewedTimer(_inner.CreateTimer(callback, state, ToTrue(dueTime), ToTrue(period)), this);

    /// <summary>How long a time of this clock takes in truth, rounded up so that no timer comes early by it.</summary>
    private TimeSpan ToTrue(TimeSpan time) => time <= TimeSpan.Zero
        ? time
        : TimeSpan.FromTicks((long)((((Int128)time.Ticks * Million) + Million + _ppm - 1) / (Million + _ppm)));

    private sealed class SkewedTimer(ITimer inner, SkewedTimeProvider clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(clock.ToTrue(dueTime), clock.ToTrue(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
