using Pcm.Interop.Tests.Qemu;

namespace Pcm.Interop.Tests.Contracts;

/// <summary>What the driver does over every transport, seen from an application.</summary>
public abstract class SoundDriverContract
{
    /// <summary>A virtio-sound device with a playback and a capture stream.</summary>
    protected abstract ValueTask<VirtioTransport> ConnectAsync();

    [Fact]
    public Task Play_AndDrain_EndsInSetupWithNothingInFlight() => RunAsync(async driver =>
    {
        PcmSubstream stream = await OpenAsync(driver, PcmDirection.Playback);
        await stream.ConfigureAsync();
        await stream.PlayAsync(StreamExtensions.Noise(9999 * 4));
        await stream.CloseAsync();
    });

    [Fact]
    public Task Capture_GivesAsMuchAsWasAskedFor() => RunAsync(async driver =>
    {
        PcmSubstream stream = await OpenAsync(driver, PcmDirection.Capture);
        await stream.ConfigureAsync();
        Assert.Equal(new PcmTransfer(PcmError.None, 9999), await stream.ReadAsync(new byte[9999 * 4]));
        Assert.Equal(PcmError.None, await stream.DropAsync());
        await stream.CloseAsync();
    });

    [Fact]
    public Task Drop_WithDataQueued_TakesItBack() => RunAsync(async driver =>
    {
        PcmSubstream stream = await OpenAsync(driver, PcmDirection.Playback);
        await stream.ConfigureAsync();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(new PcmTransfer(PcmError.None, 3840), await stream.WriteAsync(new byte[3840 * 4]));
            Assert.Equal(PcmError.None, await stream.DropAsync());
            (await stream.PrepareAsync()).ThrowIfError("prepare");
        }

        await stream.CloseAsync();
    });

    [Fact]
    public Task Pause_StopsThePosition_AndResumeMovesIt() => RunAsync(async driver =>
    {
        PcmSubstream stream = await OpenAsync(driver, PcmDirection.Playback);
        await stream.ConfigureAsync();
        Assert.Equal(new PcmTransfer(PcmError.None, 3840), await stream.WriteAsync(new byte[3840 * 4]));
        Assert.Equal(PcmError.None, await stream.PauseAsync(true));
        Assert.Equal(PcmState.Paused, stream.State);
        Assert.Equal(PcmError.None, await stream.PauseAsync(false));
        Assert.Equal(PcmError.None, await stream.DrainAsync());
        Assert.Equal(stream.Runtime!.ApplicationPosition, stream.Runtime.HardwarePosition);
        await stream.CloseAsync();
    });

    [Fact]
    public Task HwParams_ThatTheDeviceCannotDo_AreRefusedAndTheStreamGoesOn() => RunAsync(async driver =>
    {
        PcmSubstream stream = await OpenAsync(driver, PcmDirection.Playback);
        Assert.Equal(
            PcmError.InvalidArgument,
            await stream.HwParamsAsync(new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.Gsm, Channels = 2, Rate = 48000 }));
        await stream.ConfigureAsync();
        await stream.PlayAsync(StreamExtensions.Noise(480 * 4));
        await stream.CloseAsync();
    });

    private static async Task<PcmSubstream> OpenAsync(VirtioSoundDriver driver, PcmDirection direction) =>
        (await driver.Card.Devices[0].OpenAsync(direction)).GetOrThrow();

    private async Task RunAsync(Func<VirtioSoundDriver, Task> body)
    {
        VirtioTransport transport = await ConnectAsync();
        await using (VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(transport, "contract", new PcmServices(new PatientTime()), QemuRig.WideLimits))
        {
            await body(driver);
            Assert.Equal(0, driver.QuarantinedBytes);
        }

        Assert.Equal((0L, 0L), (transport.Dma.LiveBytes, transport.Dma.QuarantinedBytes));
    }
}
