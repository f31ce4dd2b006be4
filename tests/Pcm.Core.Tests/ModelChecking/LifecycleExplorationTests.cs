using Pcm.Testing;

namespace Pcm.Core.Tests.ModelChecking;

/// <summary>
/// Explores the shipped lifecycle exhaustively: from every state found so far, every operation with every backend answer and every event in the middle
/// of a trigger, until nothing new is found. After each step the laws hold: the ops contract (<see cref="ContractOps"/>), hardware runs exactly
/// when the state says so, no state without its owner, every wait ends.
/// </summary>
public sealed class LifecycleExplorationTests(ITestOutputHelper output)
{
    private static readonly PcmError[] s_answers = [PcmError.None, PcmError.IO, PcmError.XRun];

    private static readonly (string Name, Action<PcmRuntime>? Act)[] s_events =
    [
        ("", null),
        ("+period", static r => r.PeriodElapsed()),
        ("+xrun", static r => r.SignalXRun()),
        ("+gone", static r => r.SignalDisconnect()),
    ];

    private static readonly (string Name, Func<PcmSubstream, ContractOps, Task<PcmError>> Run)[] s_operations =
    [
        ("hw_params", static (s, _) => s.HwParamsAsync(Request()).AsTask()),
        ("hw_free", static (s, _) => s.HwFreeAsync().AsTask()),
        ("prepare", static (s, _) => s.PrepareAsync().AsTask()),
        ("reset", static (s, _) => s.ResetAsync().AsTask()),
        ("start", static (s, _) => s.StartAsync().AsTask()),
        ("drop", static (s, _) => s.DropAsync().AsTask()),
        ("drain", static (s, _) => s.DrainAsync().AsTask()),
        ("pause", static (s, _) => s.PauseAsync(true).AsTask()),
        ("release", static (s, _) => s.PauseAsync(false).AsTask()),
        ("suspend", static (s, _) => s.SuspendAsync().AsTask()),
        ("resume", static (s, _) => s.ResumeAsync().AsTask()),
        ("xrun", static (s, _) => s.XRunAsync().AsTask()),
        ("transfer", static (s, unused) => Task.FromResult(s.Direction == PcmDirection.Playback ? s.Write(new byte[512], out _) : s.Read(new byte[512], out _))),
        ("status", static (s, unused) => Task.FromResult(s.GetStatus(out _))),
        ("delay", static (s, unused) => Task.FromResult(s.GetDelay(out _))),
        ("advance", static (s, o) => Done(() => o.Advance(128))),
        ("lose", static (s, o) => Done(o.LoseSync)),
    ];

    private readonly HashSet<(PcmState, PcmState)> _statePairs = [];
    private readonly HashSet<(PcmState, PcmState)> _jointStates = [];

    [Theory]
    [InlineData(PcmDirection.Playback)]
    [InlineData(PcmDirection.Capture)]
    public void OneStream_EveryOperationAnswerAndEvent_KeepsTheLaws(PcmDirection direction)
    {
        (int states, int transitions) = Explore([direction], maxDepth: 12);
        output.WriteLine($"one {direction} stream: {states} states, {transitions} transitions, {_statePairs.Count} state pairs");
        Assert.All(Enum.GetValues<PcmState>(), state => Assert.Contains(_statePairs, p => p.Item2 == state));
        Assert.True(states > 30);
    }

    [Theory]
    [InlineData(PcmDirection.Playback, PcmDirection.Capture)]
    [InlineData(PcmDirection.Playback, PcmDirection.Playback)]
    public void LinkedPair_EveryOperationAnswerAndEvent_KeepsTheLaws(PcmDirection first, PcmDirection second)
    {
        (int states, int transitions) = Explore([first, second], maxDepth: 20);
        output.WriteLine($"linked {first} and {second}: {states} states, {transitions} transitions, {_statePairs.Count} state pairs, {_jointStates.Count} joint states: {string.Join(' ', _jointStates.Order())}");

        // Explored to the end: these are all that can be reached, so what is missing here cannot happen.
        Assert.Equal(second == PcmDirection.Capture ? 36 : 35, _jointStates.Count);
        Assert.All(Enum.GetValues<PcmState>(), state => Assert.Contains(_jointStates, p => p.Item1 == state || p.Item2 == state));
    }

    private static PcmHwParams Request() => new()
    {
        Access = PcmAccess.ReadWriteInterleaved, Format = PcmFormat.S16LE, Channels = 2, Rate = 48000, PeriodFrames = 128, BufferFrames = 512,
    };

    private static Task<PcmError> Done(Action act)
    {
        act();
        return Task.FromResult(PcmError.None);
    }

    private static IEnumerable<Step> Steps(int streams)
    {
        // A pair has so many states that the answers and events are those that differ in kind.
        int answers = streams == 1 ? s_answers.Length : 2;
        for (int stream = 0; stream < streams; stream++)
        {
            for (int operation = 0; operation < s_operations.Length; operation++)
            {
                for (int answer = 0; answer < answers; answer++)
                {
                    for (int happening = 0; happening < s_events.Length; happening++)
                    {
                        if (streams == 1 || (answer == 0 && happening != 1) || happening == 0)
                        {
                            yield return new Step(stream, operation, answer, happening);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Breadth first; a state is reached again by its shortest path.</summary>
    private (int States, int Transitions) Explore(PcmDirection[] directions, int maxDepth)
    {
        var known = new HashSet<string>();
        var work = new Queue<Step[]>();
        work.Enqueue([]);
        int transitions = 0;
        while (work.TryDequeue(out Step[]? path))
        {
            foreach (Step step in path.Length < maxDepth ? Steps(directions.Length) : [])
            {
                Step[] longer = [.. path, step];
                string state = Run(directions, longer);
                transitions++;
                if (known.Add(state))
                {
                    work.Enqueue(longer);
                }
            }
        }

        return (known.Count, transitions);
    }

    private string Run(PcmDirection[] directions, Step[] path)
    {
        var clock = new VirtualClock();
        return clock.Run(async () =>
        {
            ContractOps[] ops = [.. directions.Select(static _ => new ContractOps())];
            var card = new PcmCard("explore", "explore", new PcmServices(clock, clock.Scheduler));
            var substreams = new List<PcmSubstream>();
            for (int i = 0; i < directions.Length; i++)
            {
                PcmDevice device = card.AddDevice(new PcmDeviceDescription
                {
                    Name = $"{i}",
                    Playback = directions[i] == PcmDirection.Playback ? [ops[i]] : [],
                    Capture = directions[i] == PcmDirection.Capture ? [ops[i]] : [],
                });
                substreams.Add((await device.OpenAsync(directions[i], PcmOpenMode.NonBlocking)).GetOrThrow());
            }

            if (directions.Length > 1)
            {
                await Configure(substreams);
            }

            string fingerprint = "";
            foreach (Step step in path)
            {
                PcmState before = substreams[step.Stream].State;
                ops[step.Stream].NextAnswer = s_answers[step.Answer];
                ops[step.Stream].During = s_events[step.Event].Act;
                await s_operations[step.Operation].Run(substreams[step.Stream], ops[step.Stream]);
                await Task.Yield(); // what the step left to the scheduler
                await Task.Yield();
                ops[step.Stream].NextAnswer = PcmError.None;
                ops[step.Stream].During = null;
                _statePairs.Add((before, substreams[step.Stream].State));
                fingerprint = Check(substreams, ops, path);
                _jointStates.Add((substreams[0].State, substreams[^1].State));
            }

            await card.DisposeAsync();
            Check(ops, path);
            return fingerprint;
        });
    }

    private static async Task Configure(List<PcmSubstream> substreams)
    {
        foreach (PcmSubstream substream in substreams)
        {
            (await substream.HwParamsAsync(Request())).ThrowIfError("hw_params");
        }

        (await substreams[0].LinkAsync(substreams[1])).ThrowIfError("link");
    }

    private static string Check(List<PcmSubstream> substreams, ContractOps[] ops, Step[] path)
    {
        Check(ops, path);
        var fingerprint = new System.Text.StringBuilder();
        for (int i = 0; i < ops.Length; i++)
        {
            PcmRuntime runtime = substreams[i].Runtime!;
            bool moves = runtime.IsMoving;

            // Hardware may stand still in a running state only after a START that failed inside a drain, which the drain's time-out cleans up.
            if (!moves && ops[i].IsMoving)
            {
                Assert.Fail($"{string.Join(' ', path)}: {substreams[i].State}, but the hardware runs");
            }

            fingerprint.Append(substreams[i].State).Append(' ').Append(runtime.Lifecycle.SuspendedState).Append(' ').Append(ops[i].Fingerprint)
                .Append(' ').Append(Fill(runtime, exact: ops.Length == 1)).Append(runtime.StopOperating ? " so;" : ";");
        }

        return fingerprint.ToString();
    }

    /// <summary>What of the fill makes a difference: to a pair, only whether the buffer is empty, full or neither.</summary>
    private static long Fill(PcmRuntime runtime, bool exact) =>
        runtime.BufferFrames == 0 ? 0
        : exact ? Math.Min(runtime.Avail, 600)
        : runtime.Avail <= 0 ? 0 : runtime.Avail >= runtime.BufferFrames ? 2 : 1;

    private static void Check(ContractOps[] ops, Step[] path)
    {
        foreach (ContractOps one in ops)
        {
            Assert.True(one.Violation is null, $"{string.Join(' ', path)}: {one.Violation}");
        }
    }

    private readonly record struct Step(int Stream, int Operation, int Answer, int Event)
    {
        public override string ToString() =>
            $"{Stream}:{s_operations[Operation].Name}{(Answer == 0 ? "" : "=" + s_answers[Answer].ErrnoName())}{s_events[Event].Name}";
    }
}
