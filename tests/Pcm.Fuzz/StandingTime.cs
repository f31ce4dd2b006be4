namespace Pcm.Fuzz;

/// <summary>A clock whose hands stand still while its timers go on, as a guest's may: nobody may wait for the hands to move.</summary>
internal sealed class StandingTime(TimeProvider timers) : TimeProvider
{
    private readonly long _timestamp = timers.GetTimestamp();

    public override long TimestampFrequency => timers.TimestampFrequency;

    public override long GetTimestamp() => _timestamp;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => timers.CreateTimer(callback, state, dueTime, period);
}
