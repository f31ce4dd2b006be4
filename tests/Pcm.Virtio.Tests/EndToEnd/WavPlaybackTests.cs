using Pcm.Backends;
using Pcm.Testing;

namespace Pcm.Virtio.Tests.EndToEnd;

/// <summary>Audio through lifecycle, driver, rings, device and a WAV sink: what comes out is what went in.</summary>
public sealed class WavPlaybackTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"pcm-{Guid.NewGuid():N}.wav");

    public static TheoryData<PcmFormat, int, int, int> Cases => new()
    {
        { PcmFormat.S16LE, 2, 48000, 48000 },
        { PcmFormat.S16LE, 2, 48000, 12345 },
        { PcmFormat.U8, 1, 8000, 4001 },
        { PcmFormat.S24In3LE, 2, 44100, 10007 },
        { PcmFormat.S32LE, 6, 96000, 20011 },
        { PcmFormat.Float32LE, 1, 192000, 30013 },
        { PcmFormat.S16LE, 6, 22050, 1 },
        { PcmFormat.U8, 2, 11025, 479 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Play_AnyLength_ComesOutBitForBit(PcmFormat format, int channels, int rate, int frames)
    {
        byte[] data = new byte[frames * channels * format.PhysicalWidthBits() / 8];
        new Random(frames).NextBytes(data);
        var clock = new VirtualClock();
        TimeSpan started = default, ended = default;
        clock.Run(async () =>
        {
            await using SoundRig rig = await SoundRig.CreateAsync(clock, _path);
            await using PcmSubstream playback = (await rig.Device.OpenAsync(PcmDirection.Playback)).GetOrThrow();
            (await playback.HwParamsAsync(new PcmHwParams { Access = PcmAccess.ReadWriteInterleaved, Format = format, Channels = channels, Rate = rate }))
                .ThrowIfError("hw_params");
            (await playback.PrepareAsync()).ThrowIfError("prepare");
            started = clock.Elapsed;
            Assert.Equal(new PcmTransfer(PcmError.None, frames), await playback.WriteAsync(data));
            Assert.Equal(PcmError.None, await playback.DrainAsync());
            ended = clock.Elapsed;
            Assert.Equal(PcmState.Setup, playback.State);
            Assert.Equal(0, rig.Driver.QuarantinedBytes);
        });

        Assert.InRange((ended - started).TotalSeconds, ((double)frames / rate) - 0.001, ((double)frames / rate) + 0.1);
        using FileStream file = File.OpenRead(_path);
        var reader = new WavReader(file);
        Assert.Equal((format, channels, rate), (reader.Format.SampleFormat, reader.Format.Channels, reader.Format.Rate));
        byte[] played = new byte[data.Length];
        Assert.Equal(frames, reader.Read(played));
        Assert.Equal(data, played);
        Assert.Equal(0, reader.Read(new byte[reader.Format.FrameBytes]));
    }

    public void Dispose() => File.Delete(_path);
}
