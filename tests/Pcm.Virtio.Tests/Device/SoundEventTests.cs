namespace Pcm.Virtio.Tests;

/// <summary>The event queue.</summary>
public sealed class SoundEventTests
{
    private static readonly VirtioSoundJackOptions[] s_jacks = [new(), new() { IsConnected = true }, new()];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D28_XRun_Starved_IsToldOncePerEpisodeAndOnlyWhenSelected(bool selected)
    {
        using var bench = new SoundBench();
        bench.Prepare(features: selected ? VirtioSoundPcmFeatures.XRunEvents : VirtioSoundPcmFeatures.None);
        List<RawMessage> buffers = [.. Enumerable.Range(0, 8).Select(_ => bench.PostEventBuffer())];
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromSeconds(1)); // nothing was sent yet: no data ran out
        Assert.Equal(0, Told());
        for (int episode = 1; episode <= 3; episode++)
        {
            bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
            bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
            Assert.Equal(selected ? episode - 1 : 0, Told());
            bench.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(selected ? episode : 0, Told());
        }

        foreach (RawMessage buffer in buffers.Take(Told()))
        {
            Assert.Equal(8, buffer.Used); // D-30
            Assert.Equal(new VirtioSoundEvent { Code = (uint)VirtioSoundEventCode.PcmXRun, Data = 0 }, SoundBench.Event(buffer));
        }

        int Told() => buffers.Count(static buffer => buffer.Used is not null);
    }

    [Fact]
    public void D28_XRun_NotRunning_IsNotTold()
    {
        using var bench = new SoundBench();
        bench.Prepare(features: VirtioSoundPcmFeatures.XRunEvents);
        RawMessage buffer = bench.PostEventBuffer();
        bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.Advance(TimeSpan.FromSeconds(1)); // prepared
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromMilliseconds(5));
        bench.Ok(VirtioSoundRequest.PcmStop);
        bench.Advance(TimeSpan.FromSeconds(1)); // stopped
        bench.Ok(VirtioSoundRequest.PcmRelease);
        bench.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(buffer.Used);
    }

    [Fact]
    public void D28_XRunPending_StreamStopped_IsNoNewsLater()
    {
        using var bench = new SoundBench();
        bench.Prepare(features: VirtioSoundPcmFeatures.XRunEvents);
        bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.Ok(VirtioSoundRequest.PcmStart);
        bench.Advance(TimeSpan.FromSeconds(1)); // starved, and no buffer to say so
        bench.Ok(VirtioSoundRequest.PcmStop);
        Assert.Null(bench.PostEventBuffer().Used);
    }

    [Fact]
    public void D29_NoBuffer_TellsTheLatestStateLater()
    {
        using SoundBench bench = Bench();
        bench.Prepare(features: VirtioSoundPcmFeatures.XRunEvents);
        bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        bench.Ok(VirtioSoundRequest.PcmStart);
        foreach (bool connected in (bool[])[true, false, true])
        {
            bench.Device.SetJackConnected(0, connected);
            bench.Settle();
        }

        bench.Device.SetJackConnected(1, false);
        bench.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(
            [(VirtioSoundEventCode.JackConnected, 0u), (VirtioSoundEventCode.JackDisconnected, 1u), (VirtioSoundEventCode.PcmXRun, 0u)],
            Enumerable.Range(0, 3).Select(_ => Told(bench.PostEventBuffer())));
        Assert.Null(bench.PostEventBuffer().Used);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D34_BuffersBeforeDriverOk_NeverKicked_AreUsed(bool kickedLater)
    {
        using var bench = new SoundBench(new SoundBenchOptions { Jacks = s_jacks, Starts = false });
        List<RawMessage> buffers = [.. Enumerable.Range(0, 64).Select(_ => bench.PostEventBuffer(kick: false))];
        bench.Driver.Device.Start();
        bench.Settle();
        Assert.All(buffers, static buffer => Assert.Null(buffer.Used));
        if (kickedLater)
        {
            bench.Transport.Notify(VirtioSoundQueues.Event);
        }

        for (int i = 0; i < 64; i++)
        {
            bench.Device.SetJackConnected(2, i % 2 == 0);
            bench.Settle();
            Assert.Equal((i % 2 == 0 ? VirtioSoundEventCode.JackConnected : VirtioSoundEventCode.JackDisconnected, 2u), Told(buffers[i]));
        }

        Assert.Equal(kickedLater ? 1 : 0, bench.Transport.GetMetrics(VirtioSoundQueues.Event).Notifications);
    }

    [Fact]
    public void D30_BufferTooSmall_IsReturnedEmptyAndTheNextIsUsed()
    {
        using SoundBench bench = Bench();
        RawMessage small = bench.PostEventBuffer(7);
        RawMessage readable = bench.Driver.Send(VirtioSoundQueues.Event, new byte[16], 0);
        RawMessage large = bench.PostEventBuffer(20);
        Assert.Null(small.Used);
        bench.Device.SetJackConnected(0, true);
        bench.Settle();
        Assert.Equal((0, 0, 8), (small.Used, readable.Used, large.Used));
        Assert.All(small.Writable.ToArray(), static b => Assert.Equal(RawSoundDriver.Fill, b));
        Assert.All(large.Writable[8..].ToArray(), static b => Assert.Equal(RawSoundDriver.Fill, b));
    }

    [Fact]
    public void JackConnected_SameState_IsNotTold()
    {
        using SoundBench bench = Bench();
        RawMessage buffer = bench.PostEventBuffer();
        bench.Device.SetJackConnected(1, true);
        bench.Settle();
        Assert.Null(buffer.Used);
        Assert.Throws<ArgumentOutOfRangeException>(() => bench.Device.SetJackConnected(3, true));
        Assert.Throws<ArgumentOutOfRangeException>(() => bench.Device.SetJackConnected(-1, true));
    }

    [Fact]
    public void Jack_ChangedWithoutDriver_IsInTheNextDriversInfoAndNoEvent()
    {
        using SoundBench bench = Bench();
        bench.Clock.Run(() => bench.Driver.Device.ResetAsync().AsTask());
        bench.Device.SetJackConnected(0, true);
        bench.Settle();
        bench.Renegotiate();
        RawMessage buffer = bench.PostEventBuffer();
        RawMessage info = bench.Request(SoundBench.Bytes(new VirtioSoundQuery { Code = (uint)VirtioSoundRequest.JackInfo, Count = 1, Size = 24 }), 28);
        Assert.Equal(1, info.Writable[4 + 16]);
        Assert.Null(buffer.Used);
    }

    private static SoundBench Bench() => new(new SoundBenchOptions { Jacks = s_jacks });

    private static (VirtioSoundEventCode Code, uint Data) Told(RawMessage buffer)
    {
        Assert.Equal(8, buffer.Used);
        VirtioSoundEvent told = SoundBench.Event(buffer);
        return ((VirtioSoundEventCode)(uint)told.Code, told.Data);
    }
}
