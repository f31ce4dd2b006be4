using Pcm.Testing;

namespace Pcm.Core.Tests.Ops;

/// <summary>The event on a virtual clock: set, time-out, cancellation, and reuse after each.</summary>
public sealed class PcmEventTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(10);

    private readonly VirtualClock _clock = new();
    private readonly PcmEvent _event;

    public PcmEventTests() => _event = new PcmEvent(new PcmServices(_clock, _clock.Scheduler));

    [Fact]
    public void TrySet_NotArmed_IsFalse() => Assert.False(_event.TrySet());

    [Fact]
    public void Wait_SetBefore_IsTrue()
    {
        _event.Arm();
        Assert.True(_event.TrySet());
        Assert.False(_event.TrySet());
        Assert.True(_clock.Run(() => Begin(s_timeout)));
        Assert.Equal(TimeSpan.Zero, _clock.Elapsed);
    }

    [Fact]
    public void Wait_SetWhileWaiting_ResumesThroughTheScheduler()
    {
        _event.Arm();
        Task<bool> wait = Begin(s_timeout);
        Assert.True(_event.TrySet());
        Assert.False(wait.IsCompleted); // not inside TrySet
        _clock.RunUntilIdle();
        Assert.True(wait.IsCompletedSuccessfully);
        Assert.True(Answer(wait));
    }

    [Fact]
    public void Wait_NotSet_IsFalseWhenTheTimeIsUp()
    {
        _event.Arm();
        Task<bool> wait = Begin(s_timeout);
        _clock.Advance(s_timeout - TimeSpan.FromTicks(1));
        Assert.False(wait.IsCompleted);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(wait.IsCompletedSuccessfully);
        Assert.False(Answer(wait));
        Assert.False(_event.TrySet()); // too late, and it says so
    }

    [Fact]
    public void Wait_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        _event.Arm();
        Task<bool> wait = BeginCancellable(s_timeout, cancellation.Token);
        cancellation.Cancel();
        _clock.RunUntilIdle();
        Assert.True(wait.IsCanceled);
        Assert.False(_event.TrySet());
    }

    [Fact]
    public void Wait_CancelledTokenGiven_Throws()
    {
        _event.Arm();
        Task<bool> wait = BeginCancellable(s_timeout, new CancellationToken(canceled: true));
        _clock.RunUntilIdle();
        Assert.True(wait.IsCanceled);
    }

    [Fact]
    public void Arm_AfterTimeOut_ForgetsTheOldTimeOut()
    {
        _event.Arm();
        Task<bool> first = Begin(s_timeout);
        _clock.Advance(s_timeout / 2);
        Assert.True(_event.TrySet());
        _clock.RunUntilIdle();
        Assert.True(Answer(first));

        _event.Arm();
        Task<bool> second = Begin(s_timeout);
        _clock.Advance(s_timeout - TimeSpan.FromTicks(1)); // past the first one's time
        Assert.False(second.IsCompleted);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.False(Answer(second));
    }

    [Fact]
    public void Wait_ForEver_IsNotTimed()
    {
        _event.Arm();
        Task<bool> wait = Begin(Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.False(wait.IsCompleted);
        _event.TrySet();
        _clock.RunUntilIdle();
        Assert.True(Answer(wait));
    }

    private Task<bool> Begin(TimeSpan timeout) => BeginCancellable(timeout, CancellationToken.None);

    private Task<bool> BeginCancellable(TimeSpan timeout, CancellationToken cancellationToken) => _event.WaitAsync(timeout, cancellationToken).AsTask();

    /// <summary>What a wait answered that must have ended by now.</summary>
    private static bool Answer(Task<bool> wait)
    {
        Assert.True(wait.IsCompletedSuccessfully);
        return wait.GetAwaiter().GetResult();
    }
}
