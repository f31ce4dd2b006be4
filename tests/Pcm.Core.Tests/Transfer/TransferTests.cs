namespace Pcm.Core.Tests.Transfer;

/// <summary>read and write, as the kernel's loop was executed (fact sheet 6.6, 6.7).</summary>
public class TransferTests
{
    [Fact]
    public void Write_MoreThanTheRing_WaitsForWhatItNeeds()
    {
        RecordedCard card = new RecordedCard("p").Prepare();

        PcmTransfer result = card.Clock.Run(async () =>
        {
            Task<PcmTransfer> write = card.Stream.WriteAsync(Frames(1500)).AsTask();
            await card.SettleAsync();
            Assert.Equal("copy(0,1024) ack(1024) trigger(START)", card.Log.Take());
            Assert.Equal(256, card.Runtime.TransferWake);
            card.Interrupt(200);
            await card.SettleAsync();
            Assert.Equal("pointer", card.Log.Take());
            card.Interrupt(256);
            await card.SettleAsync();
            Assert.Equal("pointer copy(0,256) ack(1280)", card.Log.Take());
            Assert.Equal(220, card.Runtime.TransferWake);
            card.Interrupt(512);
            return await write;
        });

        Assert.Equal(new PcmTransfer(PcmError.None, 1500), result);
        Assert.Equal("pointer copy(256,220) ack(1500)", card.Log.Take());
        Assert.Equal(PcmState.Running, card.Stream.State);
    }

    [Fact]
    public void Write_NonBlocking_TakesWhatFitsThenSaysAgain()
    {
        RecordedCard card = new RecordedCard("p").Prepare();

        Assert.Equal(PcmError.None, card.Stream.Write(new byte[1500 * 4], out int written));
        Assert.Equal(1024, written);
        Assert.Equal("copy(0,1024) ack(1024) trigger(START)", card.Log.Take());
        Assert.Equal(PcmError.Again, card.Stream.Write(new byte[40], out written));
        Assert.Equal(0, written);
        Assert.Equal("pointer", card.Log.Take());
    }

    [Fact]
    public void Write_NeverStarted_HidesTheTimeoutOnce()
    {
        RecordedCard card = new RecordedCard("p").Prepare(swParams: static p => p with { StartThreshold = 2000 });

        Assert.Equal(new PcmTransfer(PcmError.None, 1024), Write(card, 1500));
        Assert.Equal(new PcmTransfer(PcmError.IO, 0), Write(card, 10));
        Assert.Equal(PcmState.Prepared, card.Stream.State);
        Assert.Equal(TimeSpan.FromMilliseconds(200), card.Clock.Elapsed);
    }

    [Fact]
    public void Write_ReachesTheStartThreshold_StartsAfterThatAck()
    {
        RecordedCard card = new RecordedCard("p").Prepare(swParams: static p => p with { StartThreshold = 512 });

        Assert.Equal(PcmError.None, card.Stream.Write(new byte[1200], out _));
        Assert.Equal("copy(0,300) ack(300)", card.Log.Take());
        Assert.Equal(PcmError.None, card.Stream.Write(new byte[1200], out _));
        Assert.Equal("copy(300,300) ack(600) trigger(START)", card.Log.Take());
    }

    [Fact]
    public void Write_NegativeStartThreshold_StartsAtOnce()
    {
        RecordedCard card = new RecordedCard("p").Prepare(swParams: static p => p with { StartThreshold = -1 });

        Assert.Equal(new PcmTransfer(PcmError.None, 10), Write(card, 10));
        Assert.Equal("copy(0,10) ack(10) trigger(START)", card.Log.Take());
    }

    [Fact]
    public void Write_StartFails_ReturnsWhatWasTaken()
    {
        RecordedCard card = new RecordedCard("p").Prepare();
        card.Ops.Answer("trigger(START)", PcmError.IO);

        Assert.Equal(new PcmTransfer(PcmError.None, 100), Write(card, 100));
        Assert.Equal("copy(0,100) ack(100) trigger(START) trigger(STOP)", card.Log.Take());
        Assert.Equal(PcmState.Prepared, card.Stream.State);
    }

    [Theory]
    [InlineData(PcmError.Again, PcmState.Prepared)]
    [InlineData(PcmError.XRun, PcmState.XRun)]
    public void Write_AckRefuses_IsRolledBack(PcmError answer, PcmState state)
    {
        RecordedCard card = new RecordedCard("p").Prepare();
        card.Ops.Answer("ack", answer);

        Assert.Equal(new PcmTransfer(answer, 0), Write(card, 100));
        Assert.Equal("copy(0,100) ack(100)", card.Log.Take());
        Assert.Equal((state, 0L), (card.Stream.State, card.Runtime.ApplicationPosition));
    }

    [Fact]
    public void Write_XRunDuringTheCopy_IsNotCounted()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        card.Run(static s => s.StartAsync());
        card.Log.Take();
        card.Ops.During = call =>
        {
            if (call.Op == "copy")
            {
                card.Runtime.SignalXRun();
            }
        };

        Assert.Equal(new PcmTransfer(PcmError.XRun, 0), Write(card, 100));
        Assert.Equal(512, card.Runtime.ApplicationPosition);
        Assert.Equal("pointer copy(512,100) trigger(STOP)", card.Log.Take());
    }

    [Theory]
    [InlineData("suspend", PcmError.Suspended, PcmState.Suspended)]
    [InlineData("drain", PcmError.XRun, PcmState.Draining)]
    [InlineData("drop", PcmError.BadState, PcmState.Setup)]
    [InlineData("xrun", PcmError.XRun, PcmState.XRun)]
    public void Write_Blocked_EndsByTheState(string verb, PcmError result, PcmState state)
    {
        RecordedCard card = new RecordedCard("p").Queue(1024);
        card.Run(static s => s.StartAsync());

        Assert.Equal(new PcmTransfer(result, 0), Blocked(card, s => s.WriteAsync(Frames(10)), async s =>
        {
            switch (verb)
            {
                case "suspend":
                    await s.SuspendAsync();
                    break;
                case "drain":
                    s.NonBlocking = true;
                    await s.DrainAsync();
                    break;
                case "drop":
                    await s.DropAsync();
                    break;
                default:
                    await s.XRunAsync();
                    break;
            }
        }));
        Assert.Equal(state, card.Stream.State);
    }

    [Fact]
    public void Write_Paused_WaitsThroughTimeoutsUntilThereIsSpace()
    {
        RecordedCard card = new RecordedCard("p").Queue(1024);
        card.Run(static s => s.StartAsync());

        PcmTransfer result = Blocked(card, s => s.WriteAsync(Frames(100)), async s =>
        {
            await s.PauseAsync(enable: true);
            await card.Clock.WaitUntilAsync(card.Clock.NowNs + 250_000_000); // two and a half timeouts
            await s.PauseAsync(enable: false);
            await card.SettleAsync();
            card.Log.Take();
            card.Interrupt(300);
        });

        Assert.Equal(new PcmTransfer(PcmError.None, 100), result);
        Assert.Equal("pointer copy(0,100) ack(1124)", card.Log.Take());
    }

    [Fact]
    public void Write_Cancelled_ThrowsOrReturnsWhatWasTaken()
    {
        RecordedCard card = new RecordedCard("p").Prepare(swParams: static p => p with { StartThreshold = 2000 });
        using var signal = new CancellationTokenSource(TimeSpan.FromMilliseconds(50), card.Clock);

        Assert.Equal(new PcmTransfer(PcmError.None, 1024), card.Clock.Run(async () => await card.Stream.WriteAsync(Frames(1500), signal.Token)));
        Assert.Throws<OperationCanceledException>(() => card.Clock.Run(async () => await card.Stream.WriteAsync(Frames(10), signal.Token)));
        Assert.Equal(PcmState.Prepared, card.Stream.State);
    }

    [Fact]
    public void Write_PausedStream_TakesFramesAndDoesNotStart()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        card.Run(static s => s.StartAsync());
        card.Run(static s => s.PauseAsync(enable: true));
        card.Log.Take();

        Assert.Equal(new PcmTransfer(PcmError.None, 100), Write(card, 100));
        Assert.Equal("copy(512,100) ack(612)", card.Log.Take());
        Assert.Equal(PcmState.Paused, card.Stream.State);
    }

    [Fact]
    public void Write_NoFrames_IsZeroInSetupAndBadStateInOpen()
    {
        RecordedCard card = new RecordedCard("p").Prepare();
        card.Run(static s => s.DropAsync());
        Assert.Equal(new PcmTransfer(PcmError.None, 0), Write(card, 0));
        card.Run(static s => s.HwFreeAsync());
        Assert.Equal(new PcmTransfer(PcmError.BadState, 0), Write(card, 0));
    }

    [Fact]
    public void Read_Prepared_StartsAndWaits()
    {
        RecordedCard card = new RecordedCard("c").Prepare();

        PcmTransfer result = card.Clock.Run(async () =>
        {
            Task<PcmTransfer> read = card.Stream.ReadAsync(new byte[400 * 4]).AsTask();
            await card.SettleAsync();
            Assert.Equal("trigger(START)", card.Log.Take());
            Assert.Equal(256, card.Runtime.TransferWake);
            card.Interrupt(256);
            await card.SettleAsync();
            Assert.Equal("pointer copy(0,256) ack(256)", card.Log.Take());
            Assert.Equal(144, card.Runtime.TransferWake);
            card.Interrupt(512);
            return await read;
        });

        Assert.Equal(new PcmTransfer(PcmError.None, 400), result);
        Assert.Equal("pointer copy(256,144) ack(400)", card.Log.Take());
    }

    [Fact]
    public void Read_BelowTheStartThreshold_TimesOutWithoutStarting()
    {
        RecordedCard card = new RecordedCard("c").Prepare(swParams: static p => p with { StartThreshold = 500 });

        Assert.Equal(new PcmTransfer(PcmError.IO, 0), card.Clock.Run(async () => await card.Stream.ReadAsync(new byte[1600])));
        Assert.Equal((string.Empty, PcmState.Prepared), (card.Log.Take(), card.Stream.State));
    }

    [Fact]
    public void Read_BlockedAndDrained_ReturnsWhatThereIs()
    {
        RecordedCard card = new RecordedCard("c").Prepare();

        PcmTransfer result = card.Clock.Run(async () =>
        {
            Task<PcmTransfer> read = card.Stream.ReadAsync(new byte[400]).AsTask();
            await card.SettleAsync();
            card.Interrupt(10); // below what wakes the reader, but data: the drain leaves DRAINING, the reader ends it
            await card.Stream.DrainAsync();
            return await read;
        });

        Assert.Equal(new PcmTransfer(PcmError.None, 0), result);
        Assert.Equal(PcmState.Setup, card.Stream.State);
    }

    [Theory]
    [InlineData(2, PcmError.InvalidArgument)]
    [InlineData(1, PcmError.None)] // one channel is interleaved whatever it is called
    public void Write_MmapAccess_IsAllowedForMonoOnly(int channels, PcmError error)
    {
        RecordedCard card = new RecordedCard("p").Prepare(request: RecordedCard.Request(channels: channels, access: PcmAccess.MmapInterleaved));

        Assert.Equal(error, card.Stream.Write(new byte[channels * 20], out _));
    }

    [Fact]
    public void Write_WhileHwParamsOwnsTheRing_IsBusy()
    {
        RecordedCard card = new RecordedCard("p").Prepare();
        PcmError? meanwhile = null;
        card.Ops.During = call => meanwhile = call.Op == "hw_params" ? card.Stream.Write(new byte[40], out _) : meanwhile;

        card.Run(static s => s.HwParamsAsync(RecordedCard.Request()));
        Assert.Equal(PcmError.Busy, meanwhile);
    }

    [Fact]
    public void Write_Blocked_TimesOutAfterElevenTenthsOfTheRing()
    {
        RecordedCard card = new RecordedCard("p").Prepare(request: RecordedCard.Request(period: 1200, buffer: 4800));

        Assert.Equal(new PcmTransfer(PcmError.None, 4800), Write(card, 4801));
        Assert.Equal(TimeSpan.FromMilliseconds(110), card.Clock.Elapsed);
    }

    private static byte[] Frames(int count) => new byte[count * 4];

    private static PcmTransfer Write(RecordedCard card, int frames)
    {
        PcmTransfer result = card.Clock.Run(async () => await card.Stream.WriteAsync(Frames(frames)));
        card.Clock.RunUntilIdle();
        return result;
    }

    private static PcmTransfer Blocked(RecordedCard card, Func<PcmSubstream, ValueTask<PcmTransfer>> transfer, Func<PcmSubstream, Task> meanwhile)
    {
        PcmTransfer result = card.Clock.Run(async () =>
        {
            Task<PcmTransfer> running = transfer(card.Stream).AsTask();
            await card.SettleAsync();
            Assert.False(running.IsCompleted);
            await meanwhile(card.Stream);
            return await running;
        });
        return result;
    }
}
