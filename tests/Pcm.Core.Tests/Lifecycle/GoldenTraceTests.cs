namespace Pcm.Core.Tests.Lifecycle;

/// <summary>The order of callbacks of the kernel's core, op by op (fact sheet 3.21).</summary>
public class GoldenTraceTests
{
    [Fact]
    public void PlayToUnderrun_AndRecover_CallsAsTheKernel()
    {
        var card = new RecordedCard("p");

        Assert.Equal((PcmError.None, "open"), Do(card, static s => s.OpenAsync()));
        Assert.Equal((PcmError.None, "hw_params"), Do(card, static s => s.HwParamsAsync(RecordedCard.Request())));
        Assert.Equal((PcmError.None, "prepare reset"), Do(card, static s => s.PrepareAsync()));

        Assert.Equal(PcmError.None, card.Stream.Write(new byte[4096], out _));
        Assert.Equal("copy(0,1024) ack(1024) trigger(START)", card.Log.Take());

        card.Interrupt(256);
        Assert.Equal("pointer", card.Log.Take());
        foreach (int frame in (int[])[512, 768, 0])
        {
            card.Clock.Advance(TimeSpan.FromMilliseconds(5));
            card.Interrupt(frame);
        }

        card.Clock.RunUntilIdle();
        Assert.Equal("pointer pointer pointer trigger(STOP)", card.Log.Take());
        Assert.Equal(PcmState.XRun, card.Stream.State);
        Assert.True(card.Runtime.StopOperating);

        Assert.Equal((PcmError.None, "sync_stop prepare reset"), Do(card, static s => s.PrepareAsync()));
        Assert.False(card.Runtime.StopOperating);
    }

    [Fact]
    public void StartPauseDropFree_CallsAsTheKernel()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);

        Assert.Equal((PcmError.None, "trigger(START)"), Do(card, static s => s.StartAsync()));
        Assert.Equal((PcmError.None, "trigger(PAUSE_PUSH)"), Do(card, static s => s.PauseAsync(enable: true)));
        Assert.Equal((PcmError.None, "trigger(PAUSE_RELEASE)"), Do(card, static s => s.PauseAsync(enable: false)));
        Assert.Equal((PcmError.None, "trigger(STOP)"), Do(card, static s => s.DropAsync()));
        Assert.Equal((PcmError.None, "sync_stop hw_free"), Do(card, static s => s.HwFreeAsync()));
        Assert.Equal(PcmState.Open, card.Stream.State);
    }

    [Fact]
    public void Close_WhileRunning_StopsWaitsAndFrees()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        card.Run(static s => s.StartAsync());
        card.Log.Take();

        Assert.Equal((PcmError.None, "trigger(STOP) sync_stop hw_free close"), Do(card, CloseAsync));
        Assert.False(card.Stream.IsOpen);
    }

    [Fact]
    public void Close_WithoutHwParams_FreesNothing()
    {
        var card = new RecordedCard("p");
        card.Run(static s => s.OpenAsync());
        card.Log.Take();

        Assert.Equal((PcmError.None, "close"), Do(card, CloseAsync));
    }

    [Fact]
    public void Drop_WhilePaused_ReleasesFirst()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        card.Run(static s => s.StartAsync());
        card.Run(static s => s.PauseAsync(enable: true));
        card.Log.Take();

        Assert.Equal((PcmError.None, "trigger(PAUSE_RELEASE) trigger(STOP)"), Do(card, static s => s.DropAsync()));
        Assert.Equal(PcmState.Setup, card.Stream.State);
    }

    [Fact]
    public void HwParams_RefusedByTheBackend_FallsToOpen()
    {
        var card = new RecordedCard("p");
        card.Run(static s => s.OpenAsync());
        card.Log.Take();
        card.Ops.Answer("hw_params", PcmError.NoMemory);

        Assert.Equal((PcmError.NoMemory, "hw_params hw_free"), Do(card, static s => s.HwParamsAsync(RecordedCard.Request())));
        Assert.Equal(PcmState.Open, card.Stream.State);
        Assert.Equal(0, card.Card.BufferBytes);
    }

    [Fact]
    public void HwParams_NothingLeft_CallsHwFreeOnly()
    {
        var card = new RecordedCard("p");
        card.Run(static s => s.OpenAsync());
        card.Log.Take();

        Assert.Equal((PcmError.InvalidArgument, "hw_free"), Do(card, static s => s.HwParamsAsync(RecordedCard.Request(rate: 7))));
    }

    [Fact]
    public void Open_RefusedByTheBackend_IsNotClosed()
    {
        var card = new RecordedCard("p");
        card.Ops.Answer("open", PcmError.NoDevice);

        Assert.Equal((PcmError.NoDevice, "open"), Do(card, static s => s.OpenAsync()));
        Assert.False(card.Stream.IsOpen);
    }

    [Fact]
    public void SuspendAndResume_WhileRunning_CallsAsTheKernel()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        card.Run(static s => s.StartAsync());
        card.Log.Take();

        Assert.Equal((PcmError.None, "trigger(SUSPEND) sync_stop"), Do(card, static s => s.SuspendAsync()));
        Assert.Equal((PcmError.None, "trigger(RESUME)"), Do(card, static s => s.ResumeAsync()));
        Assert.Equal(PcmState.Running, card.Stream.State);
    }

    [Fact]
    public void Drain_PreparedWithData_StartsAndStopsAtTheEnd()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);

        PcmError error = card.Clock.Run(async () =>
        {
            Task<PcmError> drain = card.Stream.DrainAsync().AsTask();
            await card.SettleAsync();
            Assert.Equal("trigger(START)", card.Log.Take());
            Assert.Equal(PcmState.Draining, card.Stream.State);
            card.Interrupt(512);
            return await drain;
        });
        card.Clock.RunUntilIdle();

        Assert.Equal(PcmError.None, error);
        Assert.Equal("pointer trigger(STOP)", card.Log.Take());
        Assert.Equal(PcmState.Setup, card.Stream.State);
    }

    [Fact]
    public void Read_Prepared_StartsThenCopies()
    {
        RecordedCard card = new RecordedCard("c").Prepare();

        PcmTransfer result = card.Clock.Run(async () =>
        {
            Task<PcmTransfer> read = card.Stream.ReadAsync(new byte[256 * 4]).AsTask();
            await card.SettleAsync();
            Assert.Equal("trigger(START)", card.Log.Take());
            card.Interrupt(256);
            return await read;
        });

        Assert.Equal(new PcmTransfer(PcmError.None, 256), result);
        Assert.Equal("pointer copy(0,256) ack(256)", card.Log.Take());
    }

    [Fact]
    public void Disconnect_WhileRunning_StopsAndWaits()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        card.Run(static s => s.StartAsync());
        card.Log.Take();

        card.Clock.Run(async () => await card.Card.DisconnectAsync());

        Assert.Equal("trigger(STOP) sync_stop", card.Log.Take());
        Assert.Equal(PcmState.Disconnected, card.Stream.State);
        Assert.Equal((PcmError.None, "hw_free close"), Do(card, CloseAsync));
    }

    private static async ValueTask<PcmError> CloseAsync(PcmSubstream substream)
    {
        await substream.CloseAsync();
        return PcmError.None;
    }

    private static (PcmError Error, string Calls) Do(RecordedCard card, Func<PcmSubstream, ValueTask<PcmError>> verb) => (card.Run(verb), card.Log.Take());
}
