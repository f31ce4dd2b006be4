using static Pcm.Interop.Tests.Qemu.StreamExtensions;

namespace Pcm.Interop.Tests.Qemu;

/// <summary>What QEMU's device wrote is what was played, to the bit, over each kind of registers, interrupts and rings, in every format.</summary>
public sealed class QemuPlaybackTests
{
    public static TheoryData<QemuBus, bool, bool, VirtioFeatures> Machines => new()
    {
        { QemuBus.Pci, true, false, VirtioFeatures.RingBits },
        { QemuBus.Pci, true, true, VirtioFeatures.RingBits },
        { QemuBus.Pci, true, false, VirtioFeatures.Version1 },
        { QemuBus.Pci, true, true, VirtioFeatures.Version1 | VirtioFeatures.RingPacked },
        { QemuBus.Pci, false, false, VirtioFeatures.RingBits },
        { QemuBus.Pci, false, true, VirtioFeatures.Version1 | VirtioFeatures.RingPacked | VirtioFeatures.EventIndex },
        { QemuBus.Mmio, false, false, VirtioFeatures.RingBits },
        { QemuBus.Mmio, false, true, VirtioFeatures.RingBits },
        { QemuBus.Mmio, false, false, VirtioFeatures.Version1 | VirtioFeatures.IndirectDescriptors },
        { QemuBus.Mmio, false, false, VirtioFeatures.Version1 | VirtioFeatures.EventIndex },
    };

    public static TheoryData<PcmFormat> Formats => [PcmFormat.S8, PcmFormat.U8, PcmFormat.S16LE, PcmFormat.U16LE, PcmFormat.S32LE, PcmFormat.U32LE, PcmFormat.Float32LE];

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task Play_NoiseOfAnyLength_IsRecordedBitForBit(QemuBus bus, bool messages, bool packed, VirtioFeatures features)
    {
        byte[] data = Noise(48_123 * 4);
        VirtioSoundOptions options = QemuRig.WideLimits;
        options.RingFeatures = features;
        await using QemuRig rig = await QemuRig.StartAsync(new QemuOptions { Bus = bus, MessageInterrupts = messages, Packed = packed }, options);
        VirtioFeatures expected = features & ~(packed ? 0 : VirtioFeatures.RingPacked) & ~(bus == QemuBus.Mmio ? VirtioFeatures.RingReset : 0);
        Assert.Equal(expected, rig.Driver.Features);
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync();
        await stream.PlayAsync(data);
        await stream.CloseAsync();
        Assert.Equal(0, rig.Driver.QuarantinedBytes);
        Assert.Equal(data, await rig.CloseAsync());
    }

    /// <summary>Messages are whole multiples of 4 bytes: QEMU's WAV voice aborts QEMU on others.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Play_EveryRateOfAFormat_IsRecordedBitForBit(PcmFormat format)
    {
        int[] rates = [5512, 8000, 11025, 16000, 22050, 32000, 44100, 48000, 64000, 88200, 96000, 176400, 192000, 384000];
        for (int channels = 1; channels <= 2; channels++)
        {
            foreach (int rate in rates)
            {
                byte[] data = Noise(2404 * channels * format.PhysicalWidthBits() / 8, rate + channels);
                await using QemuRig rig = await QemuRig.StartAsync();
                PcmSubstream stream = await rig.OpenAsync();
                await stream.ConfigureAsync(format, channels, rate, periodFrames: 400, periods: 4);
                await stream.PlayAsync(data);
                await stream.CloseAsync();
                Assert.Equal(data, await rig.CloseAsync());
            }
        }
    }

    /// <summary>Frames of 1 and 2 bytes, and lengths of any number of them: the quirk keeps QEMU alive, at the price of silence behind the end.</summary>
    [Theory]
    [InlineData(PcmFormat.U8, 1, 128)]
    [InlineData(PcmFormat.S8, 1, 0)]
    [InlineData(PcmFormat.U8, 2, 128)]
    [InlineData(PcmFormat.S16LE, 1, 0)]
    public async Task Play_SmallFramesOfAnyNumber_AreRecordedBitForBit_WithSilenceUpToFourBytes(PcmFormat format, int channels, byte silence)
    {
        VirtioSoundOptions options = QemuRig.WideLimits;
        options.PlaybackMessageMultiple = 4;
        await using QemuRig rig = await QemuRig.StartAsync(soundOptions: options);
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync(format, channels, periodFrames: 400, periods: 4);
        int frameBytes = stream.Runtime!.FrameBits / 8;
        var expected = new List<byte>();
        foreach (int frames in (int[])[1, 2, 3, 399, 400, 401, 1599, 1601, 10_007])
        {
            byte[] data = Noise(frames * frameBytes, frames);
            await stream.PlayAsync(data);
            (await stream.PrepareAsync()).ThrowIfError("prepare");
            expected.AddRange(data);
            expected.AddRange(Enumerable.Repeat(silence, (4 - (data.Length % 4)) % 4));
        }

        await stream.CloseAsync();
        Assert.Equal(expected, await rig.CloseAsync());
    }

    [Theory]
    [InlineData(64, 2)]
    [InlineData(64, 16)]
    [InlineData(333, 3)]
    [InlineData(1024, 16)]
    [InlineData(4096, 2)]
    [InlineData(8192, 2)]
    [InlineData(8192, 8)]
    public async Task Play_AnyLayoutOfTheRing_IsRecordedBitForBit(int periodFrames, int periods)
    {
        byte[] data = Noise(30_001 * 4, periodFrames);
        await using QemuRig rig = await QemuRig.StartAsync();
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync(periodFrames: periodFrames, periods: periods);
        await stream.PlayAsync(data);
        await stream.CloseAsync();
        Assert.Equal(data, await rig.CloseAsync());
    }

    [Fact]
    public async Task Drain_PartialLastPeriods_EndsWithEveryFrame()
    {
        int[] lengths = [1, 2, 479, 480, 481, 959, 3840, 3841, 10_007];
        var all = new List<byte>();
        await using QemuRig rig = await QemuRig.StartAsync();
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync();
        foreach (int frames in lengths)
        {
            byte[] data = Noise(frames * 4, frames);
            await stream.PlayAsync(data);
            (await stream.PrepareAsync()).ThrowIfError("prepare");
            all.AddRange(data);
        }

        await stream.CloseAsync();
        Assert.Equal(all, await rig.CloseAsync());
    }

    [Fact]
    public async Task Pause_AndResume_LosesNothing()
    {
        byte[] data = Noise(20_000 * 4);
        await using QemuRig rig = await QemuRig.StartAsync();
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync();
        Assert.Equal(new PcmTransfer(PcmError.None, 10_000), await stream.WriteAsync(data.AsMemory(0, 40_000)));
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(PcmError.None, await stream.PauseAsync(true));
            Assert.Equal(PcmState.Paused, stream.State);
            Assert.Equal(PcmError.None, await stream.PauseAsync(false));
            Assert.Equal(new PcmTransfer(PcmError.None, 1000), await stream.WriteAsync(data.AsMemory(40_000 + (i * 4000), 4000)));
        }

        Assert.Equal(PcmError.None, await stream.DrainAsync());
        await stream.CloseAsync();
        Assert.Equal(data, await rig.CloseAsync());
    }

    [Theory]
    [InlineData(QemuBus.Pci)]
    [InlineData(QemuBus.Mmio)]
    public async Task Drop_AndPlayAgain_100Times_TheLastIsWholeAndNothingLeaks(QemuBus bus)
    {
        byte[] last = Noise(5000 * 4, 7);
        await using QemuRig rig = await QemuRig.StartAsync(new QemuOptions { Bus = bus });
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync();
        long live = rig.Device.Transport.Dma.LiveBytes;
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(new PcmTransfer(PcmError.None, 3840 + i), await stream.WriteAsync(Noise((3840 + i) * 4, i)));
            Assert.Equal(PcmError.None, await stream.DropAsync());
            Assert.Equal(PcmState.Setup, stream.State);
            (await stream.PrepareAsync()).ThrowIfError("prepare");
        }

        Assert.Equal((live, 0L), (rig.Device.Transport.Dma.LiveBytes, rig.Driver.QuarantinedBytes));
        await stream.PlayAsync(last);
        await stream.CloseAsync();
        byte[] played = await rig.CloseAsync();
        Assert.Equal(last, played[^last.Length..]);
    }

    [Fact]
    public async Task XRun_WithAThresholdOfTheBuffer_IsReportedAndPrepareRecovers()
    {
        byte[] first = Noise(3840 * 4), second = Noise(7000 * 4, 2);
        await using QemuRig rig = await QemuRig.StartAsync();
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync(stopsOnXRun: true);
        stream.SetSwParams(stream.GetSwParams() with { AvailMin = 3840 }).ThrowIfError("sw_params"); // ready when nothing is left, which is the xrun
        Assert.Equal(new PcmTransfer(PcmError.None, 3840), await stream.WriteAsync(first));
        Assert.Equal(PcmError.XRun, await stream.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(PcmState.XRun, stream.State);
        Assert.Equal(PcmError.XRun, (await stream.WriteAsync(second)).Error);
        stream.SetSwParams(stream.GetSwParams() with { StopThreshold = 3841 }).ThrowIfError("sw_params");
        (await stream.PrepareAsync()).ThrowIfError("prepare");
        await stream.PlayAsync(second);
        await stream.CloseAsync();
        byte[] expected = [.. first, .. second];
        Assert.Equal(expected, await rig.CloseAsync());
    }
}
