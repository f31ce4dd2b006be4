namespace Pcm.Bench;

/// <summary>Nanoseconds that a loop takes.</summary>
internal static class Stopwatched
{
    private static readonly double s_nanoseconds = 1e9 / TimeProvider.System.TimestampFrequency;

    public static long Start() => TimeProvider.System.GetTimestamp();

    public static double Since(long start) => (TimeProvider.System.GetTimestamp() - start) * s_nanoseconds;

    /// <summary>A loop in C, and what it must answer.</summary>
    public static Timed Native(Func<long, ulong> loop, Func<int, ulong> expected) => count =>
    {
        long start = Start();
        ulong answer = loop(count);
        double took = Since(start);
        BenchStream.Require(answer == expected(count));
        return took;
    };
}
