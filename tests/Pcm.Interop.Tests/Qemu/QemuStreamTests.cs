using static Pcm.Interop.Tests.Qemu.StreamExtensions;

namespace Pcm.Interop.Tests.Qemu;

/// <summary>Probing, capture, several streams.</summary>
public sealed class QemuStreamTests
{
    [Theory]
    [InlineData(QemuBus.Pci)]
    [InlineData(QemuBus.Mmio)]
    public async Task Probe_Describes_WhatQemuOffers(QemuBus bus)
    {
        await using QemuRig rig = await QemuRig.StartAsync(new QemuOptions { Bus = bus, Streams = 3 }, record: false);
        Assert.Equal((2, 1), (rig.Pcm.Playback.Count, rig.Pcm.Capture.Count));
        PcmSubstream stream = await rig.OpenAsync();
        PcmHardware hardware = stream.Runtime!.Hardware;
        Assert.Equal((1u, 2u, 5512u, 384000u), (hardware.ChannelsMin, hardware.ChannelsMax, hardware.RateMin, hardware.RateMax));
        Assert.Equal(
            PcmFormats.Create([PcmFormat.S8, PcmFormat.U8, PcmFormat.S16LE, PcmFormat.U16LE, PcmFormat.S32LE, PcmFormat.U32LE, PcmFormat.Float32LE]),
            hardware.Formats);
        await stream.CloseAsync();
    }

    [Theory]
    [InlineData(QemuBus.Pci, 480, 8)]
    [InlineData(QemuBus.Mmio, 480, 8)]
    [InlineData(QemuBus.Pci, 64, 2)]
    [InlineData(QemuBus.Mmio, 4096, 4)]
    public async Task Capture_OfNothing_IsAsMuchSilenceAsWasAskedFor(QemuBus bus, int periodFrames, int periods)
    {
        await using QemuRig rig = await QemuRig.StartAsync(new QemuOptions { Bus = bus }, record: false);
        PcmSubstream stream = await rig.OpenAsync(PcmDirection.Capture);
        await stream.ConfigureAsync(periodFrames: periodFrames, periods: periods);
        byte[] data = Noise(10_000 * 4);
        Assert.Equal(new PcmTransfer(PcmError.None, 10_000), await stream.ReadAsync(data));
        Assert.All(data, static sample => Assert.Equal(0, sample));
        Assert.Equal(PcmError.None, await stream.DropAsync());
        await stream.CloseAsync();
        Assert.Equal(0, rig.Driver.QuarantinedBytes);
    }

    /// <summary>On each bus: two playback streams and a capture at once, each of other data, to the bit.</summary>
    [Theory]
    [InlineData(QemuBus.Pci)]
    [InlineData(QemuBus.Mmio)]
    public async Task PlaybackAndCapture_AtOnce_AreExactEach(QemuBus bus)
    {
        byte[] source = Noise(1 << 20, 9), recorded = new byte[20_000 * 4];
        byte[][] played = [Noise(20_000 * 4, 1), Noise(20_003 * 4, 2)];
        using var files = new AlsaFiles(source);
        await using QemuRig rig = await QemuRig.StartAsync(files.Behind(new QemuOptions { Bus = bus, Streams = 4 }), record: false);
        PcmSubstream[] playback = [await rig.OpenAsync(substream: 0), await rig.OpenAsync(substream: 1)];
        PcmSubstream capture = await rig.OpenAsync(PcmDirection.Capture);
        PcmSubstream[] all = [.. playback, capture];
        foreach (PcmSubstream stream in all)
        {
            await stream.ConfigureAsync();
        }

        Task<PcmTransfer> reading = capture.ReadAsync(recorded).AsTask();
        await Task.WhenAll(playback.Zip(played, static (stream, data) => stream.PlayAsync(data)));
        Assert.Equal(new PcmTransfer(PcmError.None, 20_000), await reading);
        foreach (PcmSubstream stream in all)
        {
            await stream.CloseAsync();
        }

        await rig.DisposeAsync();
        Assert.Equal(source[..recorded.Length], recorded);
        Assert.Equal(played, files.ReadPlayed().OrderBy(static data => data.Length));
    }

    [Theory]
    [InlineData(QemuBus.Pci, 480, 8)]
    [InlineData(QemuBus.Mmio, 333, 3)]
    public async Task Capture_OfNoise_IsExact(QemuBus bus, int periodFrames, int periods)
    {
        byte[] source = Noise(1 << 20, 11), recorded = new byte[50_001 * 4];
        using var files = new AlsaFiles(source);
        await using QemuRig rig = await QemuRig.StartAsync(files.Behind(new QemuOptions { Bus = bus }), record: false);
        PcmSubstream stream = await rig.OpenAsync(PcmDirection.Capture);
        await stream.ConfigureAsync(periodFrames: periodFrames, periods: periods);
        Assert.Equal(new PcmTransfer(PcmError.None, 50_001), await stream.ReadAsync(recorded));
        await stream.CloseAsync();
        Assert.Equal(source[..recorded.Length], recorded);
    }
}
