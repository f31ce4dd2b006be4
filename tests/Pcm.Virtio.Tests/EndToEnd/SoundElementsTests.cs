using CsCheck;
using Pcm.Testing;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>Jacks, channel maps and control elements through driver, rings and device.</summary>
public sealed class SoundElementsTests
{
    [Fact]
    public void Jacks_Probed_SayWhatTheDeviceHas() => Run(static rig =>
    {
        Assert.Equal(3, rig.Driver.Jacks.Count);
        VirtioSoundJack headphone = rig.Driver.Jacks[0], mic = rig.Driver.Jacks[1];
        Assert.Equal(("Headphone", VirtioSoundJackTypes.Headphone, true), (headphone.Pin.Label, headphone.Pin.Types, headphone.IsConnected));
        Assert.Equal((0u, 0x1Cu, VirtioSoundJackFeatures.Remap), (headphone.HdaFunctionNode, headphone.Capabilities, headphone.Features));
        Assert.Equal(("Mic", false, 1u), (mic.Pin.Label, mic.IsConnected, mic.HdaFunctionNode));
        Assert.Equal("HDMI Out", rig.Driver.Jacks[2].Pin.Label);
        return Task.CompletedTask;
    });

    [Fact]
    public void Jack_PluggedAndPulled_ReachesTheSubscriber() => Run(static async rig =>
    {
        var told = new List<bool>();
        VirtioSoundJack jack = rig.Driver.Jacks[1];
        jack.ConnectedChanged += (sender, _) => told.Add(((VirtioSoundJack)sender!).IsConnected);
        foreach (bool connected in (bool[])[true, false, true, true])
        {
            rig.Model.SetJackConnected(1, connected);
            await SettleAsync(rig);
        }

        Assert.Equal([true, false, true], told);
    });

    [Fact]
    public void Remap_JackWithTheFeature_ChangesItsPlaceOnBothSides() => Run(static async rig =>
    {
        Assert.Equal(PcmError.None, await rig.Driver.Jacks[0].RemapAsync(5, 3));
        Assert.Equal((5, 3), (rig.Driver.Jacks[0].Pin.Association, rig.Driver.Jacks[0].Pin.Sequence));
        Assert.Equal(0x0221_4153u, rig.Driver.Jacks[0].Pin.Value);
        Assert.Equal(PcmError.NotSupported, await rig.Driver.Jacks[1].RemapAsync(5, 3));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => rig.Driver.Jacks[0].RemapAsync(16, 0, TestContext.Current.CancellationToken).AsTask());
    });

    [Fact]
    public void ChannelMaps_Probed_BelongToDeviceAndDirection() => Run(static async rig =>
    {
        Assert.Equal(["FrontLeft FrontRight", "FrontRight FrontLeft", "Mono"], rig.Device.ChannelMaps(PcmDirection.Playback).Select(static m => m.ToString()));
        Assert.Empty(rig.Device.ChannelMaps(PcmDirection.Capture));
        PcmSubstream playback = rig.Device.Playback[0];
        Assert.Null(playback.GetChannelMap());
        await using PcmSubstream open = (await rig.Device.OpenAsync(PcmDirection.Playback)).GetOrThrow();
        (await open.HwParamsAsync(new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved, Channels = 2 })).ThrowIfError("hw_params");
        Assert.Same(rig.Device.ChannelMaps(PcmDirection.Playback)[0], open.GetChannelMap()); // the first of its count
        (await open.HwParamsAsync(new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved, Channels = 1 })).ThrowIfError("hw_params");
        Assert.Equal([PcmChannelPosition.Mono], open.GetChannelMap()!.Positions);
    });

    [Fact]
    public void Controls_Probed_SayWhatTheDeviceHas() => Run(static rig =>
    {
        IReadOnlyList<VirtioSoundControl> controls = rig.Driver.Controls;
        Assert.True(rig.Driver.Features.HasFlag(VirtioFeatures.SoundControls));
        Assert.Equal(TestControls.All().Select(static c => (c.Name, c.Index, c.Type, c.Access, c.Count)), controls.Select(static c => (c.Name, c.Index, c.Type, c.Access, c.Count)));
        Assert.Equal((-96L, 31L, 1L), (controls[TestControls.Volume].Minimum, controls[TestControls.Volume].Maximum, controls[TestControls.Volume].Step));
        Assert.Equal((long.MinValue, long.MaxValue - 1), (controls[TestControls.Wide].Minimum, controls[TestControls.Wide].Maximum));
        Assert.Equal(["Mic", "Line", "CD"], controls[TestControls.Source].Items);
        Assert.Equal((VirtioSoundControlRole.Gain, PcmDirection.Capture), (controls[TestControls.Source].Role, controls[TestControls.Source].Direction));
        Assert.Equal((VirtioSoundControlRole.Undefined, PcmDirection.Playback), (controls[TestControls.Blob].Role, controls[TestControls.Blob].Direction));
        return Task.CompletedTask;
    });

    [Fact]
    public void WriteAndRead_AnyControlAnyValues_AgreeWithTheRanges() => Run(static async rig =>
    {
        VirtioSoundControlOptions[] options = TestControls.All();
        var random = new Random(7);
        int accepted = 0, refused = 0;
        for (int i = 0; i < 600; i++)
        {
            int id = i % 6;
            var value = default(VirtioSoundControlValue);
            if (i % 3 == 0)
            {
                random.NextBytes(value.Bytes);
            }
            else
            {
                for (int k = 0; k < 128; k++)
                {
                    value.Integers[k] = (uint)random.Next(-1, 3);
                }
            }

            bool fits = options[id].Accepts(value);
            VirtioSoundControlValue before = rig.Model.GetControlValue(id);
            Assert.Equal(fits ? PcmError.None : PcmError.InvalidArgument, await rig.Driver.Controls[id].WriteAsync(value));
            int bytes = ControlElementLimits.ValueBytes(options[id].Type, options[id].Count);
            (PcmError error, VirtioSoundControlValue read) = await rig.Driver.Controls[id].ReadAsync();
            Assert.Equal(PcmError.None, error);
            Assert.Equal((fits ? value : before).Bytes[..bytes].ToArray(), read.Bytes[..bytes].ToArray());
            Assert.All(read.Bytes[bytes..].ToArray(), static b => Assert.Equal(0, b));
            accepted += fits ? 1 : 0;
            refused += fits ? 0 : 1;
        }

        Assert.True(accepted > 100 && refused > 100, $"{accepted} accepted, {refused} refused");
    });

    [Fact]
    public void Control_ChangedOnTheDevice_ReachesTheSubscriberWithItsMask() => Run(static async rig =>
    {
        var told = new List<VirtioSoundControlEventMask>();
        VirtioSoundControl volume = rig.Driver.Controls[TestControls.Volume];
        volume.Changed += (_, e) => told.Add(e.Mask);
        var value = default(VirtioSoundControlValue);
        value.Integers[0] = 5;
        rig.Model.SetControlValue(TestControls.Volume, value);
        await SettleAsync(rig);
        rig.Model.SetControlValue(TestControls.Volume, value); // nothing new
        await SettleAsync(rig);
        rig.Model.SetControlTlv(TestControls.Volume, TestControls.Tlv(1, 0, 100));
        rig.Model.NotifyControlInfo(TestControls.Volume);
        await SettleAsync(rig);
        Assert.Equal([VirtioSoundControlEventMask.Value, VirtioSoundControlEventMask.Tlv | VirtioSoundControlEventMask.Info], told);
        Assert.Equal(5u, (await volume.ReadAsync()).Value.Integers[0].Value);
    });

    [Fact]
    public void Control_WrittenByTheDriver_TellsDeviceAndSubscribers() => Run(static async rig =>
    {
        var written = new List<(int, uint)>();
        var told = new List<VirtioSoundControlEventMask>();
        rig.Model.ControlWritten += (_, e) => written.Add((e.Control, e.Value.Integers[0]));
        rig.Driver.Controls[TestControls.Source].Changed += (_, e) => told.Add(e.Mask);
        var value = default(VirtioSoundControlValue);
        value.Integers[0] = 2;
        Assert.Equal(PcmError.None, await rig.Driver.Controls[TestControls.Source].WriteAsync(value));
        Assert.Equal(PcmError.None, await rig.Driver.Controls[TestControls.Source].WriteAsync(value));
        await SettleAsync(rig);
        Assert.Equal([(TestControls.Source, 2u), (TestControls.Source, 2u)], written);
        Assert.Equal([VirtioSoundControlEventMask.Value], told); // the second write changed nothing
    });

    [Fact]
    public void V17_V18_V19_NoAccess_IsRefusedWithoutAsking() => Run(static async rig =>
    {
        long before = rig.Transport.GetMetrics(VirtioSoundQueues.Control).Notifications;
        VirtioSoundControl silent = rig.Driver.Controls[TestControls.Silent];
        Assert.Equal(PcmError.NotPermitted, (await silent.ReadAsync()).Error);
        Assert.Equal(PcmError.NotPermitted, await silent.WriteAsync(default));
        Assert.Equal(PcmError.NotPermitted, (await silent.ReadTlvAsync(new byte[64])).Error);
        Assert.Equal(PcmError.NotPermitted, await silent.WriteTlvAsync(TestControls.Scale));
        Assert.Equal(PcmError.NotPermitted, await silent.CommandTlvAsync(TestControls.Scale));
        Assert.Equal(before, rig.Transport.GetMetrics(VirtioSoundQueues.Control).Notifications);
    });

    [Fact]
    public void V20_Tlv_ReadWriteCommand_GoThroughUpToTheLimit() => Run(static async rig =>
    {
        VirtioSoundControl volume = rig.Driver.Controls[TestControls.Volume];
        byte[] room = new byte[64];
        Assert.Equal((PcmError.None, TestControls.Scale.Length), await volume.ReadTlvAsync(room));
        Assert.Equal(TestControls.Scale, room[..TestControls.Scale.Length]);
        Assert.Equal((PcmError.None, 12), await volume.ReadTlvAsync(room.AsMemory(0, 12))); // what fits
        Assert.Equal(TestControls.Scale[..12], room[..12]);

        byte[] largest = TestControls.Tlv(3, [.. Enumerable.Range(0, 16384)]);
        Assert.Equal(8 + VirtioSoundControl.MaxTlvBytes, largest.Length);
        Assert.Equal(PcmError.None, await volume.WriteTlvAsync(largest));
        byte[] read = new byte[100_000];
        Assert.Equal((PcmError.None, largest.Length), await volume.ReadTlvAsync(read));
        Assert.Equal(largest, read[..largest.Length]);

        Assert.Equal(PcmError.InvalidArgument, await volume.WriteTlvAsync(TestControls.Tlv(3, new int[16385]))); // one too long
        Assert.Equal(PcmError.InvalidArgument, await volume.WriteTlvAsync(TestControls.Scale.AsMemory(0, 15)));  // not what it says
        Assert.Equal(PcmError.InvalidArgument, await volume.WriteTlvAsync(new byte[7]));
        Assert.Equal(PcmError.None, await volume.CommandTlvAsync(TestControls.Tlv(7)));
        Assert.Equal(PcmError.IO, await volume.CommandTlvAsync(TestControls.Tlv(8)));
        Assert.Equal(0, rig.Driver.QuarantinedBytes);
        (int all, int free) = rig.Driver.Control.Slots;
        Assert.Equal(all, free);
    });

    [Fact]
    public void Events_AFlood_TellsTheLastStateAndKeepsNothing() => Run(static async rig =>
    {
        int told = 0;
        bool last = false;
        VirtioSoundJack jack = rig.Driver.Jacks[2];
        jack.ConnectedChanged += (_, _) => (told, last) = (told + 1, jack.IsConnected);
        for (int i = 0; i < 20_001; i++)
        {
            rig.Model.SetJackConnected(2, i % 2 == 0);
            if (i % 7 == 0)
            {
                await SettleAsync(rig);
            }
        }

        await SettleAsync(rig);
        Assert.True(jack.IsConnected && last);
        Assert.InRange(told, 1, 20_001);
    });

    [Fact]
    public void Handler_ThatThrows_IsLoggedAndTheNextStillHears()
    {
        var log = new CollectedLog();
        Run(
            async rig =>
            {
                int told = 0;
                rig.Driver.Jacks[0].ConnectedChanged += (_, _) => throw new InvalidOperationException("mine");
                rig.Driver.Jacks[1].ConnectedChanged += (_, _) => told++;
                rig.Model.SetJackConnected(0, false);
                rig.Model.SetJackConnected(1, true);
                await SettleAsync(rig);
                Assert.Equal(1, told);
            },
            log);
        Assert.Contains(log.Lines, static line => line.StartsWith("A handler of jack 0", StringComparison.Ordinal));
    }

    [Fact]
    public void Pin_AnyWord_KeepsEveryField() => Gen.UInt.Sample(
        word =>
        {
            var pin = new HdaPinConfiguration(word);
            uint again = (uint)pin.Sequence | ((uint)pin.Association << 4) | (pin.HasPresenceDetect ? 0u : 0x100u) | (word & 0xE00) | ((uint)pin.Color << 12)
                | ((uint)pin.Connection << 16) | ((uint)pin.Device << 20) | ((uint)pin.Side << 24) | ((uint)pin.Place << 28) | ((uint)pin.Connectivity << 30);
            Assert.Equal(word, again);
            Assert.NotEqual("", pin.Label);
            Assert.NotEqual(VirtioSoundJackTypes.None, pin.Types);
        },
        iter: 2000);

    [Theory]
    [InlineData(0x0000_0000u, "Line Out", 0x04)]
    [InlineData(0x0010_0000u, "Speaker", 0x04)]
    [InlineData(0x0020_0000u, "Headphone", 0x01)]
    [InlineData(0x0030_0000u, "CD", 0x20)]
    [InlineData(0x0040_0000u, "SPDIF Out", 0x14)]
    [InlineData(0x1850_0000u, "HDMI Out", 0x14)]
    [InlineData(0x0080_0000u, "Line", 0x20)]
    [InlineData(0x0090_0000u, "Aux", 0x20)]
    [InlineData(0x00A0_0000u, "Mic", 0x02)]
    [InlineData(0x00C0_0000u, "SPDIF In", 0x20)]
    [InlineData(0x00D0_0000u, "Digital In", 0x20)]
    [InlineData(0x0060_0000u, "Misc", 0x20)]
    [InlineData(0x00F0_0000u, "Misc", 0x20)]
    public void Pin_EachDevice_HasLinuxsLabelAndType(uint word, string label, int types)
    {
        var pin = new HdaPinConfiguration(word);
        Assert.Equal((label, (VirtioSoundJackTypes)types), (pin.Label, pin.Types));
    }

    [Fact]
    public void Pin_GreenFrontHeadphone_IsTakenApart()
    {
        var pin = new HdaPinConfiguration(0x0221_4113);
        Assert.Equal(
            (3, 1, false, HdaPinColor.Green, HdaPinConnection.EighthInch, HdaPinDevice.Headphone, HdaPinSide.Front, HdaPinPlace.External, HdaPinConnectivity.Jack),
            (pin.Sequence, pin.Association, pin.HasPresenceDetect, pin.Color, pin.Connection, pin.Device, pin.Side, pin.Place, pin.Connectivity));
    }

    private static Task SettleAsync(SoundRig rig) => Task.Delay(TimeSpan.FromMilliseconds(1), rig.Clock);

    private static void Run(Func<SoundRig, Task> test, CollectedLog? log = null)
    {
        string sink = Path.Combine(Path.GetTempPath(), $"pcm-{Guid.NewGuid():N}.wav");
        var clock = new VirtualClock();
        try
        {
            clock.Run(async () =>
            {
                await using SoundRig rig = await SoundRig.CreateAsync(clock, sink, with: TestControls.Options(), loggers: log);
                await test(rig);
            });
        }
        finally
        {
            File.Delete(sink);
        }
    }
}
