namespace Pcm.Tests;

/// <summary>
/// Counts what the calling thread allocates in the steady state. Without a synchronization context, because posting to one allocates in the
/// runtime itself, whatever is posted.
/// </summary>
internal static class AllocationMeter
{
    public const int Periods = 10_000;

    /// <summary>Runs a pass until pools are filled and code is compiled, then so many times more.</summary>
    /// <param name="pass">One period; false when anything went otherwise than it should.</param>
    /// <param name="periods">How often.</param>
    /// <returns>Bytes allocated by the counted passes, and how many of these were right.</returns>
    public static (long Bytes, int Passed) Measure(Func<bool> pass, int periods = Periods)
    {
        Assert.True(AppContext.TryGetSwitch("System.GC.Concurrent", out bool concurrent) && !concurrent, "counts are exact without background collections only");
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Repeat(pass, 500);
            long start = GC.GetAllocatedBytesForCurrentThread();
            int passed = Repeat(pass, periods);
            return (GC.GetAllocatedBytesForCurrentThread() - start, passed);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>Asserts that every pass is right and none allocates.</summary>
    public static void AssertNothing(Func<bool> pass, int periods = Periods) => Assert.Equal((0L, periods), Measure(pass, periods));

    private static int Repeat(Func<bool> pass, int count)
    {
        int passed = 0;
        for (int i = 0; i < count; i++)
        {
            passed += pass() ? 1 : 0;
        }

        return passed;
    }
}
