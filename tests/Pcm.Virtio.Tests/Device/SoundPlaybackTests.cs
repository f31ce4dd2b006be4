namespace Pcm.Virtio.Tests;

/// <summary>Playback messages: when they are completed, and that what they carry comes out.</summary>
public sealed class SoundPlaybackTests
{
    public static TheoryData<VirtioFeatures, bool> Rings() => new()
    {
        { VirtioFeatures.None, false },
        { VirtioFeatures.EventIndex | VirtioFeatures.IndirectDescriptors, false },
        { VirtioFeatures.RingBits, false },
        { VirtioFeatures.RingBits, true },
    };

    [Theory]
    [MemberData(nameof(Rings))]
    public void Play_WholeLife_IsBitExactAndPaced(VirtioFeatures rings, bool canPause)
    {
        using var bench = new SoundBench(new SoundBenchOptions { RingFeatures = rings, CanPause = canPause });
        bench.Prepare();
        List<RawMessage> messages = SendPeriods(bench, 0, 20);
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
        Assert.Equal(SoundBench.Audio(0, 20 * SoundBench.PeriodFrames), bench.Ops[0].Played);
        Assert.Equal(0, bench.Ops[0].UnderrunFrames);
    }

    [Theory]
    [InlineData(1)]   // every descriptor a byte
    [InlineData(7)]   // no descriptor a whole number of frames
    [InlineData(100)]
    public void D54_Play_AnyDescriptorSizes_IsBitExact(int cut)
    {
        using var bench = new SoundBench(new SoundBenchOptions { QueueSize = 2048, MaxQueueSize = 2048, RingFeatures = VirtioFeatures.RingBits & ~VirtioFeatures.RingPacked });
        Assert.Equal(VirtioSoundStatusCode.Ok, bench.SetParams(SoundBench.Parameters(periodBytes: 64 * 3) with { Format = 11, Channels = 1 })); // S24_3
        bench.Ok(VirtioSoundRequest.PcmPrepare);
        byte[] audio = SoundBench.Audio(0, 48 * 4);
        RawMessage first = bench.SendOutput(audio.AsSpan(0, 192), cut: cut);
        bench.Ok(VirtioSoundRequest.PcmStart);
        for (int i = 1; i < 4; i++)
        {
            bench.Advance(TimeSpan.FromMilliseconds(1));
            bench.SendOutput(audio.AsSpan(i * 192, 192), cut: cut);
        }

        bench.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(8, first.Used);
        Assert.Equal(audio, bench.Ops[0].Played);
    }

    [Fact]
    public void D05_Prepare_WholeBufferBeforeStart_IsAcceptedAndReturnedInOrder()
    {
        using var bench = new SoundBench();
        bench.Prepare(periods: 60, features: VirtioSoundPcmFeatures.XRunEvents);
        RawMessage eventBuffer = bench.PostEventBuffer();
        List<RawMessage> messages = SendPeriods(bench, 0, 60);
        Assert.All(messages, static message => Assert.Null(message.Used));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(60 * SoundBench.Period - TimeSpan.FromTicks(1));
        Assert.Null(eventBuffer.Used);
        bench.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(messages, OutputsOf(bench));
        Assert.Equal(SoundBench.Audio(0, 60 * SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Fact]
    public void Play_MoreThanTheBackendsRing_IsBitExact()
    {
        using var bench = new SoundBench(new SoundBenchOptions
        {
            Hardware = ClockedOps.DefaultHardware with { BufferBytesMax = 3000, PeriodBytesMax = 1000 },
        });
        bench.Prepare(periods: 8);
        List<RawMessage> messages = SendPeriods(bench, 0, 8);
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(80 * TimeSpan.FromMilliseconds(1) + TimeSpan.FromMilliseconds(10));
        Assert.All(messages, static message => Assert.Equal(8, message.Used));
        Assert.Equal(SoundBench.Audio(0, 8 * SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Fact]
    public void D06_D07_Release_Pending_CompletesAllBeforeTheAnswer()
    {
        foreach (bool started in (bool[])[false, true])
        {
            using var bench = new SoundBench();
            bench.Prepare();
            List<RawMessage> messages = SendPeriods(bench, 0, 5);
            if (started)
            {
                bench.Ok(VirtioSoundRequest.PcmStart);
                bench.Advance(SoundBench.Period * 1.5);
                bench.Ok(VirtioSoundRequest.PcmStop);
            }

            // Another one that the device has not seen when RELEASE comes: published, not notified.
            RawMessage unseen = bench.MakeOutput(SoundBench.Audio(9, SoundBench.PeriodFrames));
            bench.Driver.Add(unseen);
            bench.Driver.PublishSilently(VirtioSoundQueues.Playback);
            bench.Driver.Completed.Clear();
            bench.Ok(VirtioSoundRequest.PcmRelease);

            List<RawMessage> expected = [.. messages.Skip(started ? 1 : 0), unseen];
            Assert.Equal(expected, bench.Driver.Completed.Take(expected.Count));
            Assert.Equal(VirtioSoundQueues.Control, bench.Driver.Completed[^1].Queue);
            Assert.Equal(expected.Count + 1, bench.Driver.Completed.Count);
            Assert.All(expected, static message => Assert.Equal((8, VirtioSoundStatusCode.Ok), (message.Used, message.IoStatus)));

            // The latency says how much was not played: half of the first when it was stopped there, else all.
            Assert.Equal((uint)(started ? SoundBench.PeriodBytes / 2 : SoundBench.PeriodBytes), expected[0].LatencyBytes);
            Assert.All(expected.Skip(1), static message => Assert.Equal((uint)SoundBench.PeriodBytes, message.LatencyBytes));
        }
    }

    [Fact]
    public void D08_Release_OtherStream_KeepsItsMessages()
    {
        using var bench = new SoundBench(new SoundBenchOptions { Playback = 2 });
        bench.Prepare(0);
        bench.Prepare(1);
        List<RawMessage> first = SendPeriods(bench, 0, 3);
        List<RawMessage> second = SendPeriods(bench, 0, 3, stream: 1);
        bench.Ok(VirtioSoundRequest.PcmRelease, 0);
        Assert.All(first, static message => Assert.Equal(8, message.Used));
        Assert.All(second, static message => Assert.Null(message.Used));
        bench.Ok(VirtioSoundRequest.PcmStart, 1);
        bench.Advance(3 * SoundBench.Period);
        Assert.All(second, static message => Assert.Equal(VirtioSoundStatusCode.Ok, message.IoStatus));
        Assert.Empty(bench.Ops[0].Played);
        Assert.Equal(SoundBench.Audio(0, 3 * SoundBench.PeriodFrames), bench.Ops[1].Played);
    }

    [Fact]
    public void D09_Play_SlowSink_CompletesWithTheLastFrameOnly()
    {
        using var bench = new SoundBench(new SoundBenchOptions
        {
            Hardware = ClockedOps.DefaultHardware with { PeriodBytesMin = 400, PeriodBytesMax = 400 }, // wakes 4.8 times in a message
        });
        bench.Prepare();
        List<RawMessage> messages = SendPeriods(bench, 0, 3);
        bench.Ok(VirtioSoundRequest.PcmStart);
        int step = 0;
        while (messages.Any(static message => message.Used is null))
        {
            bench.Advance(TimeSpan.FromMicroseconds(100));
            Assert.True(++step < 1000);
            int returned = messages.Count(static message => message.Used is not null);
            Assert.True(bench.Ops[0].PlayedFrames >= returned * SoundBench.PeriodFrames);
        }
    }

    [Fact]
    public void D24_Message_UnknownStreamOrWrongQueue_IsIOError()
    {
        using var bench = new SoundBench(new SoundBenchOptions { Capture = 1 });
        bench.Prepare(0);
        bench.Prepare(1);
        foreach (int stream in (int[])[1, 2, 1000, -1])
        {
            RawMessage message = bench.SendOutput(SoundBench.Audio(0, 10), stream);
            Assert.Equal((8, VirtioSoundStatusCode.IOError), (message.Used, message.IoStatus));
        }

        foreach (int stream in (int[])[0, 2, 1000, -1])
        {
            RawMessage message = bench.SendInput(stream: stream);
            Assert.Equal((8, VirtioSoundStatusCode.IOError), (message.Used, message.IoStatus));
        }
    }

    [Fact]
    public void D25_Message_TooShort_IsReturned()
    {
        using var bench = new SoundBench(new SoundBenchOptions { Capture = 1 });
        bench.Prepare(0);
        bench.Prepare(1);
        foreach (ushort queue in (ushort[])[VirtioSoundQueues.Playback, VirtioSoundQueues.Capture])
        {
            for (int readable = 0; readable < 4; readable++)
            {
                RawMessage message = bench.Driver.Send(queue, new byte[readable], 8);
                bench.Settle();
                Assert.Equal((8, VirtioSoundStatusCode.IOError), (message.Used, message.IoStatus));
            }

            for (int writable = 0; writable < 8; writable++)
            {
                RawMessage message = bench.Driver.Send(queue, [(byte)(queue - 2), 0, 0, 0], writable);
                bench.Settle();
                Assert.Equal(0, message.Used);
                Assert.All(message.Writable[..writable].ToArray(), static b => Assert.Equal(RawSoundDriver.Fill, b));
            }
        }
    }

    [Fact]
    public void D27_Messages_MalformedOneBetween_CompleteInOrder()
    {
        using var bench = new SoundBench();
        bench.Prepare();
        RawMessage first = bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        RawMessage cut = bench.SendOutput(new byte[1921]);  // no whole number of frames
        RawMessage empty = bench.SendOutput([]);
        RawMessage last = bench.SendOutput(SoundBench.Audio(SoundBench.PeriodFrames, SoundBench.PeriodFrames));
        Assert.All((RawMessage[])[first, cut, empty, last], static message => Assert.Null(message.Used));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(2 * SoundBench.Period);
        Assert.Equal([first, cut, empty, last], OutputsOf(bench));
        Assert.Equal(VirtioSoundStatusCode.IOError, cut.IoStatus);
        Assert.All((RawMessage[])[first, empty, last], static message => Assert.Equal(VirtioSoundStatusCode.Ok, message.IoStatus));
        Assert.Equal(SoundBench.Audio(0, 2 * SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Fact]
    public void Play_PartialLastMessage_PlaysToItsLastFrame()
    {
        using var bench = new SoundBench();
        bench.Prepare();
        SendPeriods(bench, 0, 2);
        RawMessage last = bench.SendOutput(SoundBench.Audio(2 * SoundBench.PeriodFrames, 123));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(2 * SoundBench.Period + TimeSpan.FromMicroseconds(2562)); // 123 frames take 2562.5 us
        Assert.Null(last.Used);
        bench.Advance(SoundBench.Period); // the backend tells at its next period
        Assert.Equal((8, VirtioSoundStatusCode.Ok), (last.Used, last.IoStatus));
        Assert.Equal(SoundBench.Audio(0, (2 * SoundBench.PeriodFrames) + 123), bench.Ops[0].Played);
    }

    [Fact]
    public void PrepareOrSetParams_MessagesQueued_CompletesThemFirst()
    {
        using var bench = new SoundBench();
        bench.Prepare();
        RawMessage first = bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.Ok(VirtioSoundRequest.PcmPrepare);
        Assert.Equal((8, VirtioSoundStatusCode.Ok, 0u), (first.Used, first.IoStatus, first.LatencyBytes));
        RawMessage second = bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.Driver.Completed.Clear();
        Assert.Equal(VirtioSoundStatusCode.Ok, bench.SetParams(SoundBench.Parameters()));
        Assert.Equal((8, VirtioSoundStatusCode.Ok, 0u), (second.Used, second.IoStatus, second.LatencyBytes));
        Assert.Same(second, bench.Driver.Completed[0]);
        bench.Ok(VirtioSoundRequest.PcmPrepare);
        bench.SendOutput(SoundBench.Audio(5, SoundBench.PeriodFrames));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(SoundBench.Period);
        Assert.Equal(SoundBench.Audio(5, SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Fact]
    public void Kick_DataBeforeThePrepareItNeeds_IsAcceptedWhenBothAreThere()
    {
        using var bench = new SoundBench();
        Assert.Equal(VirtioSoundStatusCode.Ok, bench.SetParams(SoundBench.Parameters()));
        RawMessage prepare = bench.Driver.Make(VirtioSoundQueues.Control, SoundBench.CommandBytes(VirtioSoundRequest.PcmPrepare), 4);
        RawMessage data = bench.MakeOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.Driver.Add(prepare);
        bench.Driver.Add(data);
        bench.Driver.PublishSilently(VirtioSoundQueues.Control);
        bench.Driver.Kick(VirtioSoundQueues.Playback);
        bench.Settle();
        Assert.Equal(VirtioSoundStatusCode.Ok, prepare.Status);
        Assert.Null(data.Used);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D31_MessagePolling_NoKickEver_PlaysEverything(bool startsEmpty)
    {
        using var bench = new SoundBench();
        bench.Prepare(features: VirtioSoundPcmFeatures.MessagePolling);
        int sent = 0;
        if (!startsEmpty)
        {
            SendSilently(bench, ref sent, 3);
        }

        bench.Ok(VirtioSoundRequest.PcmStart);
        for (int i = 0; i < 10; i++)
        {
            bench.Advance(SoundBench.Period);
            SendSilently(bench, ref sent, 1);
        }

        bench.Advance(50 * SoundBench.Period); // runs dry
        SendSilently(bench, ref sent, 2);
        bench.Advance(4 * SoundBench.Period);
        Assert.Equal(0, bench.Transport.GetMetrics(VirtioSoundQueues.Playback).Notifications);
        Assert.Equal(SoundBench.Audio(0, sent * SoundBench.PeriodFrames), bench.Ops[0].Played);
        SendSilently(bench, ref sent, 2);
        bench.Ok(VirtioSoundRequest.PcmStop);
        bench.Ok(VirtioSoundRequest.PcmRelease);
        Assert.Equal(sent, OutputsOf(bench).Count); // RELEASE found what nobody had told it of
    }

    [Fact]
    public void Latency_BackendBehindItsRing_IsReportedInBytes()
    {
        using var bench = new SoundBench();
        bench.Ops[0].DelayFrames = 100;
        bench.Prepare();
        RawMessage message = bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(SoundBench.Period);
        Assert.Equal(400u, message.LatencyBytes);
    }

    [Fact]
    public void ResetQueue_WhileRunning_ForgetsMessagesAndGoesOn()
    {
        using var bench = new SoundBench();
        bench.Prepare();
        List<RawMessage> lost = SendPeriods(bench, 0, 6);
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(SoundBench.Period);
        Assert.True(bench.Clock.Run(() => bench.Driver.Device.ResetQueueAsync(VirtioSoundQueues.Playback).AsTask()));
        Assert.All(lost.Skip(1), static message => Assert.Null(message.Used));
        bench.Advance(TimeSpan.FromMilliseconds(100)); // what was in the ring plays out
        bench.Ops[0].Played.Clear();
        RawMessage message = bench.SendOutput(SoundBench.Audio(77, SoundBench.PeriodFrames));
        bench.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal((8, VirtioSoundStatusCode.Ok), (message.Used, message.IoStatus));
        Assert.Equal(SoundBench.Audio(77, SoundBench.PeriodFrames), bench.Ops[0].Played);
        Assert.All(lost.Skip(1), static m => Assert.Equal(0, m.Completions));
    }

    [Fact]
    public void Play_SteadyState_AllocatesNothing()
    {
        foreach (VirtioFeatures rings in (VirtioFeatures[])[VirtioFeatures.None, VirtioFeatures.RingBits])
        {
            using var bench = new SoundBench(new SoundBenchOptions { Capture = 1, RingFeatures = rings });
            bench.Ops[0].Records = false;
            bench.Driver.Logs = false;
            bench.Prepare(0);
            bench.Prepare(1);
            SendPeriods(bench, 0, 4);
            for (int i = 0; i < 4; i++)
            {
                bench.SendInput(stream: 1);
            }

            bench.Ok(VirtioSoundRequest.PcmStart, 0);
            bench.Ok(VirtioSoundRequest.PcmStart, 1);
            int returned = 0;
            bench.Driver.OnCompleted = message =>
            {
                returned++;
                bench.Driver.Add(message); // the same again
                bench.Driver.Kick(message.Queue);
            };
            Advance(bench, 100); // warms up
            returned = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            Advance(bench, 1000);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            bench.Driver.OnCompleted = null;
            Assert.Equal(2000, returned);
#if DEBUG
            // Without optimisation the state machine of each await is a class (the core's PollAsync, once a message), and HasFlag boxes.
            Assert.InRange(allocated, 0, 2000 * 512);
#else
            Assert.Equal(0, allocated);
#endif
        }

        static void Advance(SoundBench bench, int periods)
        {
            for (int i = 0; i < periods; i++)
            {
                bench.Advance(SoundBench.Period);
            }
        }
    }

    internal static List<RawMessage> SendPeriods(SoundBench bench, int firstPeriod, int periods, int stream = 0)
    {
        List<RawMessage> messages = [];
        for (int i = 0; i < periods; i++)
        {
            messages.Add(bench.SendOutput(SoundBench.Audio((firstPeriod + i) * SoundBench.PeriodFrames, SoundBench.PeriodFrames), stream));
        }

        return messages;
    }

    private static void SendSilently(SoundBench bench, ref int sent, int periods)
    {
        for (int i = 0; i < periods; i++)
        {
            bench.Driver.Add(bench.MakeOutput(SoundBench.Audio((sent + i) * SoundBench.PeriodFrames, SoundBench.PeriodFrames)));
            bench.Driver.PublishSilently(VirtioSoundQueues.Playback);
        }

        sent += periods;
    }

    internal static List<RawMessage> OutputsOf(SoundBench bench) =>
        [.. bench.Driver.Completed.Where(static message => message.Queue == VirtioSoundQueues.Playback)];
}
