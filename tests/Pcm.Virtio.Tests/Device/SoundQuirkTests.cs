using Pcm.Virtio.Tests.EndToEnd;

namespace Pcm.Virtio.Tests;

/// <summary>Each quirk really shows, to a driver that walks into it.</summary>
public sealed class SoundQuirkTests
{
    [Fact]
    public void NoStateMachine_AnyCommand_IsOk()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.NoStateMachine);
        Assert.Equal(VirtioSoundStatusCode.Ok, bench.Command(VirtioSoundRequest.PcmStart));
        Assert.Equal(SoundStreamState.Idle, bench.Device.GetState(0));
    }

    [Fact]
    public void ChannelsMaxFollowsPrepare_AfterPrepare_IsTwo()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.ChannelsMaxFollowsPrepare);
        Assert.Equal(8, ChannelsMax(bench));
        bench.Prepare();
        Assert.Equal(2, ChannelsMax(bench));
    }

    [Fact]
    public void RefusesNeedlessRelease_Idle_IsBadMessage()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.RefusesNeedlessRelease);
        Assert.Equal(VirtioSoundStatusCode.BadMessage, bench.Command(VirtioSoundRequest.PcmRelease));
    }

    [Fact]
    public void StatusBehindData_HalfFull_IsNotAtTheEnd()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.StatusBehindData);
        bench.Prepare(stream: 1);
        RawMessage message = bench.SendInput(stream: 1);
        bench.Ok(VirtioSoundRequest.PcmStart, 1);
        bench.Advance(SoundBench.Period / 2);
        bench.Ok(VirtioSoundRequest.PcmStop, 1);
        bench.Ok(VirtioSoundRequest.PcmRelease, 1);
        int used = message.Used!.Value;
        Assert.InRange(used, 8, SoundBench.PeriodBytes);
        Assert.Equal((uint)VirtioSoundStatusCode.Ok, BitConverter.ToUInt32(message.Writable[(used - 8)..]));
        Assert.All(message.Writable[used..].ToArray(), static b => Assert.Equal(RawSoundDriver.Fill, b));
    }

    [Fact]
    public void CaptureNeverCompletes_EvenAtRelease_StaysOut()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.CaptureNeverCompletes);
        bench.Prepare(stream: 1);
        RawMessage message = bench.SendInput(stream: 1);
        bench.Ok(VirtioSoundRequest.PcmStart, 1);
        bench.Advance(TimeSpan.FromSeconds(1));
        bench.Ok(VirtioSoundRequest.PcmStop, 1);
        bench.Ok(VirtioSoundRequest.PcmRelease, 1);
        Assert.Null(message.Used);
    }

    [Fact]
    public void CompletesAtOnce_BeforeStart_ComesBackWithThatLatency()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.CompletesAtOnce | VirtioSoundQuirks.LatencyIsLengthLessFour);
        bench.Prepare();
        RawMessage message = bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        Assert.Equal((8, (uint)SoundBench.PeriodBytes - 4), (message.Used, message.LatencyBytes));
    }

    [Fact]
    public void CompletesEarly_Running_ComesBackAPeriodBefore()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.CompletesEarly);
        bench.Prepare();
        RawMessage[] messages = [.. Enumerable.Range(0, 3).Select(i => bench.SendOutput(SoundBench.Audio(i * SoundBench.PeriodFrames, SoundBench.PeriodFrames)))];
        bench.Ok(VirtioSoundRequest.PcmStart);
        Assert.Equal([8, null, null], messages.Select(static m => m.Used));
    }

    [Fact]
    public void StopReturnsQueued_Stop_GivesAllBack()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.StopReturnsQueued);
        bench.Prepare();
        RawMessage[] messages = [.. Enumerable.Range(0, 3).Select(i => bench.SendOutput(SoundBench.Audio(i * SoundBench.PeriodFrames, SoundBench.PeriodFrames)))];
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Ok(VirtioSoundRequest.PcmStop);
        Assert.All(messages, static m => Assert.Equal((8, VirtioSoundStatusCode.Ok), (m.Used, m.IoStatus)));
    }

    [Fact]
    public void NoEvents_Jack_IsNotTold()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.NoEvents);
        bench.Device.SetJackConnected(1, true);
        Assert.Null(bench.PostEventBuffer().Used);
    }

    [Fact]
    public void EventIndexHangs_WithEventIndex_NothingIsAnswered()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.EventIndexHangs);
        Assert.Null(bench.Request(SoundBench.CommandBytes(VirtioSoundRequest.PcmStop)).Used);
        using var without = new SoundBench(new SoundBenchOptions { Quirks = VirtioSoundQuirks.EventIndexHangs, RingFeatures = VirtioFeatures.None });
        Assert.Equal(VirtioSoundStatusCode.BadMessage, without.Command(VirtioSoundRequest.PcmStop));
    }

    [Theory]
    [InlineData(VirtioSoundQuirks.JackInfoNotSupported, VirtioSoundRequest.JackInfo, VirtioSoundStatusCode.NotSupported)]
    [InlineData(VirtioSoundQuirks.JackInfoBadMessage, VirtioSoundRequest.JackInfo, VirtioSoundStatusCode.BadMessage)]
    [InlineData(VirtioSoundQuirks.ChannelMapInfoNotSupported, VirtioSoundRequest.ChmapInfo, VirtioSoundStatusCode.NotSupported)]
    public void Info_WithTheQuirk_IsRefused(VirtioSoundQuirks quirk, VirtioSoundRequest code, VirtioSoundStatusCode status)
    {
        using SoundBench bench = Bench(quirk);
        Assert.Equal(status, Query(bench, code, 1, 24).Status);
    }

    [Fact]
    public void Config_Counts_AreWrong()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.ChannelMapCountTooSmall | VirtioSoundQuirks.ControlCountMissing);
        var config = new byte[16];
        bench.Transport.ReadConfig(0, config);
        Assert.Equal([3, 2, 2, uint.MaxValue], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(config).ToArray());
        Assert.Equal(VirtioSoundStatusCode.Ok, Query(bench, VirtioSoundRequest.ChmapInfo, 3, 24).Status);
    }

    [Fact]
    public void StaleCompletionsAfterReset_MessagesQueued_ComeBackInTheNextLife()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.StaleCompletionsAfterReset);
        bench.Prepare();
        bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        Exception e = Assert.ThrowsAny<Exception>(bench.Renegotiate); // the raw driver takes what comes, and looks at it
        Assert.Contains("broke the queue", e.Message, StringComparison.Ordinal);
        Assert.True(bench.Driver.Device.Queues[VirtioSoundQueues.Playback].IsBroken);
    }

    [Fact]
    public void PartialFrameBlocks_OddBytes_HoldsEverythingBehindIt()
    {
        using SoundBench bench = Bench(VirtioSoundQuirks.PartialFrameBlocks);
        bench.Prepare();
        bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        RawMessage odd = bench.SendOutput(new byte[3]);
        RawMessage behind = bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((null, null), (odd.Used, behind.Used));
        bench.Ok(VirtioSoundRequest.PcmStop);
        bench.Ok(VirtioSoundRequest.PcmRelease);
        Assert.Equal((8, 8), (odd.Used, behind.Used));
    }

    [Fact]
    public void Traps_WalkedInto_Kill()
    {
        using SoundBench shortCapture = Bench(VirtioSoundQuirks.ShortCaptureMessageKills);
        shortCapture.Prepare(stream: 1);
        shortCapture.SendInput(SoundBench.PeriodBytes - 4, stream: 1);
        Assert.True(shortCapture.Transport.Status.HasFlag(VirtioStatus.NeedsReset));

        using SoundBench noStream = Bench(VirtioSoundQuirks.UnknownStreamKills);
        Assert.Null(noStream.Request(SoundBench.CommandBytes(VirtioSoundRequest.PcmRelease, 9)).Used);
        Assert.True(noStream.Transport.Status.HasFlag(VirtioStatus.NeedsReset));

        using SoundBench unknown = Bench(VirtioSoundQuirks.UnknownRequestHangs);
        Assert.Null(unknown.Request(SoundBench.CommandBytes((VirtioSoundRequest)0x999)).Used);
        Assert.Null(unknown.Request(SoundBench.CommandBytes(VirtioSoundRequest.PcmStop)).Used);

        using SoundBench lost = Bench(VirtioSoundQuirks.ShortRequestIsLost);
        Assert.Null(lost.Request([1, 0, 0]).Used);
        Assert.Equal(VirtioSoundStatusCode.BadMessage, lost.Command(VirtioSoundRequest.PcmStop));

        using SoundBench whole = Bench(VirtioSoundQuirks.IgnoresItemSize);
        Assert.Equal(4 + 64, whole.Request(SoundBench.Bytes(new VirtioSoundQuery { Code = (uint)VirtioSoundRequest.PcmInfo, Count = 2, Size = 8 }), 200).Used);
    }

    private static SoundBench Bench(VirtioSoundQuirks quirks) =>
        new(new SoundBenchOptions { Capture = 1, Quirks = quirks, Jacks = TestControls.Jacks, ChannelMaps = TestControls.Maps });

    private static int ChannelsMax(SoundBench bench) => Query(bench, VirtioSoundRequest.PcmInfo, 1, 32).Writable[4 + 26];

    private static RawMessage Query(SoundBench bench, VirtioSoundRequest code, int count, int size) => bench.Request(
        SoundBench.Bytes(new VirtioSoundQuery { Code = (uint)code, Count = (uint)count, Size = (uint)size }), 4 + (count * size));
}
