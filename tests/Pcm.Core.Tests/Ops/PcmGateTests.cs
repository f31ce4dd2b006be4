using CsCheck;
using Pcm.Testing;

namespace Pcm.Core.Tests.Ops;

/// <summary>The gate on a virtual clock: order, hand-over, cancellation.</summary>
public sealed class PcmGateTests
{
    private readonly VirtualClock _clock = new();
    private readonly PcmGate _gate;

    public PcmGateTests() => _gate = new PcmGate(new PcmServices(_clock, _clock.Scheduler));

    [Fact]
    public void Enter_Free_NeedsNoWaiting()
    {
        Assert.True(_gate.EnterAsync(CancellationToken.None).IsCompletedSuccessfully);
        Assert.False(_gate.TryEnter());
        _gate.Exit();
        Assert.True(_gate.TryEnter());
    }

    [Fact]
    public void Exit_SeveralWait_HandsOverInOrder()
    {
        var entered = new List<int>();
        Assert.True(_gate.TryEnter());
        for (int i = 0; i < 5; i++)
        {
            _ = EnterAsync(i);
        }

        _clock.RunUntilIdle();
        Assert.Empty(entered);
        for (int i = 0; i < 5; i++)
        {
            _gate.Exit();
            Assert.Equal(i, entered.Count); // never inside Exit
            _clock.RunUntilIdle();
            Assert.Equal(Enumerable.Range(0, i + 1), entered);
        }

        async Task EnterAsync(int number)
        {
            await _gate.EnterAsync(CancellationToken.None);
            entered.Add(number);
        }
    }

    [Fact]
    public void Exit_OneWaits_NobodyOvertakes()
    {
        Assert.True(_gate.TryEnter());
        ValueTask waiting = _gate.EnterAsync(CancellationToken.None);
        _gate.Exit();
        Assert.False(_gate.TryEnter()); // the waiter has not run yet, but the gate is its own
        _clock.RunUntilIdle();
        Assert.True(waiting.IsCompletedSuccessfully);
    }

    [Fact]
    public void Enter_CancelledWhileWaiting_ThrowsAndDoesNotHold()
    {
        using var cancellation = new CancellationTokenSource();
        Assert.True(_gate.TryEnter());
        Task cancelled = _gate.EnterAsync(cancellation.Token).AsTask();
        Task next = _gate.EnterAsync(CancellationToken.None).AsTask();
        cancellation.Cancel();
        _clock.RunUntilIdle();
        Assert.True(cancelled.IsCanceled);
        Assert.False(next.IsCompleted);
        _gate.Exit();
        _clock.RunUntilIdle();
        Assert.True(next.IsCompletedSuccessfully);
    }

    [Fact]
    public void Enter_CancelledAfterHandOver_Holds()
    {
        using var cancellation = new CancellationTokenSource();
        Assert.True(_gate.TryEnter());
        Task waiting = _gate.EnterAsync(cancellation.Token).AsTask();
        _gate.Exit(); // it is the waiter's from here on
        cancellation.Cancel();
        _clock.RunUntilIdle();
        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.False(_gate.TryEnter());
        _gate.Exit();
        Assert.True(_gate.TryEnter());
    }

    [Fact]
    public void Enter_CancelledBeforeExit_GateIsFreeAfterExit()
    {
        using var cancellation = new CancellationTokenSource();
        Assert.True(_gate.TryEnter());
        Task waiting = _gate.EnterAsync(cancellation.Token).AsTask();
        cancellation.Cancel();
        _gate.Exit(); // before the cancelled waiter could leave the queue
        _clock.RunUntilIdle();
        Assert.True(waiting.IsCanceled);
        Assert.True(_gate.TryEnter());
    }

    /// <summary>Any interleaving of enter, cancel, exit and run: at most one holds it, entries are in the order of asking, and at the end it is free.</summary>
    [Fact]
    public void Gate_AnySequence_IsAFairMutex() => Gen.Int[0, 3].Array[1, 60].Sample(Run, threads: 1);

    /// <summary>Entering and leaving at once against the queue: one thread at a time is inside, whoever gives up, and nobody is forgotten.</summary>
    [Fact]
    public void EnterAndExit_ManyThreads_OneIsInsideAndAllComeThrough()
    {
        var gate = new PcmGate(new PcmServices());
        int inside = 0, collisions = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(seed => new Thread(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                using var cancellation = new CancellationTokenSource();
                Task entry = gate.EnterAsync(cancellation.Token).AsTask();
                if (i % 4 == seed)
                {
                    cancellation.Cancel();
                }

                entry.ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
                if (entry.IsCompletedSuccessfully)
                {
                    collisions += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
                    Interlocked.Decrement(ref inside);
                    gate.Exit();
                }
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Equal(0, collisions);
        Assert.True(gate.TryEnter());
    }

    private static void Run(int[] steps)
    {
        var clock = new VirtualClock();
        var gate = new PcmGate(new PcmServices(clock, clock.Scheduler));
        var asked = new List<(Task Entry, CancellationTokenSource Cancellation)>();
        var entered = new HashSet<int>();
        bool held = false;
        foreach (int step in steps)
        {
            switch (step)
            {
                case 0:
                    var cancellation = new CancellationTokenSource();
                    asked.Add((gate.EnterAsync(cancellation.Token).AsTask(), cancellation));
                    break;
                case 1 when asked.Count > 0:
                    asked[^1].Cancellation.Cancel();
                    break;
                case 2 when held:
                    gate.Exit();
                    held = false;
                    break;
                default:
                    clock.RunUntilIdle();
                    break;
            }

            Look();
        }

        clock.RunUntilIdle();
        Look();
        while (held)
        {
            gate.Exit();
            held = false;
            clock.RunUntilIdle();
            Look();
        }

        Assert.All(asked, static a => Assert.True(a.Entry.IsCompleted));
        Assert.True(gate.TryEnter());

        void Look()
        {
            for (int i = 0; i < asked.Count; i++)
            {
                if (asked[i].Entry.IsCompletedSuccessfully && entered.Add(i))
                {
                    Assert.False(held, "two hold the gate");
                    held = true;
                    Assert.DoesNotContain(asked.Take(i), static earlier => !earlier.Entry.IsCompleted && !earlier.Cancellation.IsCancellationRequested);
                }
            }
        }
    }
}
