namespace Pcm.Core.Tests.Lifecycle;

/// <summary>State by operation (fact sheet 2): every answer, and that what is refused calls nothing.</summary>
public class MatrixTests
{
    private static readonly string[] s_states = ["OPEN", "SETUP", "PREPARED", "RUNNING", "XRUN", "DRAINING", "PAUSED", "SUSPENDED"];

    private static readonly (string Operation, string Playback, string Capture)[] s_matrix =
    [
        // OPEN SETUP PREPARED RUNNING XRUN DRAINING PAUSED SUSPENDED; 0 is success
        ("hw_params", "0 0 0 EBADFD EBADFD EBADFD EBADFD EBADFD", "0 0 0 EBADFD EBADFD EBADFD EBADFD EBADFD"),
        ("hw_free", "EBADFD 0 0 EBADFD EBADFD EBADFD EBADFD EBADFD", "EBADFD 0 0 EBADFD EBADFD EBADFD EBADFD EBADFD"),
        ("sw_params", "EBADFD 0 0 0 0 0 0 0", "EBADFD 0 0 0 0 0 0 0"),
        ("sw_params0", "EBADFD EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL", "EBADFD EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL"),
        ("status", "0 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0"),
        ("channel_info", "EBADFD 0 0 0 0 0 0 0", "EBADFD 0 0 0 0 0 0 0"),
        ("prepare", "EBADFD 0 0 EBUSY 0 EBUSY 0 0", "EBADFD 0 0 EBUSY 0 0 0 0"),
        ("reset", "EBADFD EBADFD 0 0 EBADFD EBADFD 0 0", "EBADFD EBADFD 0 0 EBADFD EBADFD 0 0"),
        ("start", "EBADFD EBADFD 0 EBADFD EBADFD EBADFD EBADFD EBADFD", "EBADFD EBADFD 0 EBADFD EBADFD EBADFD EBADFD EBADFD"),
        ("drop", "EBADFD 0 0 0 0 0 0 0", "EBADFD 0 0 0 0 0 0 0"),
        ("drain", "EBADFD EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EBADFD", "EBADFD EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EAGAIN EBADFD"),
        ("pause", "ENOSYS EBADFD EBADFD 0 EBADFD EBADFD EBADFD EBADFD", "ENOSYS EBADFD EBADFD 0 EBADFD EBADFD EBADFD EBADFD"),
        ("release", "ENOSYS EBADFD EBADFD EBADFD EBADFD EBADFD 0 EBADFD", "ENOSYS EBADFD EBADFD EBADFD EBADFD EBADFD 0 EBADFD"),
        ("suspend", "EBUSY EBUSY 0 0 0 0 0 EBUSY", "EBUSY EBUSY 0 0 0 0 0 EBUSY"),
        ("resume", "EBADFD EBADFD EBADFD EBADFD EBADFD EBADFD EBADFD 0", "EBADFD EBADFD EBADFD EBADFD EBADFD EBADFD EBADFD 0"),
        ("xrun", "EBADFD EBADFD EBADFD 0 0 EBADFD EBADFD EBADFD", "EBADFD EBADFD EBADFD 0 0 EBADFD EBADFD EBADFD"),
        ("hwsync", "EBADFD EBADFD 0 0 EPIPE 0 0 ESTRPIPE", "EBADFD EBADFD 0 0 EPIPE EBADFD 0 ESTRPIPE"),
        ("delay", "EBADFD EBADFD 0 0 EPIPE 0 0 ESTRPIPE", "EBADFD EBADFD 0 0 EPIPE EBADFD 0 ESTRPIPE"),
        ("sync_ptr", "0 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0"),
        ("rewind0", "0 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0"),
        ("rewind", "EBADFD EBADFD 0 0 EPIPE 0 0 ESTRPIPE", "EBADFD EBADFD 0 0 EPIPE EBADFD 0 ESTRPIPE"),
        ("forward", "EBADFD EBADFD 0 0 EPIPE 0 0 ESTRPIPE", "EBADFD EBADFD 0 0 EPIPE EBADFD 0 ESTRPIPE"),
        ("transfer", "EBADFD EBADFD 0 0 EPIPE EBADFD 0 ESTRPIPE", "EBADFD EBADFD EAGAIN 0 EPIPE EBADFD 0 ESTRPIPE"),
        ("transfer0", "EBADFD 0 0 0 0 0 0 0", "EBADFD 0 0 0 0 0 0 0"),
        ("unlink", "EALREADY EALREADY EALREADY EALREADY EALREADY EALREADY EALREADY EALREADY", "EALREADY EALREADY EALREADY EALREADY EALREADY EALREADY EALREADY EALREADY"),
    ];

    public static TheoryData<string, PcmDirection> Operations()
    {
        var data = new TheoryData<string, PcmDirection>();
        foreach ((string operation, _, _) in s_matrix)
        {
            data.Add(operation, PcmDirection.Playback);
            data.Add(operation, PcmDirection.Capture);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_InEveryState_AnswersAsTheKernel(string operation, PcmDirection direction)
    {
        (_, string playback, string capture) = Assert.Single(s_matrix, m => m.Operation == operation);
        string[] expected = (direction == PcmDirection.Playback ? playback : capture).Split(' ');
        var answers = new List<string>();
        foreach (string state in s_states)
        {
            RecordedCard card = InState(direction, state);
            PcmState before = card.Stream.State;
            PcmError error = Do(card, operation);
            answers.Add(error.ErrnoName());

            // EAGAIN is drain's and a started read's answer to work that was done.
            if (error is not (PcmError.None or PcmError.Again))
            {
                Assert.Equal((state, operation, string.Empty, before), (state, operation, card.Log.Take(), card.Stream.State));
            }
        }

        Assert.Equal(string.Join(' ', expected), string.Join(' ', answers));
    }

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void Operation_Disconnected_IsNoDeviceWithoutACall(PcmDirection direction)
    {
        RecordedCard card = InState(direction, "PREPARED");
        card.Clock.Run(async () => await card.Card.DisconnectAsync());
        card.Log.Take();

        foreach ((string operation, _, _) in s_matrix)
        {
            Assert.Equal((operation, PcmError.NoDevice), (operation, Do(card, operation)));
        }

        Assert.Equal(string.Empty, card.Log.Take());
    }

    private static RecordedCard InState(PcmDirection direction, string state)
    {
        var card = new RecordedCard(direction == PcmDirection.Playback ? "p" : "c");
        card.Run(static s => s.OpenAsync(PcmOpenMode.NonBlocking));
        if (state != "OPEN")
        {
            card.Run(static s => s.HwParamsAsync(RecordedCard.Request()));
        }

        if (state is not ("OPEN" or "SETUP"))
        {
            card.Run(static s => s.PrepareAsync());
            if (direction == PcmDirection.Playback)
            {
                card.Stream.SetSwParams(card.Stream.GetSwParams() with { StartThreshold = long.MaxValue });
                card.Stream.Write(new byte[512 * 4], out _);
            }
        }

        if (state is not ("OPEN" or "SETUP" or "PREPARED"))
        {
            card.Run(static s => s.StartAsync());
            card.Interrupt(100);
        }

        switch (state)
        {
            case "XRUN":
                card.Run(static s => s.XRunAsync());
                break;
            case "DRAINING":
                card.Run(static s => s.DrainAsync());
                break;
            case "PAUSED":
                card.Run(static s => s.PauseAsync(enable: true));
                break;
            case "SUSPENDED":
                card.Run(static s => s.SuspendAsync());
                break;
        }

        Assert.Equal(state, card.Stream.State.ToString().ToUpperInvariant());
        card.Log.Take();
        return card;
    }

    private static PcmError Do(RecordedCard card, string operation)
    {
        PcmSubstream s = card.Stream;
        bool playback = s.Direction == PcmDirection.Playback;
        return operation switch
        {
            "hw_params" => card.Run(static s => s.HwParamsAsync(RecordedCard.Request())),
            "hw_free" => card.Run(static s => s.HwFreeAsync()),
            "sw_params" => s.SetSwParams(s.GetSwParams() with { StopThreshold = long.MaxValue, AvailMin = 1 }),
            "sw_params0" => s.SetSwParams(default),
            "status" => s.GetStatus(out _),
            "channel_info" => s.GetChannelInfo(0, out _),
            "prepare" => card.Run(static s => s.PrepareAsync()),
            "reset" => card.Run(static s => s.ResetAsync()),
            "start" => card.Run(static s => s.StartAsync()),
            "drop" => card.Run(static s => s.DropAsync()),
            "drain" => card.Run(static s => s.DrainAsync()),
            "pause" => card.Run(static s => s.PauseAsync(enable: true)),
            "release" => card.Run(static s => s.PauseAsync(enable: false)),
            "suspend" => card.Run(static s => s.SuspendAsync()),
            "resume" => card.Run(static s => s.ResumeAsync()),
            "xrun" => card.Run(static s => s.XRunAsync()),
            "hwsync" => s.HwSync(),
            "delay" => s.GetDelay(out _),
            "sync_ptr" => s.SyncPointer(default, out _),
            "rewind0" => s.Rewind(0, out _),
            "rewind" => s.Rewind(1, out _),
            "forward" => s.Forward(1, out _),
            "transfer" => playback ? s.Write(new byte[4], out _) : s.Read(new byte[4], out _),
            "transfer0" => playback ? s.Write([], out _) : s.Read([], out _),
            "unlink" => card.Run(static s => s.UnlinkAsync()),
            _ => throw new ArgumentException(operation, nameof(operation)),
        };
    }
}
