namespace Pcm.Virtio.Tests;

/// <summary>Capture messages: filled in order from the audio side, completed when full.</summary>
public sealed class SoundCaptureTests
{
    public static TheoryData<int, bool> Cuts() => new() { { int.MaxValue, true }, { int.MaxValue, false }, { 7, true }, { 100, false } };

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Capture_Pattern_IsBitExactAndPaced(int cut, bool canPause)
    {
        using var bench = new SoundBench(new SoundBenchOptions
        {
            Playback = 0,
            Capture = 1,
            CanPause = canPause,
            QueueSize = 2048,
            RingFeatures = VirtioFeatures.RingBits & ~VirtioFeatures.RingPacked,
            MaxQueueSize = 2048,
        });
        bench.Prepare();
        List<RawMessage> messages = [];
        for (int i = 0; i < 6; i++)
        {
            messages.Add(bench.SendInput(cut: cut));
        }

        bench.Advance(TimeSpan.FromSeconds(1));
        bench.Ok(VirtioSoundRequest.PcmStart);
        for (int i = 0; i < 6; i++)
        {
            bench.Advance(SoundBench.Period - TimeSpan.FromTicks(1));
            Assert.Null(messages[i].Used);
            bench.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(SoundBench.PeriodBytes + 8, messages[i].Used);
            Assert.Equal((VirtioSoundStatusCode.Ok, 0u), (messages[i].IoStatus, messages[i].LatencyBytes));
        }

        Assert.Equal(Pattern(0, 6 * SoundBench.PeriodBytes), Captured(messages));
    }

    [Fact]
    public void D10_D26_Release_HalfFull_ReturnsHalfWithTheStatusAtTheEnd()
    {
        foreach (bool canPause in (bool[])[true, false])
        {
            using var bench = new SoundBench(new SoundBenchOptions { Playback = 0, Capture = 1, CanPause = canPause });
            bench.Prepare();
            RawMessage half = bench.SendInput();
            RawMessage empty = bench.SendInput();
            bench.Ok(VirtioSoundRequest.PcmStart);
            bench.Advance(SoundBench.Period / 2);
            Assert.Null(half.Used);
            bench.Ok(VirtioSoundRequest.PcmStop);
            bench.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(half.Used);
            bench.Driver.Completed.Clear();
            bench.Ok(VirtioSoundRequest.PcmRelease);
            Assert.Equal([half, empty], bench.Driver.Completed.Take(2)); // D-07
            Assert.Equal(VirtioSoundQueues.Control, bench.Driver.Completed[2].Queue);

            int n = SoundBench.PeriodBytes / 2;
            Assert.Equal((n + 8, VirtioSoundStatusCode.Ok), (half.Used, half.IoStatus));
            Assert.Equal(Pattern(0, n), half.Writable[..n].ToArray());
            Assert.Equal(new byte[8], half.Writable.Slice(n, 8).ToArray()); // what the used length covers was written
            Assert.All(half.Writable[(n + 8)..^8].ToArray(), static b => Assert.Equal(RawSoundDriver.Fill, b));
            Assert.Equal((8, VirtioSoundStatusCode.Ok), (empty.Used, empty.IoStatus));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StopStart_HalfFull_Continues(bool canPause)
    {
        using var bench = new SoundBench(new SoundBenchOptions { Playback = 0, Capture = 1, CanPause = canPause });
        bench.Prepare();
        List<RawMessage> messages = [bench.SendInput(), bench.SendInput()];
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromMilliseconds(6));
        bench.Ok(VirtioSoundRequest.PcmStop);
        bench.Advance(TimeSpan.FromMilliseconds(50));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromMilliseconds(20));
        Assert.All(messages, static message => Assert.Equal(SoundBench.PeriodBytes + 8, message.Used));
        Assert.Equal(Pattern(0, 2 * SoundBench.PeriodBytes), Captured(messages));
    }

    [Fact]
    public void Overrun_ThenBuffers_CapturesAgain()
    {
        using var bench = new SoundBench(new SoundBenchOptions { Playback = 0, Capture = 1 });
        bench.Prepare(features: VirtioSoundPcmFeatures.XRunEvents);
        RawMessage told = bench.PostEventBuffer();
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromMilliseconds(39));
        Assert.Null(told.Used);
        bench.Advance(TimeSpan.FromMilliseconds(61)); // four periods fit
        Assert.Equal(8, told.Used);
        long lost = bench.Ops[0].CapturedBytes;
        RawMessage message = bench.SendInput();
        bench.Advance(SoundBench.Period);
        Assert.Equal((SoundBench.PeriodBytes + 8, VirtioSoundStatusCode.Ok), (message.Used, message.IoStatus));
        Assert.Equal(Pattern(lost, SoundBench.PeriodBytes), message.Writable[..^8].ToArray());
    }

    [Fact]
    public void LateBuffer_WithinTheRing_LosesNothingAndTellsTheLatency()
    {
        using var bench = new SoundBench(new SoundBenchOptions { Playback = 0, Capture = 1 });
        bench.Prepare();
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromMilliseconds(25));
        RawMessage first = bench.SendInput();
        Assert.Equal(SoundBench.PeriodBytes + 8, first.Used);
        Assert.Equal((uint)(SoundBench.PeriodBytes * 3 / 2), first.LatencyBytes); // 25 ms captured, 10 delivered
        RawMessage second = bench.SendInput();
        RawMessage third = bench.SendInput();
        bench.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(Pattern(0, 3 * SoundBench.PeriodBytes), Captured([first, second, third]));
    }

    [Fact]
    public void Message_NoRoomOrHalfAFrame_CompletesInOrder()
    {
        using var bench = new SoundBench(new SoundBenchOptions { Playback = 0, Capture = 1 });
        bench.Prepare();
        RawMessage first = bench.SendInput();
        RawMessage none = bench.SendInput(0);
        RawMessage half = bench.SendInput(1922);
        RawMessage last = bench.SendInput();
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(2 * SoundBench.Period);
        Assert.Equal([first, none, half, last], bench.Driver.Completed.Where(static message => message.Queue == VirtioSoundQueues.Capture));
        Assert.Equal((8, VirtioSoundStatusCode.Ok), (none.Used, none.IoStatus));
        Assert.Equal((8, VirtioSoundStatusCode.IOError), (half.Used, half.IoStatus));
        Assert.Equal(Pattern(0, 2 * SoundBench.PeriodBytes), Captured([first, last]));
    }

    [Fact]
    public void D31_MessagePolling_NoKickEver_CapturesEverything()
    {
        using var bench = new SoundBench(new SoundBenchOptions { Playback = 0, Capture = 1 });
        bench.Prepare(features: VirtioSoundPcmFeatures.MessagePolling);
        List<RawMessage> messages = [];
        Post(2);
        bench.Ok(VirtioSoundRequest.PcmStart);
        for (int i = 0; i < 8; i++)
        {
            bench.Advance(SoundBench.Period);
            Post(1);
        }

        bench.Advance(4 * SoundBench.Period);
        Assert.Equal(0, bench.Transport.GetMetrics(VirtioSoundQueues.Capture).Notifications);
        Assert.Equal(Pattern(0, 10 * SoundBench.PeriodBytes), Captured(messages));
        bench.Advance(20 * SoundBench.Period); // overruns
        messages.Clear();
        Post(1);
        bench.Advance(3 * SoundBench.Period);
        Assert.Equal(SoundBench.PeriodBytes + 8, messages[0].Used);

        void Post(int count)
        {
            for (int i = 0; i < count; i++)
            {
                messages.Add(bench.MakeInput(SoundBench.PeriodBytes));
                bench.Driver.Add(messages[^1]);
                bench.Driver.PublishSilently(VirtioSoundQueues.Capture);
            }
        }
    }

    private static byte[] Pattern(long first, int count) => [.. Enumerable.Range(0, count).Select(i => (byte)((first + i) * 7))];

    private static byte[] Captured(IEnumerable<RawMessage> messages) => [.. messages.SelectMany(static message => message.Writable[..^8].ToArray())];
}
