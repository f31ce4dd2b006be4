using Pcm.Testing;

namespace Pcm.Virtio.Tests;

public sealed class SerialExecutorTests
{
    [Fact]
    public void Post_MoreThanATurn_RunsAllInOrderAndLetsOthersIn()
    {
        var clock = new VirtualClock();
        var executor = new SerialExecutor(clock.Scheduler);
        var order = new List<int>();
        for (int i = 0; i < 200; i++)
        {
            int number = i;
            executor.Post(_ => order.Add(number), null);
        }

        clock.Scheduler.Schedule(_ => order.Add(-1), null); // somebody else on the same scheduler
        clock.RunUntilIdle();
        Assert.Equal(Enumerable.Range(0, 200), order.Where(number => number >= 0));
        Assert.InRange(order.IndexOf(-1), 1, 199);
    }

    [Fact]
    public void Post_FromWithin_RunsLater()
    {
        var clock = new VirtualClock();
        var executor = new SerialExecutor(clock.Scheduler);
        var order = new List<string>();
        executor.Post(
            _ =>
            {
                executor.Post(_ => order.Add("inner"), null);
                order.Add("outer");
            },
            null);
        Assert.Empty(order);
        clock.RunUntilIdle();
        Assert.Equal(["outer", "inner"], order);
    }

    [Fact]
    public void Post_WorkThrows_TheRestStillRuns()
    {
        var clock = new VirtualClock();
        var executor = new SerialExecutor(clock.Scheduler);
        var order = new List<int>();
        executor.Post(_ => throw new InvalidDataException("a bug in a device"), null);
        executor.Post(_ => order.Add(1), null);
        Assert.Throws<InvalidDataException>(clock.RunUntilIdle);
        executor.Post(_ => order.Add(2), null);
        clock.RunUntilIdle();
        Assert.Equal([1, 2], order);
    }

    [Fact] // on a scheduler that runs things in parallel, one at a time all the same
    public void Post_FromManyThreads_NeverOverlaps()
    {
        var executor = new SerialExecutor(PcmScheduler.ThreadPool);
        using var done = new CountdownEvent(4000);
        int inside = 0;
        int overlaps = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                executor.Post(
                    _ =>
                    {
                        overlaps += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
                        Interlocked.Decrement(ref inside);
                        done.Signal();
                    },
                    null);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Assert.True(done.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, overlaps);
    }

    [Fact]
    public void Request_WhileItRuns_RunsAgain()
    {
        var clock = new VirtualClock();
        CoalescedWork? work = null;
        int runs = 0;
        work = new CoalescedWork(new SerialExecutor(clock.Scheduler), _ => runs += runs < 2 && work!.Request() ? 1 : 10, 0);
        Assert.True(work.Request());
        Assert.False(work.Request());
        clock.RunUntilIdle();
        Assert.Equal(12, runs); // twice asked for again from within, then not
    }
}
