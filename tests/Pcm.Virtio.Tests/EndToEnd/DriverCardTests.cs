namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>What card the driver makes of what a device says.</summary>
public sealed class DriverCardTests
{
    [Fact]
    public void FunctionGroups_AnyOrder_AreDevicesWithTheirNumbers()
    {
        VirtioSoundPcmInfo In(uint group, PcmDirection direction) => JudgeDevice.Stream(direction) with { HdaFunctionNode = group };

        var judge = new JudgeDevice
        {
            Streams =
            [
                In(uint.MaxValue, PcmDirection.Playback), In(7, PcmDirection.Capture), In(2, PcmDirection.Playback), In(7, PcmDirection.Playback),
                In(7, PcmDirection.Playback),
            ],
        };
        JudgeRig.Run(judge, static (_, driver) =>
        {
            // As Linux numbers them; a number that no device can have follows the others.
            Assert.Equal(
                [(2, 1, 0), (7, 2, 1), (8, 1, 0)], driver.Card.Devices.Select(static d => (d.Number, d.Playback.Count, d.Capture.Count)));
            Assert.Equal(["judge:2 VirtIO PCM 2", "judge:7 VirtIO PCM 7", "judge:8 VirtIO PCM 4294967295"], driver.Card.Devices.Select(static d => d.ToString()));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void V48_Config_OfALaterVersion_IsReadAsFarAsItIsKnown()
    {
        uint[] config = [.. Enumerable.Repeat(0xDEAD_BEEFu, 64)];
        (config[0], config[1], config[2]) = (0, 2, 0);
        var judge = new JudgeDevice { Counts = config };
        JudgeRig.Run(judge, static async (_, driver) =>
        {
            await using PcmSubstream playback = await JudgeRig.OpenAsync(driver, PcmDirection.Playback, 480, 4);
            Assert.Equal(PcmError.None, await playback.PrepareAsync());
        });
        Assert.Equal(12, judge.ConfigEnd);
    }
}
