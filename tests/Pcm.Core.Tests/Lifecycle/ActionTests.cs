namespace Pcm.Core.Tests.Lifecycle;

/// <summary>What the kernel's action framework did when it was executed: result, states, driver calls, stop_operating (fact sheet 3.22).</summary>
public class ActionTests
{
    [Theory]
    [InlineData(PcmError.IO, -5, PcmState.Prepared)]
    [InlineData(PcmError.XRun, -32, PcmState.XRun)]
    [InlineData((PcmError)1, 1, PcmState.Prepared)] // a positive answer is a failure on its own, and is passed on
    public void Start_TriggerFails_IsUndone(PcmError answer, int result, PcmState state)
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        card.Ops.Answer("trigger(START)", answer);

        Assert.Equal((PcmError)result, card.Run(static s => s.StartAsync()));
        Assert.Equal("trigger(START) trigger(STOP)", card.Log.Take());
        Assert.Equal(state, card.Stream.State);
        Assert.True(card.Runtime.StopOperating);
    }

    [Fact]
    public void Start_EmptyPlayback_IsEpipeWithoutACall()
    {
        RecordedCard card = new RecordedCard("p").Prepare();

        Assert.Equal(PcmError.XRun, card.Run(static s => s.StartAsync()));
        Assert.Equal(string.Empty, card.Log.Take());
        Assert.Equal(PcmState.Prepared, card.Stream.State);
    }

    [Fact]
    public void GroupStart_VisitsTheLastLinkedFirst()
    {
        RecordedCard card = Group();

        Assert.Equal(PcmError.None, card.Run(static s => s.StartAsync()));
        Assert.Equal("C.trigger(START) B.trigger(START) A.trigger(START)", card.Log.Take(withSource: true));
        Assert.Equal("Running,Running,Running", card.States);
    }

    [Fact]
    public void GroupStart_MiddleFails_UndoesTheEarlierOnly()
    {
        RecordedCard card = Group();
        card.AllOps[1].Answer("trigger(START)", PcmError.IO);

        Assert.Equal(PcmError.IO, card.Run(static s => s.StartAsync()));
        Assert.Equal("C.trigger(START) B.trigger(START) C.trigger(STOP)", card.Log.Take(withSource: true));
        Assert.Equal("Prepared,Prepared,Prepared", card.States);
        Assert.Equal([false, false, true], card.Streams.Select(static s => s.Runtime!.StopOperating));
    }

    [Fact]
    public void GroupStart_MiddleAnswersPositive_IsSuccess()
    {
        RecordedCard card = Group();
        card.AllOps[1].Answer("trigger(START)", (PcmError)1);

        Assert.Equal(PcmError.None, card.Run(static s => s.StartAsync()));
        Assert.Equal("Running,Running,Running", card.States);
    }

    [Fact]
    public void GroupStart_OneMemberElsewhere_ChangesNothing()
    {
        RecordedCard card = Group();
        card.Run(static s => s.UnlinkAsync(), stream: 1);
        card.Run(static s => s.DropAsync(), stream: 1);
        card.Run(static s => s.PrepareAsync(), stream: 1);
        Assert.Equal(PcmError.None, card.Run(s => s.LinkAsync(card.Streams[1])));
        card.Run(static s => s.HwFreeAsync(), stream: 1); // acts on one
        card.Run(static s => s.HwParamsAsync(RecordedCard.Request()), stream: 1);
        card.Log.Take();

        Assert.Equal(PcmError.BadState, card.Run(static s => s.StartAsync()));
        Assert.Equal(string.Empty, card.Log.Take());
        Assert.Equal("Prepared,Setup,Prepared", card.States);
    }

    [Fact]
    public void GroupStop_HardwareLinked_StopsOnceAndStampsAlike()
    {
        RecordedCard card = Group();
        card.Run(static s => s.StartAsync());
        card.Log.Take();
        card.Clock.Advance(TimeSpan.FromMilliseconds(1));
        card.AllOps[2].During = call =>
        {
            if (call.Arguments == "STOP")
            {
                foreach (PcmRuntime member in card.AllOps[2].Runtime!.LinkedRuntimes())
                {
                    card.AllOps[2].Runtime!.TriggerDone(member);
                }
            }
        };

        Assert.Equal(PcmError.None, card.Run(static s => s.DropAsync()));
        Assert.Equal("C.trigger(STOP)", card.Log.Take(withSource: true));
        Assert.Equal("Setup,Setup,Setup", card.States);
        Assert.Single(card.Streams.Select(static s => s.Runtime!.TriggerTimestampNs).Distinct());
        Assert.Equal([false, false, true], card.Streams.Select(static s => s.Runtime!.StopOperating));
    }

    [Fact]
    public void GroupXRun_TakesEveryMember()
    {
        RecordedCard card = Group();
        card.Run(static s => s.StartAsync());
        card.Run(static s => s.UnlinkAsync(), stream: 1);
        card.Run(static s => s.DropAsync(), stream: 1);
        card.Run(static s => s.PrepareAsync(), stream: 1);
        card.Run(static s => s.DropAsync());
        card.Run(static s => s.PrepareAsync());
        foreach (int i in (int[])[0, 2])
        {
            card.Streams[i].Write(new byte[512 * 4], out _);
        }

        Assert.Equal(PcmError.None, card.Run(static s => s.StartAsync()));
        Assert.Equal(PcmError.BadState, card.Run(s => s.LinkAsync(card.Streams[1]))); // running and prepared do not link
        card.Log.Take();

        Assert.Equal(PcmError.None, card.Run(static s => s.XRunAsync()));
        Assert.Equal("C.trigger(STOP) A.trigger(STOP)", card.Log.Take(withSource: true));
        Assert.Equal("XRun,Prepared,XRun", card.States);
    }

    [Fact]
    public void Pause_PushFails_IsReleased()
    {
        RecordedCard card = Running();
        card.Ops.Answer("trigger(PAUSE_PUSH)", PcmError.IO);

        Assert.Equal(PcmError.IO, card.Run(static s => s.PauseAsync(enable: true)));
        Assert.Equal("trigger(PAUSE_PUSH) trigger(PAUSE_RELEASE)", card.Log.Take());
        Assert.Equal(PcmState.Running, card.Stream.State);
    }

    [Fact]
    public void Drop_PausedAndReleaseFails_SendsNoStop()
    {
        RecordedCard card = Running();
        card.Run(static s => s.PauseAsync(enable: true));
        card.Log.Take();
        card.Ops.Answer("trigger(PAUSE_RELEASE)", PcmError.IO);

        Assert.Equal(PcmError.None, card.Run(static s => s.DropAsync()));
        Assert.Equal("trigger(PAUSE_RELEASE) trigger(PAUSE_PUSH)", card.Log.Take());
        Assert.Equal(PcmState.Setup, card.Stream.State);
        Assert.False(card.Runtime.StopOperating);
    }

    [Fact]
    public void Prepare_SyncStopFails_GoesOn()
    {
        RecordedCard card = Running();
        card.Run(static s => s.XRunAsync());
        card.Log.Take();
        card.Ops.Answer("sync_stop", PcmError.TimedOut);

        Assert.Equal(PcmError.None, card.Run(static s => s.PrepareAsync()));
        Assert.Equal("sync_stop prepare reset", card.Log.Take());
    }

    [Fact]
    public void Prepare_Paused_ReleasesStopsAndPrepares()
    {
        RecordedCard card = Running();
        card.Run(static s => s.PauseAsync(enable: true));
        card.Log.Take();

        Assert.Equal(PcmError.None, card.Run(static s => s.PrepareAsync()));
        Assert.Equal("trigger(PAUSE_RELEASE) trigger(STOP) sync_stop prepare reset", card.Log.Take());
    }

    [Fact]
    public void Prepare_RunningOrCopying_IsBusy()
    {
        RecordedCard card = Running();
        Assert.Equal(PcmError.Busy, card.Run(static s => s.PrepareAsync()));
        card.Run(static s => s.DropAsync());
        card.Run(static s => s.PrepareAsync());
        PcmError? meanwhile = null;
        card.Ops.During = call => meanwhile = call.Op == "copy" ? card.Stream.PrepareAsync().AsTask().GetAwaiter().GetResult() : meanwhile;

        Assert.Equal(PcmError.None, card.Stream.Write(new byte[4], out _));
        Assert.Equal(PcmError.Busy, meanwhile);
    }

    [Theory]
    [InlineData("prepare", "prepare")]
    [InlineData("reset", "prepare reset")]
    public void Prepare_BackendRefuses_KeepsTheState(string op, string calls)
    {
        RecordedCard card = new RecordedCard("p").Prepare();
        card.Run(static s => s.DropAsync());
        card.Ops.Answer(op, PcmError.InvalidArgument);

        Assert.Equal(PcmError.InvalidArgument, card.Run(static s => s.PrepareAsync()));
        Assert.Equal(calls, card.Log.Take());
        Assert.Equal(PcmState.Setup, card.Stream.State);
    }

    [Fact]
    public void Suspend_Prepared_SendsNothing()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);

        Assert.Equal(PcmError.None, card.Run(static s => s.SuspendAsync()));
        Assert.Equal(PcmError.None, card.Run(static s => s.ResumeAsync()));
        Assert.Equal(string.Empty, card.Log.Take());
        Assert.Equal(PcmState.Prepared, card.Stream.State);
    }

    [Fact]
    public void Resume_BackendRefuses_StaysSuspendedWithoutUndo()
    {
        RecordedCard card = Running();
        card.Run(static s => s.SuspendAsync());
        card.Log.Take();
        card.Ops.Answer("trigger(RESUME)", PcmError.IO);

        Assert.Equal(PcmError.IO, card.Run(static s => s.ResumeAsync()));
        Assert.Equal("trigger(RESUME)", card.Log.Take());
        Assert.Equal(PcmState.Suspended, card.Stream.State);
    }

    [Fact]
    public void Reset_Running_AsksForThePositionAndKeepsRunning()
    {
        RecordedCard card = Running();

        Assert.Equal(PcmError.None, card.Run(static s => s.ResetAsync()));
        Assert.Equal("reset pointer", card.Log.Take());
        Assert.Equal(PcmState.Running, card.Stream.State);
        Assert.Equal((0, 0), (card.Runtime.HardwarePosition, card.Runtime.ApplicationPosition));
    }

    [Fact]
    public void Trigger_BackendThrows_IsEioAndUndone()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        card.Ops.During = static call =>
        {
            if (call.Arguments == "START")
            {
                throw new InvalidOperationException("the test's");
            }
        };

        Assert.Equal(PcmError.IO, card.Run(static s => s.StartAsync()));
        Assert.Equal("trigger(START) trigger(STOP)", card.Log.Take());
        Assert.Equal(PcmState.Prepared, card.Stream.State);
    }

    [Theory] // whether it throws at once or in its task
    [InlineData("START", "trigger(START) trigger(STOP)")]
    [InlineData("prepare", "prepare")]
    public void Verb_BackendGivesUpAtOnce_IsCancelledAndTheGateIsFree(string op, string calls)
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        using var cancellation = new CancellationTokenSource();
        card.Ops.During = call =>
        {
            if (call.Arguments == op || call.Op == op)
            {
                card.Ops.During = null;
                cancellation.Cancel();
                cancellation.Token.ThrowIfCancellationRequested();
            }
        };

        Task verb = Task.CompletedTask;
        card.Run(s =>
        {
            verb = (op == "START" ? s.StartAsync(cancellation.Token) : s.PrepareAsync(cancellation.Token)).AsTask();
            return default;
        });
        Assert.True(verb.IsCanceled);
        Assert.Equal(calls, card.Log.Take());
        Assert.Equal(PcmState.Prepared, card.Stream.State);
        Assert.Equal(PcmError.None, card.Run(static s => s.StartAsync())); // neither gate nor ring is held
        Assert.Equal(PcmState.Running, card.Stream.State);
    }

    private static RecordedCard Running()
    {
        RecordedCard card = new RecordedCard("p").Queue(512);
        Assert.Equal(PcmError.None, card.Run(static s => s.StartAsync()));
        card.Log.Take();
        return card;
    }

    /// <summary>A playback, B capture, C playback; link(A, B), then link(A, C).</summary>
    private static RecordedCard Group()
    {
        RecordedCard card = new RecordedCard("pcp").Queue(512, stream: 0).Prepare(stream: 1).Queue(512, stream: 2);
        Assert.Equal(PcmError.None, card.Run(s => s.LinkAsync(card.Streams[1])));
        Assert.Equal(PcmError.None, card.Run(s => s.LinkAsync(card.Streams[2])));
        card.Log.Take();
        return card;
    }
}
