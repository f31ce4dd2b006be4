namespace Pcm.Testing.Tests.Decorators;

public sealed class SkewedTimeProviderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(250_000)]
    [InlineData(-200_000)]
    public void Drift_ClockAndTimers_GoTogether(long ppm)
    {
        var clock = new VirtualClock();
        var skewed = new SkewedTimeProvider(clock, ppm);
        clock.Run(async () => await PcmDelay.ForAsync(skewed, TimeSpan.FromMilliseconds(100)));
        Assert.Equal(100_000_000, skewed.GetTimestamp(), tolerance: 200.0);
        Assert.Equal(100_000_000.0 * 1_000_000 / (1_000_000 + ppm), clock.NowNs, tolerance: 200.0);
        Assert.Equal(skewed.GetTimestamp() - clock.NowNs, (skewed.GetUtcNow() - clock.GetUtcNow()).TotalMilliseconds * 1e6, tolerance: 200.0);
    }

    [Fact]
    public void Jump_MovesTheClock_NotTheTimers()
    {
        var clock = new VirtualClock();
        var skewed = new SkewedTimeProvider(clock);
        skewed.Jump(TimeSpan.FromSeconds(3));
        Assert.Equal(3_000_000_000, skewed.GetTimestamp());
        clock.Run(async () => await PcmDelay.ForAsync(skewed, TimeSpan.FromMilliseconds(10)));
        Assert.Equal(10_000_000, clock.NowNs);
    }
}
