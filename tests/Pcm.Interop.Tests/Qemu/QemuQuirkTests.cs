using Pcm.Interop.Tests.Contracts;

namespace Pcm.Interop.Tests.Qemu;

/// <summary>What QEMU 10.0 does otherwise than the specification, met by a driver and survived: after each the device works.</summary>
public sealed class QemuQuirkTests
{
    private const uint Ok = 0x8000;
    private const uint BadMessage = 0x8001;
    private const uint NotSupported = 0x8002;
    private const uint SetParams = 0x101;
    private const uint Prepare = 0x102;
    private const uint Release = 0x103;

    [Theory]
    [InlineData(QemuBus.Pci, SetParams)]
    [InlineData(QemuBus.Pci, Release)]
    [InlineData(QemuBus.Mmio, SetParams)]
    [InlineData(QemuBus.Mmio, Release)]
    public async Task Command_ToAStreamThatIsNotThere_NeedsAReset_AndAResetHeals(QemuBus bus, uint command)
    {
        await using var sound = new RawSound(await Machines.QemuAsync(new QemuOptions { Bus = bus }));
        await sound.StartAsync();
        Assert.True(await sound.BreaksAsync(command, 77, 8192, 2048, 0, 0x00070502));
        await sound.StopAsync();
        await sound.StartAsync();
        Assert.Equal(Ok, await sound.AskAsync(SetParams, 0, 8192, 2048, 0, 0x00070502));
        Assert.Equal(Ok, await sound.AskAsync(Prepare, 0));
    }

    [Fact]
    public async Task Command_ThatIsWrong_IsAnsweredAndNothingElseHappens()
    {
        VirtioTransport transport = await Machines.QemuAsync(new QemuOptions());
        await using var sound = new RawSound(transport);
        await sound.StartAsync();
        Assert.Equal(BadMessage, await sound.AskAsync(Prepare, 77));
        Assert.Equal(BadMessage, await sound.AskAsync(0x300));
        Assert.Equal(NotSupported, await sound.AskAsync(SetParams, 0, 8192, 2048, 0, 0x0007c802)); // format 200
        Assert.Equal(NotSupported, await sound.AskAsync(SetParams, 0, 8192, 2048, 0, 0x00070511)); // 17 channels
        Assert.Equal(Ok, await sound.AskAsync(SetParams, 0, 8192, 2048, 0, 0x00070502));
        Assert.False(transport.Status.HasFlag(VirtioStatus.NeedsReset));
    }

    [Fact]
    public async Task Open_AfterMono_StillOffersStereo()
    {
        // PCM_INFO.channels_max becomes what was prepared last; the driver asks once, when it probes.
        await using QemuRig rig = await QemuRig.StartAsync(record: false);
        foreach (int channels in (int[])[1, 2])
        {
            PcmSubstream stream = await rig.OpenAsync();
            await stream.ConfigureAsync(channels: channels);
            await stream.PlayAsync(StreamExtensions.Noise(4000));
            await stream.CloseAsync();
        }
    }

    [Fact]
    public async Task Probe_JacksAndMapsThatAreNotSupported_AreLeftOut()
    {
        // The configuration counts them, and every question about them is answered NOT_SUPP.
        await using QemuRig rig = await QemuRig.StartAsync(new QemuOptions { DeviceProperties = "jacks=2,chmaps=3" });
        Assert.Empty(rig.Driver.Jacks);
        byte[] data = StreamExtensions.Noise(4000);
        PcmSubstream stream = await rig.OpenAsync();
        Assert.Empty(stream.ChannelMaps);
        await stream.ConfigureAsync();
        await stream.PlayAsync(data);
        await stream.CloseAsync();
        Assert.Equal(data, await rig.CloseAsync());
    }

    [Theory]
    [InlineData(QemuBus.Pci)]
    [InlineData(QemuBus.Mmio)]
    public async Task Card_ClosedWhilePlaying_IsStoppedBeforeTheReset_SoTheNextDriverIsNotDisturbed(QemuBus bus)
    {
        // A reset under load leaves QEMU's stream running, and old buffers come back in the new ring; the driver stops and releases first.
        QemuDevice device = await StartAsync(bus);
        for (int i = 0; i < 5; i++)
        {
            await using VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(
                new LentTransport(device.Transport), "qemu", new PcmServices(new PatientTime()), QemuRig.WideLimits);
            PcmSubstream stream = (await driver.Card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
            await stream.ConfigureAsync();
            await stream.PlayAsync(StreamExtensions.Noise(5000 * 4));
            (await stream.PrepareAsync()).ThrowIfError("prepare");
            Assert.Equal(new PcmTransfer(PcmError.None, 5000), await stream.WriteAsync(new byte[5000 * 4]));
            Assert.Equal(PcmState.Running, stream.State);
        }

        await device.DisposeAsync();
        Assert.Equal((0L, 0L), (device.Transport.Dma.LiveBytes, device.Transport.Dma.QuarantinedBytes));
    }

    private static async Task<QemuDevice> StartAsync(QemuBus bus)
    {
        await Peers.RequireQemuAsync();
        return await QemuDevice.StartAsync(new QemuOptions { Bus = bus });
    }
}
