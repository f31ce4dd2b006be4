using Pcm.Backends.Loopback;

namespace Pcm.Backends.Tests.Loopback;

public class LoopbackClockTests
{
    [Theory]
    [InlineData(0, 25, false, 26)] // the finest level: one tick late
    [InlineData(7, 62, false, 70)]
    [InlineData(0, 63, false, 64)] // the next: multiples of 8, never early
    [InlineData(1, 63, true, 65)] // from a timer's callback the wheel is a tick ahead: still the finest level
    [InlineData(4, 100, false, 112)] // 104 is a multiple of 8 already, and might come early
    [InlineData(0, 503, false, 504)]
    [InlineData(0, 504, false, 512)] // multiples of 64
    [InlineData(0, 4032, false, 4096)]
    public void FiringTick_SoManyTicks_IsNeverEarly(long now, long ticks, bool inTimer, long expected) =>
        Assert.Equal(expected, LoopbackClock.FiringTick(now, ticks, inTimer));
}
