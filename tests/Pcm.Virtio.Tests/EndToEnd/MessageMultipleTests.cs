using Pcm.Backends;
using Pcm.Testing;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>The quirk of devices that take multiples of some bytes only: nothing else is sent, and nothing is lost by it.</summary>
public sealed class MessageMultipleTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"pcm-{Guid.NewGuid():N}.wav");

    [Theory]
    [InlineData(PcmFormat.U8, 1, 4, 10_001)]
    [InlineData(PcmFormat.S16LE, 1, 4, 20_003)]
    [InlineData(PcmFormat.S24In3LE, 2, 16, 9_999)]
    [InlineData(PcmFormat.U8, 3, 64, 12_347)]
    public void Play_FramesThatAreNoMultiple_ComesOutBitForBitAndThenSilence(PcmFormat format, int channels, int multiple, int frames)
    {
        int frameBytes = channels * format.PhysicalWidthBits() / 8;
        byte[] data = new byte[frames * frameBytes];
        new Random(frames).NextBytes(data);
        var clock = new VirtualClock();
        clock.Run(async () =>
        {
            await using SoundRig rig = await SoundRig.CreateAsync(clock, _path, options: new VirtioSoundOptions { PlaybackMessageMultiple = multiple });
            await using PcmSubstream playback = (await rig.Device.OpenAsync(PcmDirection.Playback)).GetOrThrow();
            (await playback.HwParamsAsync(new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved, Format = format, Channels = channels, Rate = 8000 }))
                .ThrowIfError("hw_params");
            Assert.Equal(0, playback.Runtime!.PeriodBytes % multiple);
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            Assert.Equal(new PcmTransfer(PcmError.None, frames), await playback.WriteAsync(data));
            Assert.Equal(PcmError.None, await playback.DrainAsync());
        });

        using FileStream file = File.OpenRead(_path);
        var reader = new WavReader(file);
        byte[] played = new byte[reader.Frames!.Value * frameBytes];
        reader.Read(played);
        Assert.Equal(data, played[..data.Length]);
        byte[] silence = new byte[played.Length - data.Length];
        format.FillSilence(silence);
        Assert.Equal(silence, played[data.Length..]);
        Assert.InRange(silence.Length, 0, (multiple * frameBytes) - 1);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(64)]
    public void Write_AnyAmounts_SendsMultiplesOnly(int multiple)
    {
        var judge = new JudgeDevice { Streams = [JudgeDevice.Stream(PcmDirection.Playback) with { Features = 0 }] }; // not polled: kicked
        var random = new Random(multiple);
        JudgeRig.Run(
            judge,
            async (rig, driver) =>
            {
                await using PcmSubstream playback = await JudgeRig.OpenAsync(driver, PcmDirection.Playback, 480, 4);
                playback.NonBlocking = true;
                (await playback.PrepareAsync()).ThrowIfError("prepare");
                for (int i = 0; i < 200; i++)
                {
                    if (playback.State == PcmState.XRun)
                    {
                        (await playback.PrepareAsync()).ThrowIfError("prepare");
                    }

                    playback.Write(new byte[4 * random.Next(1, 700)], out _);
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(4)), rig.Clock);
                    judge.Complete(VirtioSoundQueues.Playback, 0x8000, 0); // runs dry time and again
                }

                await playback.DrainAsync();
            },
            messageMultiple: multiple);
        (ushort Queue, long Readable, long Writable)[] sent = [.. judge.Messages.Where(static m => m.Queue == VirtioSoundQueues.Playback)];
        Assert.InRange(sent.Length, 50, int.MaxValue);
        Assert.Contains(sent, static m => m.Readable - 4 != 480 * 4);
        Assert.All(sent, m => Assert.Equal(0, (m.Readable - 4) % multiple));
    }

    public void Dispose() => File.Delete(_path);
}
