using Stateless;

namespace Pcm.Core.Tests.Lifecycle;

public sealed class LifecycleTableTests
{
    public static TheoryData<PcmDirection> Directions => [PcmDirection.Playback, PcmDirection.Capture];

    [Fact]
    public void Enums_HaveTheKernelsNumbersAndFitTheTable()
    {
        Assert.Equal(PcmLifecycle.StateCount, Enum.GetValues<PcmState>().Length);
        Assert.Equal(PcmLifecycle.TriggerCount, Enum.GetValues<PcmTrigger>().Length);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], Enum.GetValues<PcmState>().Select(static s => (int)s));
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public void Table_EveryStateAndTrigger_IsWhatTheMachineDoes(PcmDirection direction)
    {
        foreach (PcmState suspended in Enum.GetValues<PcmState>())
        {
            foreach (PcmState state in Enum.GetValues<PcmState>())
            {
                foreach (PcmTrigger trigger in Enum.GetValues<PcmTrigger>())
                {
                    PcmState now = state;
                    StateMachine<PcmLifecycle.Node, PcmTrigger> machine = PcmLifecycle.Configure(direction, () => now, s => now = s, () => suspended);
                    byte cell = PcmLifecycle.Table(direction)[((int)state * PcmLifecycle.TriggerCount) + (int)trigger];

                    Assert.Equal(machine.CanFire(trigger), cell != PcmLifecycle.Refused);
                    if (cell != PcmLifecycle.Refused)
                    {
                        machine.Fire(trigger);
                        Assert.Equal(cell == PcmLifecycle.Dynamic ? suspended : (PcmState)cell, now);
                    }
                }
            }
        }
    }

    [Theory] // one machine serves all streams: each firing moves its own
    [MemberData(nameof(Directions))]
    public void Commit_ManyStreamsOnManyThreads_MovesEachByTheTable(PcmDirection direction)
    {
        int wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            for (int life = 0; life < 200; life++)
            {
                var lifecycle = new PcmLifecycle(direction);
                for (int i = 0; i < 50; i++)
                {
                    var trigger = (PcmTrigger)random.Next(PcmLifecycle.TriggerCount);
                    byte cell = PcmLifecycle.Table(direction)[((int)lifecycle.State * PcmLifecycle.TriggerCount) + (int)trigger];
                    if (cell != PcmLifecycle.Refused)
                    {
                        PcmState expected = cell == PcmLifecycle.Dynamic ? lifecycle.SuspendedState : (PcmState)cell;
                        lifecycle.Commit(trigger);
                        Interlocked.Add(ref wrong, lifecycle.State == expected ? 0 : 1);
                    }
                }
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Equal(0, wrong);
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public void Machine_EveryState_IsReachableAndOnlyDisconnectedIsTerminal(PcmDirection direction)
    {
        var reached = new HashSet<PcmState> { PcmState.Open };
        var work = new Queue<PcmState>(reached);
        while (work.TryDequeue(out PcmState state))
        {
            foreach (byte cell in PcmLifecycle.Table(direction).Slice((int)state * PcmLifecycle.TriggerCount, PcmLifecycle.TriggerCount))
            {
                if (cell < PcmLifecycle.StateCount && reached.Add((PcmState)cell))
                {
                    work.Enqueue((PcmState)cell);
                }
            }
        }

        Assert.Equal(PcmLifecycle.StateCount, reached.Count);
        foreach (PcmState state in Enum.GetValues<PcmState>())
        {
            bool leaves = PcmLifecycle.Table(direction).Slice((int)state * PcmLifecycle.TriggerCount, PcmLifecycle.TriggerCount).ToArray()
                .Any(c => c != PcmLifecycle.Refused && c != (byte)state);
            Assert.Equal(state != PcmState.Disconnected, leaves);
        }
    }
}
