namespace Pcm.Interop.Tests.Qemu;

/// <summary>The code of docs/QEMU.md.</summary>
public sealed class QemuDocTests
{
    [Fact]
    public async Task Start_AndPlay_AsTheDocumentationSays()
    {
        await Peers.RequireQemuAsync();

        #region start
        QemuDevice qemu = await QemuDevice.StartAsync(new QemuOptions { Bus = QemuBus.Mmio });
        await using VirtioSoundDriver driver = await VirtioSoundDriver.ProbeAsync(qemu.Transport, "qemu", new PcmServices());
        await using PcmSubstream playback = (await driver.Card.Devices[0].OpenAsync(PcmDirection.Playback)).GetOrThrow();
        #endregion

        Assert.Equal(PcmState.Open, playback.State);
    }
}
