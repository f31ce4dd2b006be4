using Pcm.Backends;
using Pcm.Backends.Loopback;

namespace Pcm.Virtio.Tests;

/// <summary>The device over real backends: its audio side is any substream.</summary>
public sealed class SoundBackendTests
{
    [Fact]
    public void Play_IntoWav_FileHasExactlyWhatTheDriverSent()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".wav");
        try
        {
            using (var bench = new SoundBench(new SoundBenchOptions
            {
                MakeCard = async services =>
                {
                    PcmCard card = (await new WavBackend(new WavOptions { PlaybackPath = path }).ProbeAsync(services, CancellationToken.None))[0];
                    return (card, [card.Devices[0].Playback[0]]);
                },
            }))
            {
                bench.Prepare();
                SoundPlaybackTests.SendPeriods(bench, 0, 5);
                bench.Ok(VirtioSoundRequest.PcmStart);
                bench.Advance(TimeSpan.FromMilliseconds(23));
                bench.Ok(VirtioSoundRequest.PcmStop);
                bench.Advance(TimeSpan.FromMilliseconds(100));
                bench.Ok(VirtioSoundRequest.PcmStart);
                bench.Advance(TimeSpan.FromMilliseconds(100)); // starves
                RawMessage last = bench.SendOutput(SoundBench.Audio(5 * SoundBench.PeriodFrames, 333));
                bench.Advance(TimeSpan.FromMilliseconds(100));
                Assert.Equal((8, VirtioSoundStatusCode.Ok), (last.Used, last.IoStatus));
                bench.Ok(VirtioSoundRequest.PcmStop);
                bench.Ok(VirtioSoundRequest.PcmRelease);
            }

            using FileStream file = File.OpenRead(path);
            var reader = new WavReader(file);
            Assert.Equal((48000, 2, PcmFormat.S16LE), (reader.Format.Rate, reader.Format.Channels, reader.Format.SampleFormat));
            var audio = new byte[file.Length];
            int frames = reader.Read(audio);
            Assert.Equal(SoundBench.Audio(0, (5 * SoundBench.PeriodFrames) + 333), audio[..(frames * 4)]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void PlayAndCapture_ThroughALoopback_ReturnsWhatWasPlayed()
    {
        using var bench = new SoundBench(new SoundBenchOptions
        {
            MakeCard = static services =>
            {
                PcmCard card = new LoopbackBackend("loop").CreateCard(services);
                return Task.FromResult<(PcmCard, PcmSubstream[])>((card, [card.Devices[0].Playback[0], card.Devices[1].Capture[0]]));
            },
        });
        bench.Prepare(0);
        bench.Prepare(1);
        List<RawMessage> sent = SoundPlaybackTests.SendPeriods(bench, 0, 6);
        List<RawMessage> captured = [.. Enumerable.Range(0, 10).Select(_ => bench.SendInput(stream: 1))];
        bench.Ok(VirtioSoundRequest.PcmStart, 1);
        bench.Ok(VirtioSoundRequest.PcmStart, 0);
        bench.Advance(TimeSpan.FromMilliseconds(120));
        Assert.All(sent, static message => Assert.Equal(VirtioSoundStatusCode.Ok, message.IoStatus));
        Assert.All(captured, static message => Assert.Equal((SoundBench.PeriodBytes + 8, VirtioSoundStatusCode.Ok), (message.Used, message.IoStatus)));
        byte[] heard = [.. captured.SelectMany(static message => message.Writable[..^8].ToArray())];
        byte[] played = SoundBench.Audio(0, 6 * SoundBench.PeriodFrames);
        Assert.True(heard.AsSpan().IndexOf(played) >= 0);
    }
}
