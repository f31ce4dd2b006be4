using Pcm.Testing;

namespace Pcm.Virtio.Tests.Lifetime;

/// <summary>
/// Resets, removals, suspends, completions and the application's calls at the same time, in every order within a bound. The laws: every call ends
/// (a deadlock stands virtual time still, which fails), nothing throws, nothing is leaked, and what the device still has afterwards is nothing.
/// </summary>
public sealed class InterleavingTests(ITestOutputHelper output)
{
    private const int MaxDelays = 6;
    private const long MaxSchedules = 14_000;

    private static readonly Dictionary<string, Func<LifetimeRig, PcmSubstream, Task>[]> s_scenarios = new()
    {
        ["failure and removal"] = [FailAsync, RemoveAsync],
        ["reset and removal"] = [ResetAsync, RemoveAsync],
        ["failure and the application"] = [FailAsync, RecoverAsAlsaLibDoesAsync],
        ["reset, freeze and thaw"] = [ResetAsync, FreezeAndThawAsync],
        ["unplug, failure and removal"] = [UnplugAsync, FailAsync, RemoveAsync],
        ["two resets and a drain"] = [ResetAsync, ResetAsync, DrainAsync],
        ["suspend, failure and completions"] = [SuspendAsync, FailAsync, WriteAsync],
        ["reset within a completion"] = [ResetWhenAPeriodPassesAsync, WriteAsync],
        ["failure within a reset, and close"] = [ResetAsync, FailAsync, CloseAsync],
    };

    public static TheoryData<string> Scenarios => [.. s_scenarios.Keys];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Life_InEveryOrder_KeepsTheLaws(string scenario)
    {
        var explorer = new ScheduleExplorer { MaxDelays = MaxDelays, MaxSchedules = MaxSchedules };
        long schedules = explorer.Explore(async (clock, begin) =>
        {
            LifetimeRig rig = await LifetimeRig.CreateAsync(clock);
            PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback);
            begin();
            await Task.WhenAll(s_scenarios[scenario].Select(act => Concurrently(() => act(rig, playback))));
            await playback.CloseAsync();
            await rig.DisposeAsync();
            rig.AssertNothingLeaked();
        });
        output.WriteLine($"{scenario}: {schedules} schedules, all different, of at most {MaxDelays} delays");
        Assert.True(schedules > 5_000, $"{schedules}");
    }

    [Fact]
    public void Reset_AfterAnyOrder_LeavesAWorkingDevice()
    {
        var explorer = new ScheduleExplorer { MaxDelays = 3, MaxSchedules = MaxSchedules };
        long schedules = explorer.Explore(async (clock, beginOrEnd) =>
        {
            LifetimeRig rig = await LifetimeRig.CreateAsync(clock);
            PcmSubstream playback = await rig.RunningAsync(PcmDirection.Playback);
            beginOrEnd();
            await Task.WhenAll(Concurrently(() => FailAsync(rig, playback)), Concurrently(() => ResetAsync(rig, playback)), Concurrently(() => WriteAsync(rig, playback)));
            await Task.Delay(TimeSpan.FromMilliseconds(5), clock);
            beginOrEnd();
            Assert.Equal(PcmError.None, await playback.PrepareAsync());
            Assert.Equal(4 * LifetimeRig.Period, (await playback.WriteAsync(new byte[4 * LifetimeRig.Period * LifetimeRig.FrameBytes])).Frames);
            Assert.Equal(PcmError.None, await playback.DrainAsync());
            await playback.CloseAsync();
            await rig.DisposeAsync();
            rig.AssertNothingLeaked();
        });
        output.WriteLine($"{schedules} schedules");
    }

    private static async Task Concurrently(Func<Task> act)
    {
        await Task.Yield();
        await act();
    }

    private static Task FailAsync(LifetimeRig rig, PcmSubstream unused)
    {
        rig.Model.Fail();
        return Task.CompletedTask;
    }

    private static Task UnplugAsync(LifetimeRig rig, PcmSubstream unused)
    {
        rig.Transport.Disconnect();
        return Task.CompletedTask;
    }

    private static async Task ResetAsync(LifetimeRig rig, PcmSubstream unused) => await rig.Driver.ResetAsync();

    private static async Task RemoveAsync(LifetimeRig rig, PcmSubstream unused) => await rig.Driver.DisposeAsync();

    private static async Task SuspendAsync(LifetimeRig rig, PcmSubstream unused) => await rig.Driver.Card.SuspendAsync();

    private static async Task FreezeAndThawAsync(LifetimeRig rig, PcmSubstream unused)
    {
        await rig.Driver.FreezeAsync();
        await rig.Driver.ThawAsync();
    }

    private static async Task DrainAsync(LifetimeRig rig, PcmSubstream playback) => await playback.DrainAsync();

    private static async Task CloseAsync(LifetimeRig rig, PcmSubstream playback) => await playback.CloseAsync();

    private static async Task WriteAsync(LifetimeRig rig, PcmSubstream playback) =>
        await playback.WriteAsync(new byte[6 * LifetimeRig.Period * LifetimeRig.FrameBytes]);

    private static async Task ResetWhenAPeriodPassesAsync(LifetimeRig rig, PcmSubstream playback)
    {
        await playback.WaitAsync(TimeSpan.FromMilliseconds(50));
        await rig.Driver.ResetAsync();
    }

    private static async Task RecoverAsAlsaLibDoesAsync(LifetimeRig rig, PcmSubstream playback)
    {
        byte[] data = new byte[2 * LifetimeRig.Period * LifetimeRig.FrameBytes];
        for (int i = 0; i < 3; i++)
        {
            if ((await playback.WriteAsync(data)).Error != PcmError.None)
            {
                await playback.PrepareAsync();
            }
        }
    }
}
