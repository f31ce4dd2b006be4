namespace Pcm.Core.Tests.Transfer;

public sealed class EarlyTimerTests
{
    /// <summary>The system's timers count whole milliseconds and so come early by up to one; the time-out must not be lost by it.</summary>
    [Fact]
    public async Task WaitAsync_OnTimerThatComesEarly_TimesOutAtTheDeadline()
    {
        var time = new EarlyTime();
        var waited = new PcmEvent(new PcmServices(time));
        waited.Arm();
        ValueTask<bool> wait = waited.WaitAsync(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromMilliseconds(100), time.DueTime);
        time.NowNs = 99_900_000;
        time.Fire();
        Assert.Equal(TimeSpan.FromMilliseconds(1), time.DueTime);
        time.NowNs = 100_900_000;
        time.Fire();
        Assert.False(await wait);
    }

    /// <summary>A clock whose one timer fires when a test says so.</summary>
    private sealed class EarlyTime : TimeProvider, ITimer
    {
        private Action _callback = static () => { };

        public long NowNs { get; set; }

        public TimeSpan DueTime { get; private set; }

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => NowNs;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = () => callback(state);
            return this;
        }

        public void Fire() => _callback();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            DueTime = dueTime;
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
