using Pcm.Interop.Tests.Contracts;

namespace Pcm.Interop.Tests.Qemu;

/// <summary>What QEMU 10.0 does with messages of odd shapes, seen without a driver; and that the driver's own messages get through all the same.</summary>
public sealed class QemuMessageQuirkTests
{
    private const uint Ok = 0x8000;
    private const uint BadMessage = 0x8001;
    private const uint SetParams = 0x101;
    private const uint Prepare = 0x102;
    private const uint Release = 0x103;
    private const uint Start = 0x104;
    private const uint Stop = 0x105;
    private const uint Playback = 0;
    private const uint Capture = 1;
    private const int PeriodBytes = 2048;

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10); // what comes, comes in a few ms; this only bounds a failure
    private static readonly TimeSpan s_never = TimeSpan.FromMilliseconds(200); // of QEMU's free clock, which has gone on for seconds by then

    /// <summary>With the mixing engine a message that is no whole frame is never done, and nothing behind it.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    [InlineData(true, 402)]
    [InlineData(false, 0)]
    public async Task Message_OfNoWholeFrame_BlocksTheStream_UntilItIsReleased(bool mixes, int bytes)
    {
        await using RawSound sound = await StartAsync(new QemuOptions { AudioDevice = mixes ? "none,id=a" : null }, Playback);
        sound.Play(0, Playback, new byte[400]);
        Assert.Equal(((ushort)0, 8u), await sound.TakeAsync(2, s_soon));
        sound.Play(1, Playback, new byte[bytes]);
        sound.Play(2, Playback, new byte[400]);
        Assert.Null(await sound.TakeAsync(2, s_never));

        Assert.Equal(Ok, await sound.AskAsync(Stop, Playback));
        Assert.Equal(Ok, await sound.AskAsync(Release, Playback));
        Assert.Equal(((ushort)1, 8u), await sound.TakeAsync(2, s_soon));
        Assert.Equal(((ushort)2, 8u), await sound.TakeAsync(2, s_soon));
        Assert.Equal((Ok, 400u), sound.Status(2)); // OK although it was not played; the latency is what was not

        Assert.Equal(Ok, await sound.AskAsync(Prepare, Playback));
        Assert.Equal(Ok, await sound.AskAsync(Start, Playback));
        sound.Play(3, Playback, new byte[400]);
        Assert.Equal(((ushort)3, 8u), await sound.TakeAsync(2, s_soon));
        Assert.Equal((Ok, 0u), sound.Status(3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Message_OfNoWholeFrame_WithoutTheMixer_IsDone(int bytes)
    {
        await using RawSound sound = await StartAsync(new QemuOptions(), Playback);
        sound.Play(0, Playback, new byte[bytes]);
        sound.Play(1, Playback, new byte[400]);
        Assert.Equal(((ushort)0, 8u), await sound.TakeAsync(2, s_soon));
        Assert.Equal(((ushort)1, 8u), await sound.TakeAsync(2, s_soon));
    }

    /// <summary>Frames of one byte: the driver's last message has as few, and is whole frames all the same.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Drain_OfAFewBytes_Ends(bool mixes)
    {
        await using QemuRig rig = await QemuRig.StartAsync(new QemuOptions { AudioDevice = mixes ? "none,id=a" : null }, record: false);
        PcmSubstream stream = await rig.OpenAsync();
        await stream.ConfigureAsync(PcmFormat.U8, channels: 1);
        foreach (int bytes in (int[])[1, 2, 3, 479, 481, 3841])
        {
            await stream.PlayAsync(StreamExtensions.Noise(bytes));
            (await stream.PrepareAsync()).ThrowIfError("prepare");
        }

        await stream.CloseAsync();
        Assert.Equal((0L, 0L), (rig.Driver.Resets, rig.Driver.QuarantinedBytes));
    }

    [Fact]
    public async Task Capture_IntoMoreRoomThanAPeriod_HasTheStatusRightBehindTheData()
    {
        await using RawSound sound = await StartAsync(new QemuOptions(), Capture, start: false);
        for (ushort message = 0; message < 2; message++)
        {
            sound.Record(message, Capture, 2 * PeriodBytes);
            sound.Data(message).Fill(0xaa);
        }

        Assert.Equal(Ok, await sound.AskAsync(Start, Capture));
        Assert.Equal(((ushort)0, PeriodBytes + 8u), await sound.TakeAsync(3, s_soon));
        Assert.Equal((0u, 0u), sound.Status(0)); // nothing where the specification wants it
        Assert.Equal((Ok, 0u), RawSound.ReadStatus(sound.Data(0)[PeriodBytes..]));
        Assert.Equal(0xaa, sound.Data(0)[PeriodBytes + 8]);
    }

    /// <summary>RELEASE gives back a capture message that is not full: its status too is behind what there is.</summary>
    [Fact]
    public async Task Capture_ReleasedBeforeItIsFull_HasTheStatusRightBehindTheData()
    {
        await using RawSound sound = await StartAsync(new QemuOptions(), Capture, start: false);
        sound.Record(0, Capture, PeriodBytes);
        sound.Data(0).Fill(0xaa);
        Assert.Equal(Ok, await sound.AskAsync(Release, Capture));
        (ushort message, uint written) = (await sound.TakeAsync(3, s_soon)).GetValueOrDefault();
        Assert.Equal(((ushort)0, 8u), (message, written));
        Assert.Equal((0u, 0u), sound.Status(0));
        Assert.Equal(Ok, RawSound.ReadStatus(sound.Data(0)).Code);
    }

    /// <summary>The driver drops captures that are partly filled at any point, and the next ones begin with a whole ring again.</summary>
    [Theory]
    [InlineData(QemuBus.Pci, 700)]
    [InlineData(QemuBus.Mmio, 333)]
    public async Task Drop_OfACaptureThatIsPartlyFilled_LosesNoMessage(QemuBus bus, int periodFrames)
    {
        await using QemuRig rig = await QemuRig.StartAsync(new QemuOptions { Bus = bus }, record: false);
        PcmSubstream stream = await rig.OpenAsync(PcmDirection.Capture);
        await stream.ConfigureAsync(periodFrames: periodFrames, periods: 4);
        long live = rig.Device.Transport.Dma.LiveBytes;
        for (int i = 1; i <= 20; i++)
        {
            byte[] data = StreamExtensions.Noise(i * 171 * 4);
            Assert.Equal(new PcmTransfer(PcmError.None, i * 171), await stream.ReadAsync(data));
            Assert.All(data, static sample => Assert.Equal(0, sample));
            Assert.Equal(PcmError.None, await stream.DropAsync());
            (await stream.PrepareAsync()).ThrowIfError("prepare");
        }

        Assert.Equal((live, 0L, 0L), (rig.Device.Transport.Dma.LiveBytes, rig.Driver.Resets, rig.Driver.QuarantinedBytes));
        await stream.CloseAsync();
    }

    [Fact]
    public async Task Message_ForAnotherStream_IsBadAndNothingElseHappens()
    {
        await using RawSound sound = await StartAsync(new QemuOptions(), Playback);
        sound.Play(0, Capture, new byte[400]);
        Assert.Equal(((ushort)0, 8u), await sound.TakeAsync(2, s_soon));
        Assert.Equal(BadMessage, sound.Status(0).Code);
        sound.Play(1, 99, new byte[400]);
        Assert.Equal(((ushort)1, 8u), await sound.TakeAsync(2, s_soon));
        Assert.Equal(BadMessage, sound.Status(1).Code);
        sound.Record(2, Playback, PeriodBytes);
        Assert.Equal(((ushort)2, 8u), await sound.TakeAsync(3, s_soon));
        Assert.Equal((0u, BadMessage), (sound.Status(2).Code, RawSound.ReadStatus(sound.Data(2)).Code)); // at the start of the data
        sound.Play(3, Playback, new byte[400]);
        Assert.Equal(((ushort)3, 8u), await sound.TakeAsync(2, s_soon));
        Assert.Equal(Ok, sound.Status(3).Code);
    }

    private static async Task<RawSound> StartAsync(QemuOptions options, uint stream, bool start = true)
    {
        var sound = new RawSound(await Machines.QemuAsync(options));
        await sound.StartAsync();
        Assert.Equal(Ok, await sound.AskAsync(SetParams, stream, 4 * PeriodBytes, PeriodBytes, 0, 0x00070502)); // S16 stereo at 48000 Hz
        Assert.Equal(Ok, await sound.AskAsync(Prepare, stream));
        if (start)
        {
            Assert.Equal(Ok, await sound.AskAsync(Start, stream));
        }

        return sound;
    }
}
