using System.Runtime.InteropServices;

namespace Pcm.Virtio.Tests;

/// <summary>Playback when the driver stops, starves or hurries, and when the audio side is slow or fails.</summary>
public sealed class SoundRecoveryTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StopStart_AnyPlace_ContinuesWithoutLossOrRepetition(bool canPause)
    {
        using var bench = new SoundBench(new SoundBenchOptions { CanPause = canPause });
        bench.Prepare();
        List<RawMessage> messages = SoundPlaybackTests.SendPeriods(bench, 0, 6);
        bench.Ok(VirtioSoundRequest.PcmStart);
        foreach (double ms in (double[])[3.5, 10, 6.5, 0, 12.25])
        {
            bench.Advance(TimeSpan.FromMilliseconds(ms));
            bench.Ok(VirtioSoundRequest.PcmStop);
            int returned = messages.Count(static message => message.Used is not null);
            bench.Advance(TimeSpan.FromMilliseconds(55));
            Assert.Equal(returned, messages.Count(static message => message.Used is not null)); // held
            bench.Ok(VirtioSoundRequest.PcmStart);
        }

        bench.Advance(TimeSpan.FromMilliseconds(28));
        Assert.All(messages, static message => Assert.Equal((8, VirtioSoundStatusCode.Ok), (message.Used, message.IoStatus)));
        Assert.Equal(SoundBench.Audio(0, 6 * SoundBench.PeriodFrames), bench.Ops[0].Played);
        Assert.Equal(canPause, bench.Ops[0].Log.Contains("PausePush"));
    }

    [Fact]
    public void Stopped_NewMessages_AreHeldAndPlayedAfterStart()
    {
        foreach (bool canPause in (bool[])[true, false])
        {
            using var bench = new SoundBench(new SoundBenchOptions { CanPause = canPause });
            bench.Prepare();
            SoundPlaybackTests.SendPeriods(bench, 0, 2);
            bench.Ok(VirtioSoundRequest.PcmStart);
            bench.Advance(TimeSpan.FromMilliseconds(5));
            bench.Ok(VirtioSoundRequest.PcmStop);
            List<RawMessage> late = SoundPlaybackTests.SendPeriods(bench, 2, 2);
            bench.Advance(TimeSpan.FromSeconds(1));
            Assert.All(late, static message => Assert.Null(message.Used));
            bench.Ok(VirtioSoundRequest.PcmStart);
            bench.Advance(TimeSpan.FromMilliseconds(35));
            Assert.All(late, static message => Assert.Equal(8, message.Used));
            Assert.Equal(SoundBench.Audio(0, 4 * SoundBench.PeriodFrames), bench.Ops[0].Played);
        }
    }

    [Fact]
    public void Starve_AndFeedAgain_RestartsAndLosesNothing()
    {
        using var bench = new SoundBench();
        bench.Prepare();
        bench.Ok(VirtioSoundRequest.PcmStart); // nothing to play yet
        bench.Advance(TimeSpan.FromMilliseconds(7));
        var audio = 0;
        foreach (int periods in (int[])[1, 3, 2])
        {
            List<RawMessage> messages = SoundPlaybackTests.SendPeriods(bench, audio, periods);
            audio += periods;
            bench.Advance(periods * SoundBench.Period);
            Assert.All(messages, static message => Assert.Equal((8, VirtioSoundStatusCode.Ok), (message.Used, message.IoStatus)));
            bench.Advance(TimeSpan.FromMilliseconds(33));
        }

        Assert.Equal(SoundBench.Audio(0, 6 * SoundBench.PeriodFrames), bench.Ops[0].Played);
        Assert.Equal(SoundStreamState.Running, bench.Device.GetState(0));
    }

    [Fact]
    public void BackendXRun_DataQueued_IsWrittenAgain()
    {
        using var bench = new SoundBench();
        bench.Prepare();
        List<RawMessage> messages = SoundPlaybackTests.SendPeriods(bench, 0, 4);
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromMilliseconds(10));
        bench.Ops[0].FailNow(); // at a period, where the core knows the position
        bench.Advance(TimeSpan.FromMilliseconds(30));
        Assert.All(messages, static message => Assert.Equal((8, VirtioSoundStatusCode.Ok), (message.Used, message.IoStatus)));
        Assert.Equal(SoundBench.Audio(0, 4 * SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Fact]
    public void BackendXRun_AgainAndAgain_IsRetriedOnceInAPeriod()
    {
        using var bench = new SoundBench();
        bench.Prepare();
        bench.Ops[0].StartsDry = true;
        RawMessage message = bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(10 * SoundBench.Period);
        Assert.Null(message.Used);
        Assert.InRange(bench.Ops[0].Log.Count(static line => line == "Start"), 9, 14);
        bench.Ops[0].StartsDry = false;
        bench.Advance(2 * SoundBench.Period);
        Assert.Equal(VirtioSoundStatusCode.Ok, message.IoStatus);
        Assert.Equal(SoundBench.Audio(0, SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Fact]
    public void Restart_BackendFails_CompletesWithIOErrorUntilPreparedAgain()
    {
        using var bench = new SoundBench();
        bench.Prepare();
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Ops[0].StartResult = PcmError.IO;
        List<RawMessage> messages = SoundPlaybackTests.SendPeriods(bench, 0, 2);
        Assert.All(messages, static message => Assert.Equal((8, VirtioSoundStatusCode.IOError), (message.Used, message.IoStatus)));
        bench.Ops[0].StartResult = PcmError.None;
        Assert.Equal(VirtioSoundStatusCode.IOError, bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames)).IoStatus);
        bench.Ok(VirtioSoundRequest.PcmStop);
        bench.Ok(VirtioSoundRequest.PcmRelease);
        bench.Ok(VirtioSoundRequest.PcmPrepare);
        RawMessage good = bench.SendOutput(SoundBench.Audio(7, SoundBench.PeriodFrames));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(SoundBench.Period);
        Assert.Equal(VirtioSoundStatusCode.Ok, good.IoStatus);
        Assert.Equal(SoundBench.Audio(7, SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Fact]
    public void CardGone_WhileRunning_CompletesWithIOErrorAndCommandsStillAnswer()
    {
        using var bench = new SoundBench();
        bench.Prepare();
        List<RawMessage> messages = SoundPlaybackTests.SendPeriods(bench, 0, 3);
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromMilliseconds(15));
        bench.Clock.Run(() => bench.Card.DisconnectAsync().AsTask());
        bench.Settle();
        Assert.Equal(VirtioSoundStatusCode.Ok, messages[0].IoStatus);
        Assert.All(messages.Skip(1), static message => Assert.Equal((8, VirtioSoundStatusCode.IOError), (message.Used, message.IoStatus)));
        bench.Ok(VirtioSoundRequest.PcmStop);
        bench.Ok(VirtioSoundRequest.PcmRelease);
        Assert.Equal(VirtioSoundStatusCode.IOError, bench.Command(VirtioSoundRequest.PcmPrepare));
    }

    [Fact]
    public void CardSuspended_WhileRunning_PlaysOnFromItsPlace()
    {
        using var bench = new SoundBench();
        bench.Prepare();
        List<RawMessage> messages = SoundPlaybackTests.SendPeriods(bench, 0, 3);
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromMilliseconds(10));
        bench.Clock.Run(() => bench.Card.SuspendAsync().AsTask());
        bench.Advance(TimeSpan.FromMilliseconds(40));
        Assert.All(messages, static message => Assert.Equal((8, VirtioSoundStatusCode.Ok), (message.Used, message.IoStatus)));
        Assert.Equal(SoundBench.Audio(0, 3 * SoundBench.PeriodFrames), bench.Ops[0].Played);
    }

    [Fact]
    public void Commands_SlowBackend_AreAnsweredInOrderWhileOthersGoOn()
    {
        using var bench = new SoundBench(new SoundBenchOptions { Playback = 2 });
        bench.Prepare(1);
        bench.Ops[0].VerbDelay = TimeSpan.FromMilliseconds(5);
        RawMessage[] requests =
        [
            bench.Driver.Send(VirtioSoundQueues.Control, SoundBench.Bytes(SoundBench.Parameters()), 4),
            bench.Driver.Send(VirtioSoundQueues.Control, SoundBench.CommandBytes(VirtioSoundRequest.PcmPrepare), 4),
            bench.Driver.Send(VirtioSoundQueues.Control, SoundBench.CommandBytes(VirtioSoundRequest.PcmStart), 4),
            bench.Driver.Send(VirtioSoundQueues.Control, SoundBench.CommandBytes(VirtioSoundRequest.PcmStop), 4),
            bench.Driver.Send(VirtioSoundQueues.Control, SoundBench.CommandBytes(VirtioSoundRequest.PcmPrepare), 4),
            bench.Driver.Send(VirtioSoundQueues.Control, SoundBench.CommandBytes(VirtioSoundRequest.PcmRelease), 4),
        ];
        bench.Advance(TimeSpan.FromMilliseconds(6));
        Assert.Equal(4, requests[0].Used);
        RawMessage data = bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames)); // while PREPARE is under way
        Assert.All(requests.Skip(1), static request => Assert.Null(request.Used));
        Assert.Null(data.Used);

        // The other stream does not wait for it.
        SoundPlaybackTests.SendPeriods(bench, 0, 2, stream: 1);
        bench.Ok(VirtioSoundRequest.PcmStart, 1);
        bench.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(SoundBench.Audio(0, 2 * SoundBench.PeriodFrames), bench.Ops[1].Played);
        Assert.Equal(requests, bench.Driver.Completed.Where(requests.Contains));
        Assert.Equal(
            [VirtioSoundStatusCode.Ok, VirtioSoundStatusCode.Ok, VirtioSoundStatusCode.Ok, VirtioSoundStatusCode.Ok, VirtioSoundStatusCode.BadMessage, VirtioSoundStatusCode.Ok],
            requests.Select(static request => request.Status));
        Assert.Equal((8, VirtioSoundStatusCode.Ok), (data.Used, data.IoStatus));
        int release = bench.Driver.Completed.IndexOf(requests[5]);
        Assert.InRange(bench.Driver.Completed.IndexOf(data), 0, release - 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Play_SlowBackend_IsBitExactThroughStopAndStarvation(bool canPause)
    {
        using var bench = new SoundBench(new SoundBenchOptions { CanPause = canPause });
        bench.Ops[0].VerbDelay = TimeSpan.FromMilliseconds(3);
        RawMessage request = bench.Driver.Send(VirtioSoundQueues.Control, SoundBench.Bytes(SoundBench.Parameters()), 4);
        bench.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(VirtioSoundStatusCode.Ok, request.Status);
        int sent = 0;
        foreach (VirtioSoundRequest code in (VirtioSoundRequest[])
            [VirtioSoundRequest.PcmPrepare, VirtioSoundRequest.PcmStart, VirtioSoundRequest.PcmStop, VirtioSoundRequest.PcmStart, VirtioSoundRequest.PcmStop, VirtioSoundRequest.PcmStart])
        {
            request = bench.Driver.Send(VirtioSoundQueues.Control, SoundBench.CommandBytes(code), 4);
            bench.Advance(TimeSpan.FromMilliseconds(17));
            Assert.Equal(VirtioSoundStatusCode.Ok, request.Status);
            SoundPlaybackTests.SendPeriods(bench, sent, 3);
            sent += 3;
            bench.Advance(TimeSpan.FromMilliseconds(11));
        }

        bench.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(sent, SoundPlaybackTests.OutputsOf(bench).Count);
        if (canPause)
        {
            Assert.Equal(SoundBench.Audio(0, sent * SoundBench.PeriodFrames), bench.Ops[0].Played);
            return;
        }

        // Hardware that cannot pause and takes 3 ms to stop plays 3 ms that nobody knows of; they come again. Nothing is left out.
        int next = 0;
        foreach (int frame in MemoryMarshal.Cast<byte, int>(bench.Ops[0].Played.ToArray()))
        {
            int number = frame ^ 0x5A000000;
            Assert.InRange(number, next - 144, next);
            next = number + 1;
        }

        Assert.Equal(sent * SoundBench.PeriodFrames, next);
    }
}
