namespace Pcm.Virtio.Tests;

public sealed class SoundPlaybackTests
{
    [Fact]
    public void Play_WholeLife_IsBitExactAndPaced()
    {
        using var bench = new SoundBench();
        byte[] audio = SoundBench.Audio(0, 20 * SoundBench.PeriodFrames);
        bench.Prepare();
        List<RawMessage> messages = [];
        for (int i = 0; i < 20; i++)
        {
            messages.Add(bench.SendOutput(audio.AsSpan(i * SoundBench.PeriodBytes, SoundBench.PeriodBytes)));
        }

        bench.Advance(TimeSpan.FromSeconds(1));
        Assert.All(messages, static message => Assert.Null(message.Used)); // nothing moves before START
        bench.Ok(VirtioSoundRequest.PcmStart);
        for (int i = 0; i < 20; i++)
        {
            bench.Advance(SoundBench.Period - TimeSpan.FromTicks(1));
            Assert.Null(messages[i].Used);
            bench.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(8, messages[i].Used);
            Assert.Equal(VirtioSoundStatusCode.Ok, messages[i].IoStatus);
            Assert.Equal(0u, messages[i].LatencyBytes);
        }

        bench.Ok(VirtioSoundRequest.PcmStop);
        bench.Ok(VirtioSoundRequest.PcmRelease);
        Assert.Equal(audio, bench.Ops[0].Played);
    }
}
