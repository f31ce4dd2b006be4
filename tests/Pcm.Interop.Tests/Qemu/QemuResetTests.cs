using Pcm.Interop.Tests.Contracts;
using static Pcm.Interop.Tests.Qemu.StreamExtensions;

namespace Pcm.Interop.Tests.Qemu;

/// <summary>Resets of QEMU's device with audio under way: those that the driver makes in good order, and those that come upon it.</summary>
public sealed class QemuResetTests
{
    private const uint Ok = 0x8000;
    private const int MaxResets = 20; // each message of an old life that comes back alone costs one

    [Theory]
    [InlineData(QemuBus.Pci)]
    [InlineData(QemuBus.Mmio)]
    public async Task Reset_UnderLoad_IsAnXRun_AndPrepareAndWhatFollowsAreExact(QemuBus bus)
    {
        byte[] last = Noise(7001 * 4, 3);
        await using QemuRig rig = await QemuRig.StartAsync(new QemuOptions { Bus = bus });
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync();
        for (int i = 1; i <= 10; i++)
        {
            Assert.Equal(new PcmTransfer(PcmError.None, 3840 + (i * 100)), await stream.WriteAsync(Noise((3840 + (i * 100)) * 4, i)));
            Assert.Equal(PcmState.Running, stream.State);
            Assert.True(await rig.Driver.ResetAsync());
            Assert.Equal((PcmState.XRun, i), (stream.State, (int)rig.Driver.Resets));
            (await stream.PrepareAsync()).ThrowIfError("prepare");
        }

        await stream.PlayAsync(last);
        await stream.CloseAsync();
        Assert.Equal(0, rig.Driver.QuarantinedBytes);
        byte[] played = await rig.CloseAsync();
        Assert.Equal(last, played[^last.Length..]);
    }

    /// <summary>
    /// A request for a stream that is not there makes QEMU's device want a reset, whoever sends it. QEMU's messages survive that reset (see below), so
    /// it may take a second one.
    /// </summary>
    [Theory]
    [InlineData(QemuBus.Pci)]
    [InlineData(QemuBus.Mmio)]
    public async Task NeedsReset_WhilePlaying_IsAnXRun_AndTheDriverHealsTheDevice(QemuBus bus)
    {
        byte[] last = Noise(7001 * 4, 3);
        await using QemuRig rig = await QemuRig.StartAsync(new QemuOptions { Bus = bus }, Patient());
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync();
        Assert.Equal(new PcmTransfer(PcmError.None, 5000), await stream.WriteAsync(Noise(5000 * 4)));
        var release = new VirtioSoundPcmHeader { Code = (uint)VirtioSoundRequest.PcmRelease, StreamId = 77 };

        // The reset ends the request, which would else time out.
        Assert.Equal(PcmError.IO, await rig.Driver.Control.SendAsync(release, Memory<byte>.Empty, CancellationToken.None));
        Assert.InRange(rig.Driver.Resets, 1, MaxResets);
        Assert.Equal(PcmState.XRun, stream.State);
        (await stream.PrepareAsync()).ThrowIfError("prepare");
        await PlayBehindOldMessagesAsync(stream, last, rig.Driver);
        await stream.CloseAsync();
        Assert.Equal(0, rig.Driver.QuarantinedBytes);
        byte[] played = await rig.CloseAsync();
        Assert.Equal(last, played[^last.Length..]);
    }

    /// <summary>
    /// A reset that nobody prepared for, as a crash of the driver before is: QEMU keeps the old messages, and completes them in the new driver's ring,
    /// under numbers that may mean something else there. Audio is lost by it, nothing else.
    /// </summary>
    [Theory]
    [InlineData(QemuBus.Pci, false)]
    [InlineData(QemuBus.Pci, true)]
    [InlineData(QemuBus.Mmio, false)]
    [InlineData(QemuBus.Mmio, true)]
    public async Task Driver_AfterOneThatLeftMessages_MeetsThemInItsOwnRing_AndRecovers(QemuBus bus, bool running)
    {
        byte[] last = Noise(5000 * 4, 77);
        await using QemuRig rig = await QemuRig.StartBehindAsync(new QemuOptions { Bus = bus }, Patient(), async transport =>
        {
            await using RawSound before = await PrepareAsync(transport, running);
            for (ushort message = 0; message < 8; message++)
            {
                before.Play(message, 0, new byte[RawSound.MessageBytes]);
            }

            await before.StopAsync();
        });
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync();
        await PlayBehindOldMessagesAsync(stream, last, rig.Driver);
        await stream.CloseAsync();
        byte[] played = await rig.CloseAsync();
        Assert.Equal(last, played[^last.Length..]);
        Assert.True(played.Length > last.Length, "QEMU keeps no messages over a reset any more: this test shows nothing.");
    }

    /// <summary>A reset leaves QEMU's stream running: it plays what comes before the next START, which the driver need not know.</summary>
    [Fact]
    public async Task Driver_AfterOneThatLeftTheStreamRunning_PlaysExactly()
    {
        byte[] data = Noise(10_007 * 4, 5);
        await using QemuRig rig = await QemuRig.StartBehindAsync(new QemuOptions(), QemuRig.WideLimits, async transport =>
        {
            await using RawSound before = await PrepareAsync(transport, start: true);
            await before.StopAsync();
        });
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync();
        await stream.PlayAsync(data);
        await stream.CloseAsync();
        Assert.Equal(0, rig.Driver.Resets);
        Assert.Equal(data, await rig.CloseAsync());
    }

    private static async Task<RawSound> PrepareAsync(VirtioTransport transport, bool start)
    {
        var sound = new RawSound(transport);
        await sound.StartAsync();
        Assert.Equal(Ok, await sound.AskAsync(0x101, 0, 8192, 2048, 0, 0x00070502)); // SET_PARAMS: S16 stereo at 48000 Hz
        Assert.Equal(Ok, await sound.AskAsync(0x102, 0)); // PREPARE
        if (start)
        {
            Assert.Equal(Ok, await sound.AskAsync(0x104, 0)); // START
        }

        return sound;
    }

    private static VirtioSoundOptions Patient()
    {
        VirtioSoundOptions options = QemuRig.WideLimits;
        options.MaxRecoveries = MaxResets;
        return options;
    }

    /// <summary>
    /// What is played first meets the old messages, which may pass for its own: then it is lost without a word. The prepare after it makes the device
    /// give back all that it has. As an application goes on from there: an xrun, a prepare, all of it again; each xrun is by a reset that the driver made.
    /// </summary>
    private static async Task PlayBehindOldMessagesAsync(PcmSubstream stream, byte[] data, VirtioSoundDriver driver)
    {
        await TryPlayAsync(stream, data);
        (await stream.PrepareAsync()).ThrowIfError("prepare");
        long resets = driver.Resets;
        for (int xruns = 0; !await TryPlayAsync(stream, data); xruns++)
        {
            Assert.InRange(xruns, 0, MaxResets - 1);
            (await stream.PrepareAsync()).ThrowIfError("prepare");
            Assert.InRange(driver.Resets, resets + xruns + 1, MaxResets);
        }
    }

    /// <returns>False: an xrun came in between.</returns>
    private static async Task<bool> TryPlayAsync(PcmSubstream stream, byte[] data)
    {
        PcmTransfer transfer = await stream.WriteAsync(data);
        PcmError error = transfer.Frames < data.Length / 4 ? PcmError.XRun : await stream.DrainAsync();
        Assert.Contains(error, (PcmError[])[PcmError.None, PcmError.XRun]);
        Assert.True(stream.State is PcmState.Setup or PcmState.XRun, $"{stream.State} after {transfer} of {data.Length / 4} frames and {error}.");
        return stream.State == PcmState.Setup;
    }
}
