namespace Pcm.Core.Tests.Transfer;

/// <summary>The system's timers count milliseconds and may fire before the clock says that the time is up; a wait must end all the same.</summary>
public sealed class EarlyTimerTests
{
    [Fact]
    public async Task Wait_WhoseTimerFiresEarly_TimesOutWhenTheTimeIsUp()
    {
        var time = new EarlyTime();
        var waited = new PcmEvent(new PcmServices(time));
        waited.Arm();
        Task<bool> wait = waited.WaitAsync(TimeSpan.FromMilliseconds(100)).AsTask();
        time.NowNs = 99_000_000;
        time.Fire();
        Assert.False(wait.IsCompleted);
        Assert.Equal(TimeSpan.FromMilliseconds(1), time.Due);
        time.NowNs = 100_000_000;
        time.Fire();
        Assert.False(await wait);
    }

    /// <summary>A clock that is set, and one timer that fires when it is told to.</summary>
    private sealed class EarlyTime : TimeProvider
    {
        private TimerCallback? _callback;
        private object? _state;

        public long NowNs { get; set; }

        public TimeSpan Due { get; private set; }

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => NowNs;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_callback, _state) = (callback, state);
            return new Timer(this);
        }

        public void Fire()
        {
            Due = Timeout.InfiniteTimeSpan;
            _callback!(_state);
        }

        private sealed class Timer(EarlyTime time) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                time.Due = dueTime;
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
