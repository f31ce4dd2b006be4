namespace Pcm.Core.Tests.Lifecycle;

/// <summary>drain, as the kernel's was executed (fact sheet 3.22).</summary>
public class DrainTests
{
    [Theory]
    [InlineData(PcmError.None)]
    [InlineData(PcmError.IO)] // ignored: the drain then finds that nothing moves
    public void Drain_NothingMoves_IsEioAfterTheTimeout(PcmError startAnswer)
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        card.Ops.Answer("trigger(START)", startAnswer);

        Assert.Equal(PcmError.IO, card.Run(static s => s.DrainAsync()));
        Assert.Equal("trigger(START) trigger(STOP)", card.Log.Take());
        Assert.Equal(PcmState.Setup, card.Stream.State);
        Assert.Equal(TimeSpan.FromMilliseconds(100), card.Clock.Elapsed); // 1.1 rings would be 23 ms
    }

    [Fact]
    public void Drain_LongRing_WaitsElevenTenthsOfIt()
    {
        RecordedCard card = new RecordedCard("p").Prepare(request: RecordedCard.Request(period: 1200, buffer: 4800), swParams: static p => p with { StartThreshold = long.MaxValue });
        card.Stream.Write(new byte[4], out _);

        Assert.Equal(PcmError.IO, card.Run(static s => s.DrainAsync()));
        Assert.Equal(TimeSpan.FromMilliseconds(110), card.Clock.Elapsed);
    }

    [Theory]
    [InlineData(true, "trigger(DRAIN)")]
    [InlineData(false, "")]
    public void Drain_Running_TellsOnlyHardwareThatAsks(bool asks, string calls)
    {
        PcmHardware hardware = Pcm.Testing.RecordingOps.DefaultHardware;
        RecordedCard card = new RecordedCard("p", asks ? hardware with { Info = hardware.Info | PcmInfo.DrainTrigger } : hardware).Queue(512);
        card.Run(static s => s.StartAsync());
        card.Log.Take();
        card.Stream.NonBlocking = true;

        Assert.Equal(PcmError.Again, card.Run(static s => s.DrainAsync()));
        Assert.Equal(calls, card.Log.Take());
        Assert.Equal(PcmState.Draining, card.Stream.State);
    }

    [Fact]
    public void Drain_PreparedAndHardwareAsks_IsToldToo()
    {
        // The kernel sends DRAIN only from RUNNING; a backend that queues messages needs it from PREPARED as well.
        PcmHardware hardware = Pcm.Testing.RecordingOps.DefaultHardware;
        RecordedCard card = new RecordedCard("p", hardware with { Info = hardware.Info | PcmInfo.DrainTrigger }).Queue(512);
        card.Stream.NonBlocking = true;

        Assert.Equal(PcmError.Again, card.Run(static s => s.DrainAsync()));
        Assert.Equal("trigger(START) trigger(DRAIN)", card.Log.Take());
    }

    [Fact]
    public void Drain_SuspendedWhileWaiting_IsZero()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);

        PcmError error = card.Clock.Run(async () =>
        {
            Task<PcmError> drain = card.Stream.DrainAsync().AsTask();
            await card.SettleAsync();
            await card.Stream.SuspendAsync();
            return await drain;
        });

        Assert.Equal(PcmError.None, error);
        Assert.Equal(PcmState.Suspended, card.Stream.State);
        Assert.Equal("trigger(START) trigger(SUSPEND) sync_stop", card.Log.Take());
    }

    [Fact]
    public void Drain_DisconnectedWhileWaiting_IsNoDevice()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);

        PcmError error = card.Clock.Run(async () =>
        {
            Task<PcmError> drain = card.Stream.DrainAsync().AsTask();
            await card.SettleAsync();
            await card.Card.DisconnectAsync();
            return await drain;
        });

        Assert.Equal(PcmError.NoDevice, error);
    }

    [Fact]
    public void Drain_EveryPeriod_RestartsTheTimeout()
    {
        RecordedCard card = new RecordedCard("p").Queue(1024);

        PcmError error = card.Clock.Run(async () =>
        {
            Task<PcmError> drain = card.Stream.DrainAsync().AsTask();
            foreach (int frame in (int[])[256, 512, 768, 0])
            {
                await card.Clock.WaitUntilAsync(card.Clock.NowNs + 90_000_000); // less than the timeout of 100 ms each
                Assert.False(drain.IsCompleted);
                card.Interrupt(frame);
            }

            return await drain;
        });

        Assert.Equal(PcmError.None, error);
        Assert.Equal(PcmState.Setup, card.Stream.State);
    }

    [Theory]
    [InlineData(0, PcmState.Setup)]
    [InlineData(100, PcmState.Draining)]
    public void Drain_RunningCapture_StopsAndKeepsWhatThereIs(int captured, PcmState state)
    {
        RecordedCard card = new RecordedCard("c").Prepare();
        card.Run(static s => s.StartAsync());
        card.Interrupt(captured);
        card.Log.Take();

        Assert.Equal(PcmError.None, card.Run(static s => s.DrainAsync()));
        Assert.Equal("trigger(STOP)", card.Log.Take());
        Assert.Equal(state, card.Stream.State);
        Assert.True(card.Runtime.StopOperating);
    }

    [Fact]
    public void Drain_PreparedCapture_ChangesNothing()
    {
        RecordedCard card = new RecordedCard("c").Prepare();

        Assert.Equal(PcmError.None, card.Run(static s => s.DrainAsync()));
        Assert.Equal(string.Empty, card.Log.Take());
        Assert.Equal(PcmState.Prepared, card.Stream.State);
    }

    [Fact]
    public void Drain_PausedAndReleaseFails_StaysPausedAndIsZero()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        card.Run(static s => s.StartAsync());
        card.Run(static s => s.PauseAsync(enable: true));
        card.Log.Take();
        card.Ops.Answer("trigger(PAUSE_RELEASE)", PcmError.IO);

        Assert.Equal(PcmError.None, card.Run(static s => s.DrainAsync()));
        Assert.Equal("trigger(PAUSE_RELEASE) trigger(PAUSE_PUSH)", card.Log.Take());
        Assert.Equal(PcmState.Paused, card.Stream.State);
    }

    [Fact]
    public void SignalSourceLost_RunningCapture_IsDrainingAndStopped()
    {
        RecordedCard card = new RecordedCard("c").Prepare();
        card.Runtime.SignalSourceLost();
        Assert.Equal(PcmState.Prepared, card.Stream.State);

        card.Run(static s => s.StartAsync());
        card.Log.Take();
        card.Runtime.SignalSourceLost();
        card.Clock.RunUntilIdle();

        Assert.Equal(PcmState.Draining, card.Stream.State);
        Assert.Equal("trigger(STOP)", card.Log.Take());
    }
}
