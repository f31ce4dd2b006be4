using CsCheck;

namespace Pcm.Virtio.Tests;

/// <summary>The command machine: its table against the sheet, and every state with every command over the wire.</summary>
public sealed class SoundStreamLifecycleTests
{
    private const byte No = SoundStreamLifecycle.Refused;

    private static readonly VirtioSoundRequest[] s_requests =
    [
        VirtioSoundRequest.PcmSetParams, VirtioSoundRequest.PcmPrepare, VirtioSoundRequest.PcmStart, VirtioSoundRequest.PcmStop, VirtioSoundRequest.PcmRelease,
    ];

    // By hand, from the specification: SET_PARAMS, PREPARE, START, STOP, RELEASE, then restart and reset.
    private static ReadOnlySpan<byte> Expected =>
    [
        1, No, No, No, No, No, 0,  // Idle
        1, 2, No, No, No, No, 0,   // Configured
        1, 2, 3, No, 5, No, 0,     // Prepared
        No, No, No, 4, No, 3, 0,   // Running
        No, No, 3, No, 5, No, 0,   // Stopped
        1, 2, No, No, No, No, 0,   // Released
    ];

    public static TheoryData<int, int, bool> Pairs()
    {
        var data = new TheoryData<int, int, bool>();
        for (int state = 0; state < SoundStreamLifecycle.StateCount; state++)
        {
            for (int command = 0; command < s_requests.Length; command++)
            {
                data.Add(state, command, false);
                data.Add(state, command, true);
            }
        }

        return data;
    }

    [Fact]
    public void Table_AllPairs_IsTheSpecification() => Assert.Equal(Expected.ToArray(), SoundStreamLifecycle.Table.ToArray());

    [Fact]
    public void Commit_AllPairs_AgreesWithTheTable()
    {
        for (int state = 0; state < SoundStreamLifecycle.StateCount; state++)
        {
            for (int command = 0; command < SoundStreamLifecycle.CommandCount; command++)
            {
                var now = (SoundStreamState)state;
                var machine = SoundStreamLifecycle.Configure(() => now, next => now = next);
                byte destination = SoundStreamLifecycle.Table[(state * SoundStreamLifecycle.CommandCount) + command];
                Assert.Equal(destination != No, machine.CanFire((SoundStreamCommand)command));
                if (destination == No)
                {
                    Assert.Throws<InvalidOperationException>(() => machine.Fire((SoundStreamCommand)command));
                }
                else
                {
                    machine.Fire((SoundStreamCommand)command);
                    Assert.Equal((SoundStreamState)destination, now);
                }
            }
        }
    }

    [Fact]
    public void Table_Size_CoversTheEnums()
    {
        Assert.Equal(SoundStreamLifecycle.StateCount, Enum.GetValues<SoundStreamState>().Length);
        Assert.Equal(SoundStreamLifecycle.CommandCount, Enum.GetValues<SoundStreamCommand>().Length);
        Assert.Contains("Prepared --> Running : Start", SoundStreamLifecycle.Graph(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void D23_Command_AnyState_IsAnsweredByTheTable(int state, int command, bool acceptsNeedlessRelease)
    {
        foreach (bool capture in (bool[])[false, true])
        {
            using var bench = new SoundBench(new SoundBenchOptions
            {
                Playback = capture ? 0 : 1,
                Capture = capture ? 1 : 0,
                AcceptsNeedlessRelease = acceptsNeedlessRelease,
            });
            Reach(bench, (SoundStreamState)state);
            byte destination = Expected[(state * SoundStreamLifecycle.CommandCount) + command];
            bool needless = acceptsNeedlessRelease && command == (int)SoundStreamCommand.Release
                && (SoundStreamState)state is SoundStreamState.Idle or SoundStreamState.Configured or SoundStreamState.Released
                && command == (int)SoundStreamCommand.Release && acceptsNeedlessRelease;
            Assert.Equal(destination != No || needless ? VirtioSoundStatusCode.Ok : VirtioSoundStatusCode.BadMessage, Send(bench, command));
            Assert.Equal((SoundStreamState)(destination == No ? state : destination), bench.Device.GetState(0));
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public void D24_Data_AnyState_IsTakenOnlyBetweenPrepareAndRelease(int state, bool taken)
    {
        using var bench = new SoundBench(new SoundBenchOptions { Capture = 1 });
        Reach(bench, (SoundStreamState)state);
        Reach(bench, (SoundStreamState)state, stream: 1);
        RawMessage output = bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
        RawMessage input = bench.SendInput(stream: 1);
        Assert.Equal(taken ? null : 8, output.Used);
        Assert.Equal(taken ? null : 8, input.Used);
        if (!taken)
        {
            Assert.Equal((VirtioSoundStatusCode.IOError, VirtioSoundStatusCode.IOError), (output.IoStatus, input.IoStatus));
        }
    }

    /// <summary>
    /// Any sequence of commands, messages, waits and resets against the model of the sheet, 1.5: states and answers are the model's, every
    /// message comes back once, at the latest with RELEASE, and none after it.
    /// </summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void Commands_AnySequence_FollowTheModel(bool capture, bool canPause) =>
        Gen.Int[0, 9].Array[1, 40].Sample(steps => Follow(steps, capture, canPause), iter: 60, threads: 1);

    private static void Follow(int[] steps, bool capture, bool canPause)
    {
        using var bench = new SoundBench(new SoundBenchOptions { Playback = capture ? 0 : 1, Capture = capture ? 1 : 0, CanPause = canPause });
        var model = SoundStreamState.Idle;
        List<RawMessage> pending = [];
        foreach (int step in steps)
        {
            switch (step)
            {
                case < 5:
                    byte destination = Expected[((int)model * SoundStreamLifecycle.CommandCount) + step];
                    bool needless = step == (int)SoundStreamCommand.Release && model is SoundStreamState.Idle or SoundStreamState.Configured or SoundStreamState.Released;
                    needless &= step == (int)SoundStreamCommand.Release;
                    Assert.Equal(destination != No || needless ? VirtioSoundStatusCode.Ok : VirtioSoundStatusCode.BadMessage, Send(bench, step));
                    bool flushes = destination != No && step is (int)SoundStreamCommand.SetParams or (int)SoundStreamCommand.Prepare or (int)SoundStreamCommand.Release;
                    if (flushes && destination != No)
                    {
                        Assert.All(pending, static message => Assert.Equal((1, VirtioSoundStatusCode.Ok), (message.Completions, message.IoStatus)));
                        pending.Clear();
                    }

                    model = destination == No ? model : (SoundStreamState)destination;
                    break;
                case < 8:
                    RawMessage message = capture ? bench.SendInput() : bench.SendOutput(SoundBench.Audio(0, SoundBench.PeriodFrames));
                    if (model is SoundStreamState.Idle or SoundStreamState.Configured or SoundStreamState.Released)
                    {
                        Assert.Equal((1, VirtioSoundStatusCode.IOError), (message.Completions, message.IoStatus));
                    }
                    else
                    {
                        // A capture message may be filled at once, from what was captured while there was none.
                        Assert.True(message.Completions == 0 || (capture && model == SoundStreamState.Running));
                        pending.Add(message);
                    }

                    break;
                case 8:
                    // A running stream is done with one message in each period at least (it may have been part through the first one).
                    int before = pending.Count(static m => m.Completions == 0);
                    bench.Advance(SoundBench.Period);
                    int after = pending.Count(static m => m.Completions == 0);
                    Assert.InRange(after, model == SoundStreamState.Running && capture ? 0 : Math.Max(0, before - 1), model == SoundStreamState.Running ? Math.Max(0, before - 1) : before);
                    Assert.True(model == SoundStreamState.Running || after == before);
                    break;
                default:
                    bench.Renegotiate();
                    model = SoundStreamState.Idle;
                    Assert.All(pending.Where(static m => m.Used is null), static m => Assert.Equal(0, m.Completions));
                    pending.Clear();
                    break;
            }

            Assert.Equal(model, bench.Device.GetState(0));
            Assert.All(pending, static m => Assert.InRange(m.Completions, 0, 1));

            // In order: what came back is a prefix.
            Assert.DoesNotContain(pending.SkipWhile(static m => m.Completions == 1), static m => m.Completions == 1);
        }

        Assert.False(bench.Transport.Status.HasFlag(VirtioStatus.NeedsReset));
    }

    private static VirtioSoundStatusCode Send(SoundBench bench, int command) => command == 0
        ? bench.SetParams(SoundBench.Parameters())
        : bench.Command(s_requests[command]);

    internal static void Reach(SoundBench bench, SoundStreamState state, int stream = 0)
    {
        if (state != SoundStreamState.Idle)
        {
            Assert.Equal(VirtioSoundStatusCode.Ok, bench.SetParams(SoundBench.Parameters(stream)));
        }

        VirtioSoundRequest[] path = state switch
        {
            SoundStreamState.Prepared => [VirtioSoundRequest.PcmPrepare],
            SoundStreamState.Running => [VirtioSoundRequest.PcmPrepare, VirtioSoundRequest.PcmStart],
            SoundStreamState.Stopped => [VirtioSoundRequest.PcmPrepare, VirtioSoundRequest.PcmStart, VirtioSoundRequest.PcmStop],
            SoundStreamState.Released => [VirtioSoundRequest.PcmPrepare, VirtioSoundRequest.PcmRelease],
            _ => [],
        };
        foreach (VirtioSoundRequest request in path)
        {
            bench.Ok(request, stream);
        }

        Assert.Equal(state, bench.Device.GetState(stream));
    }
}
