namespace Pcm.Core.Tests.Ops;

/// <summary>The default scheduler: everything runs, begun in the order of one thread's calls, and a call allocates nothing.</summary>
public sealed class ThreadPoolSchedulerTests
{
    [Fact]
    public void Schedule_FromManyThreads_RunsEachOnce()
    {
        const int Threads = 4, Each = 5_000;
        int[] ran = new int[Threads * Each];
        using var done = new CountdownEvent(ran.Length);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                PcmScheduler.ThreadPool.Schedule(
                    number =>
                    {
                        Interlocked.Increment(ref ran[(int)number!]);
                        done.Signal();
                    },
                    (thread * Each) + i);
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        done.Wait(TestContext.Current.CancellationToken);
        Assert.All(ran, static times => Assert.Equal(1, times));
    }

    [Fact]
    public void Schedule_InTheSteadyState_AllocatesNothing()
    {
        const int Rounds = 10_000;
        using var done = new ManualResetEventSlim(initialState: false, spinCount: 0);
        long allocated = long.MaxValue;
        for (int attempt = 0; attempt < 5 && allocated != 0; attempt++) // the first ones fill the queues' segments, and the compiler's tiers
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++)
            {
                PcmScheduler.ThreadPool.Schedule(static signal => ((ManualResetEventSlim)signal!).Set(), done);
                done.Wait(TestContext.Current.CancellationToken);
                done.Reset();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(allocated < Rounds, $"{allocated} bytes for {Rounds} calls"); // an object for each would be 24 bytes at least
    }
}
