namespace Pcm.Testing.Tests.Decorators;

public sealed class ScriptedOpsTests
{
    [Fact]
    public void Script_ThatIsFollowed_AnswersAndVerifies()
    {
        ScriptedOps ops = new ScriptedOps().Expect("open").Expect("hw_params").Expect("prepare", PcmError.IO).Expect("prepare", delay: TimeSpan.FromMilliseconds(5)).Expect("reset");
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            var card = new PcmCard("s", "s", new PcmServices(clock, clock.Scheduler));
            PcmDevice device = card.AddDevice(new PcmDeviceDescription { Name = "d", Playback = [ops] });
            PcmSubstream stream = (await device.OpenAsync(PcmDirection.Playback)).GetOrThrow();
            Assert.Equal(PcmError.None, await stream.HwParamsAsync(new PcmHwParams()));
            Assert.Equal(PcmError.IO, await stream.PrepareAsync());
            Assert.Equal(PcmError.None, await stream.PrepareAsync());
            ops.Verify();
        });
        Assert.Equal(TimeSpan.FromMilliseconds(5), clock.Elapsed);
    }

    [Fact]
    public void Script_ThatIsNotFollowed_NamesTheFirstDeviation()
    {
        ScriptedOps ops = new ScriptedOps().Expect("open").Expect("prepare");
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            var card = new PcmCard("s", "s", new PcmServices(clock, clock.Scheduler));
            PcmDevice device = card.AddDevice(new PcmDeviceDescription { Name = "d", Playback = [ops] });
            PcmSubstream stream = (await device.OpenAsync(PcmDirection.Playback)).GetOrThrow();
            Assert.Equal(PcmError.IO, await stream.HwParamsAsync(new PcmHwParams()));
        });
        Assert.Contains("hw_params was called; the script has prepare", Assert.Throws<InvalidOperationException>(ops.Verify).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_WithLinesLeft_Throws() =>
        Assert.Contains("open was never called", Assert.Throws<InvalidOperationException>(new ScriptedOps().Expect("open").Verify).Message, StringComparison.Ordinal);
}
