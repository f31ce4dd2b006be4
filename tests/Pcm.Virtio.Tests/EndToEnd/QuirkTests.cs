using Pcm.Backends;
using Pcm.Testing;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>
/// One life of the driver with every way in which a real device misbehaves: probe, capture, playback bit for bit, drop and replay, drain, elements,
/// unload while it plays and load again, close.
/// </summary>
public sealed class QuirkTests : IDisposable
{
    private const int Period = 480;
    private const int FrameBytes = 4;
    private const int Frames = (20 * Period) + 123;

    private readonly string _sink = Path.Combine(Path.GetTempPath(), $"pcm-{Guid.NewGuid():N}.wav");
    private readonly string _source = Path.Combine(Path.GetTempPath(), $"pcm-{Guid.NewGuid():N}.wav");

    public static TheoryData<VirtioSoundQuirks> All => [.. Enum.GetValues<VirtioSoundQuirks>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Life_WithTheQuirk_Passes(VirtioSoundQuirks quirks)
    {
        byte[] source = Noise(5, 30_000);
        using (FileStream file = File.Create(_source))
        using (var writer = new WavWriter(file, new WavFormat(PcmFormat.S16LE, 2, 48000)))
        {
            writer.Write(source);
        }

        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            await using SoundRig rig = await SoundRig.CreateAsync(
                clock, _sink, _source, with: TestControls.Options() with { Quirks = quirks });
            CheckElements(rig.Driver, quirks);
            await CaptureAsync(rig, source, quirks);
            await PlayAsync(rig, quirks, seed: 1);
            await DropAsync(rig);
            await PlayAsync(rig, quirks, seed: 2);
            await UseElementsAsync(rig, quirks);
            await UnloadWhilePlayingAsync(rig);
            CheckElements(rig.Driver, quirks);
            await PlayAsync(rig, quirks, seed: 3);
            Assert.Equal(0, rig.Driver.QuarantinedBytes);
            Assert.Equal(VirtqueueFault.None, rig.Transport.GetMetrics(VirtioSoundQueues.Playback).Fault);
            Assert.False(rig.Transport.Status.HasFlag(VirtioStatus.NeedsReset));
        });
    }

    public void Dispose()
    {
        File.Delete(_sink);
        File.Delete(_source);
    }

    private static byte[] Noise(int seed, int frames)
    {
        byte[] data = new byte[frames * FrameBytes];
        new Random(seed).NextBytes(data);
        return data;
    }

    private static PcmHwParams Request() => new()
    {
        Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = 48000, PeriodFrames = Period, BufferFrames = 8 * Period,
    };

    private static void CheckElements(VirtioSoundDriver driver, VirtioSoundQuirks quirks)
    {
        bool hasNoJacks = quirks.HasFlag(VirtioSoundQuirks.JackInfoNotSupported) || quirks.HasFlag(VirtioSoundQuirks.JackInfoBadMessage);
        Assert.Equal(hasNoJacks && quirks != 0 ? 0 : 3, driver.Jacks.Count);
        int maps = quirks.HasFlag(VirtioSoundQuirks.ChannelMapInfoNotSupported) ? 0 : quirks.HasFlag(VirtioSoundQuirks.ChannelMapCountTooSmall) ? 2 : 3;
        Assert.Equal(maps, driver.Card.Devices[0].ChannelMaps(PcmDirection.Playback).Count);
        Assert.Equal(quirks.HasFlag(VirtioSoundQuirks.ControlCountMissing) ? 0 : 7, driver.Controls.Count);
        Assert.Equal(!quirks.HasFlag(VirtioSoundQuirks.EventIndexHangs), driver.Features.HasFlag(VirtioFeatures.EventIndex));
    }

    private static async Task CaptureAsync(SoundRig rig, byte[] source, VirtioSoundQuirks quirks)
    {
        await using PcmSubstream capture = (await rig.Device.OpenAsync(PcmDirection.Capture)).GetOrThrow();
        (await capture.HwParamsAsync(Request())).ThrowIfError("hw_params");
        (await capture.PrepareAsync()).ThrowIfError("prepare");
        byte[] recorded = new byte[10 * Period * FrameBytes];
        PcmTransfer transfer = await capture.ReadAsync(recorded);
        if (quirks.HasFlag(VirtioSoundQuirks.CaptureNeverCompletes))
        {
            Assert.Equal(new PcmTransfer(PcmError.IO, 0), transfer); // an answer in time, and everything else goes on
            return;
        }

        Assert.Equal(new PcmTransfer(PcmError.None, 10 * Period), transfer);
        Assert.Equal(source[..recorded.Length], recorded);
        await Task.Delay(TimeSpan.FromMilliseconds(5), rig.Clock);
        Assert.Equal(PcmError.None, await capture.DropAsync()); // with a message half full
    }

    /// <summary>Plays as a player does that goes on after an underrun. Only a device that takes everything at once may cause one.</summary>
    private async Task PlayAsync(SoundRig rig, VirtioSoundQuirks quirks, int seed)
    {
        byte[] data = Noise(seed, Frames);
        bool mayRunDry = quirks.HasFlag(VirtioSoundQuirks.CompletesAtOnce) || quirks.HasFlag(VirtioSoundQuirks.CompletesEarly);
        await using (PcmSubstream playback = (await rig.Device.OpenAsync(PcmDirection.Playback)).GetOrThrow())
        {
            (await playback.HwParamsAsync(Request())).ThrowIfError("hw_params");
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            for (int written = 0; written < Frames;)
            {
                PcmTransfer transfer = await playback.WriteAsync(data.AsMemory(written * FrameBytes));
                written += (int)transfer.Frames;
                if (transfer.Error != PcmError.None)
                {
                    Assert.True(mayRunDry && transfer.Error == PcmError.XRun, $"{transfer} at {written}");
                    Assert.Equal(PcmError.None, await playback.PrepareAsync());
                }
            }

            PcmError drained = await playback.DrainAsync();
            Assert.True(drained == PcmError.None || (mayRunDry && drained is PcmError.XRun), $"drain: {drained}");
        }

        await rig.ReloadAsync(); // the device closes its audio side, and so the file
        using FileStream file = File.OpenRead(_sink);
        var reader = new WavReader(file);
        byte[] played = new byte[data.Length];
        Assert.Equal(Frames, reader.Read(played));
        Assert.Equal(data, played);
        Assert.Equal(0, reader.Read(new byte[FrameBytes]));
    }

    private static async Task DropAsync(SoundRig rig)
    {
        await using PcmSubstream playback = (await rig.Device.OpenAsync(PcmDirection.Playback)).GetOrThrow();
        (await playback.HwParamsAsync(Request())).ThrowIfError("hw_params");
        for (int i = 0; i < 3; i++)
        {
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            Assert.Equal(new PcmTransfer(PcmError.None, 6 * Period), await playback.WriteAsync(Noise(9, 6 * Period)));
            await Task.Delay(TimeSpan.FromMilliseconds(25), rig.Clock);
            Assert.Equal(PcmError.None, await playback.DropAsync());
        }

        await playback.CloseAsync();
        await rig.ReloadAsync(); // a new file
    }

    private static async Task UseElementsAsync(SoundRig rig, VirtioSoundQuirks quirks)
    {
        if (rig.Driver.Controls.Count > 0)
        {
            var value = default(VirtioSoundControlValue);
            value.Integers[0] = 1;
            Assert.Equal(PcmError.None, await rig.Driver.Controls[TestControls.Source].WriteAsync(value));
            Assert.Equal(1u, (await rig.Driver.Controls[TestControls.Source].ReadAsync()).Value.Integers[0].Value);
        }

        rig.Model.SetJackConnected(1, true);
        await Task.Delay(TimeSpan.FromMilliseconds(1), rig.Clock);
        if (rig.Driver.Jacks.Count > 0)
        {
            Assert.Equal(!quirks.HasFlag(VirtioSoundQuirks.NoEvents), rig.Driver.Jacks[1].IsConnected);
        }
    }

    private static async Task UnloadWhilePlayingAsync(SoundRig rig)
    {
        PcmSubstream playback = (await rig.Device.OpenAsync(PcmDirection.Playback)).GetOrThrow();
        (await playback.HwParamsAsync(Request())).ThrowIfError("hw_params");
        (await playback.PrepareAsync()).ThrowIfError("prepare");
        await playback.WriteAsync(Noise(8, 6 * Period));
        await Task.Delay(TimeSpan.FromMilliseconds(15), rig.Clock);
        await rig.ReloadAsync();
    }
}
